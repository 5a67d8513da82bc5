#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/bitcoin/rpc.hpp"
#include "test/sim/cluster/base64.hpp"
#include "test/sim/cluster/node_agent.hpp"
#include "test/sim/cluster/simulated_bitcoind.hpp"
#include "test/sim/cluster/stateful_set_controller.hpp"
#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

class pods_test : public cluster_fixture {
 protected:
  static constexpr auto network_uid = "uid-of-the-network";
  static constexpr std::uint16_t rpc_port = 18443;

  pods_test() {
    bitcoin::conf_input input;
    input.chain = bitcoin::find_chain("regtest");
    input.user = user_;
    input.network_uid = network_uid;
    const auto text = bitcoin::render_bitcoin_conf(input);
    ok(post(
        path("secrets"),
        {{"metadata", {{"name", "conf"}}}, {"data", {{"bitcoin.conf", base64(text->reveal())}}}}));
    auto headless = service("svc");
    headless["spec"]["clusterIP"] = "None";
    ok(post(path("services"), headless));
  }

  void start_set(int replicas) {
    post_set(stateful_set("sts", replicas));
    settle();
  }

  void post_set(json set) {
    set["spec"]["serviceName"] = "svc";
    set["spec"]["template"]["spec"]["volumes"] =
        json::array({{{"name", "conf"}, {"secret", {{"secretName", "conf"}}}}});
    ok(post(path("statefulsets"), set));
  }

  void settle() {
    constexpr int steps_max = 2000;
    for (int i = 0; i < steps_max; ++i) {
      bool acted = false;
      for (built_in* actor : std::initializer_list<built_in*>{&sets_, &agent_, &bitcoinds_}) {
        if (actor->runnable() > 0) {
          actor->step(0);
          acted = true;
        }
      }
      if (!acted) {
        return;
      }
    }
    FAIL() << "the built-ins never rest";
  }

  [[nodiscard]] json pod(int ordinal) {
    return ok(get(path("pods", "sts-" + std::to_string(ordinal))));
  }
  [[nodiscard]] std::string address(int ordinal) { return pod(ordinal).at("status").at("podIP"); }

  std::vector<bitcoin::rpc_outcome> call(int ordinal, const std::vector<bitcoin::rpc_call>& calls) {
    const auto credentials = bitcoin::controller_credentials(user_.password, network_uid);
    const auto answer = bitcoinds_.post(address(ordinal),
                                        rpc_port,
                                        bitcoin::basic_authorization(credentials).reveal(),
                                        bitcoin::batch_body(calls));
    return answer ? bitcoin::parse_answer(answer->status, answer->body, calls.size())
                  : std::vector<bitcoin::rpc_outcome>{};
  }

  const bitcoin::rpc_credentials user_{bitcoin::secret_text{"user"},
                                       bitcoin::secret_text{"password"}};
  simulated_bitcoind bitcoinds_{cluster_.internals()};
  stateful_set_controller sets_{cluster_.internals()};
  node_agent agent_{cluster_.internals(), &bitcoinds_};
};

TEST_F(pods_test, pods_become_ready_when_bitcoind_is_warm) {
  start_set(2);
  EXPECT_TRUE(is_pod_ready(pod(1)));
  EXPECT_EQ(ok(get(path("statefulsets", "sts"))).at("status").at("readyReplicas"), 2);
}

TEST_F(pods_test, pod_waits_for_the_secret_that_it_mounts) {
  ok(remove(path("secrets", "conf")));
  start_set(1);
  EXPECT_EQ(pod(0).at("status").at("phase"), "Pending");
}

TEST_F(pods_test, pod_does_not_start_when_its_secret_goes_at_the_last_moment) {
  const auto conf = ok(get(path("secrets", "conf")));
  post_set(stateful_set("sts", 1));
  sets_.step(0);
  agent_.step(0);  // bound, and about to start
  ASSERT_EQ(agent_.runnable(), 1U);
  ok(remove(path("secrets", "conf")));

  agent_.step(0);

  EXPECT_EQ(pod(0).at("status").at("phase"), "Pending");
  ok(post(path("secrets"), {{"metadata", {{"name", "conf"}}}, {"data", conf.at("data")}}));
  settle();
  EXPECT_TRUE(is_pod_ready(pod(0)));
}

TEST_F(pods_test, container_starts_again_with_what_is_mounted_when_the_secret_is_gone) {
  start_set(1);
  ok(remove(path("secrets", "conf")));
  EXPECT_TRUE(agent_.restart("default/sts-0"));
  settle();
  ASSERT_TRUE(is_pod_ready(pod(0)));
  EXPECT_EQ(call(0, {{"getblockchaininfo", json::array()}}).at(0).result.at("blocks"), 0);
}

TEST_F(pods_test, pod_waits_until_a_predecessors_claim_is_collected) {
  auto set = stateful_set("sts", 1);
  set["spec"]["persistentVolumeClaimRetentionPolicy"] = {{"whenDeleted", "Delete"},
                                                         {"whenScaled", "Retain"}};
  set["spec"]["volumeClaimTemplates"] =
      json::array({{{"metadata", {{"name", "data"}}},
                    {"spec",
                     {{"accessModes", {"ReadWriteOnce"}},
                      {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}}});
  post_set(set);
  settle();
  const auto before = ok(get(path("persistentvolumeclaims", "data-sts-0")));
  ok(remove(path("statefulsets", "sts")));
  ok(remove(path("pods", "sts-0"), {{"gracePeriodSeconds", 0}}));
  post_set(set);
  settle();
  EXPECT_EQ(get(path("pods", "sts-0")).status, 404);

  ok(remove(path("persistentvolumeclaims", "data-sts-0")));  // as the collector does
  settle();

  EXPECT_TRUE(is_pod_ready(pod(0)));
  EXPECT_NE(ok(get(path("persistentvolumeclaims", "data-sts-0"))).at("metadata").at("uid"),
            before.at("metadata").at("uid"));
}

TEST_F(pods_test, change_of_the_template_replaces_pods_from_the_highest) {
  start_set(2);
  const auto before = pod(0).at("metadata").at("uid");
  const auto containers = json::parse(R"([{"name":"main","image":"example/image:2"}])");
  ok(merge(path("statefulsets", "sts"),
           {{"spec", {{"template", {{"spec", {{"containers", containers}}}}}}}}));
  settle();
  EXPECT_NE(pod(0).at("metadata").at("uid"), before);
  EXPECT_EQ(pod(1).at("spec").at("containers").at(0).at("image"), "example/image:2");
  const auto status = ok(get(path("statefulsets", "sts"))).at("status");
  EXPECT_EQ(status.at("currentRevision"), status.at("updateRevision"));
}

TEST_F(pods_test, wrong_password_is_401_and_a_method_off_the_list_403) {
  start_set(1);
  const auto stranger =
      bitcoin::basic_authorization({bitcoin::secret_text{"user"}, bitcoin::secret_text{"wrong"}});
  EXPECT_EQ(bitcoinds_.post(address(0), rpc_port, stranger.reveal(), "{}")->status, 401);
  const auto outcomes = call(0, {{"stop", json::array()}});
  EXPECT_EQ(outcomes.at(0).verdict, bitcoin::rpc_verdict::forbidden);
  EXPECT_FALSE(bitcoinds_.post("10.244.9.9", rpc_port, "", "{}").has_value());
}

TEST_F(pods_test, added_node_is_connected_and_blocks_spread) {
  start_set(2);
  const std::string name = "sts-1.svc.default.svc:18444";
  auto outcomes =
      call(0, {bitcoin::try_node(name), bitcoin::add_node(name), bitcoin::add_node(name)});
  EXPECT_EQ(outcomes.at(1).verdict, bitcoin::rpc_verdict::done);
  EXPECT_EQ(outcomes.at(2).code, -23);
  EXPECT_EQ(bitcoinds_.links().size(), 1U);
  call(1, {bitcoin::generate_block()});
  settle();
  outcomes = call(0, {{"getblockchaininfo", json::array()}, {"getaddednodeinfo", json::array()}});
  EXPECT_EQ(outcomes.at(0).result.at("blocks"), 1);
  EXPECT_EQ(outcomes.at(1).result.at(0).at("connected"), true);
}

TEST_F(pods_test, list_of_added_nodes_is_lost_with_a_restart) {
  start_set(2);
  call(0, {bitcoin::add_node("sts-1.svc.default.svc:18444")});
  EXPECT_TRUE(agent_.restart("default/sts-0"));
  EXPECT_EQ(pod(0).at("status").at("containerStatuses").at(0).at("restartCount"), 1);
  EXPECT_EQ(call(0, {{"getnetworkinfo", json::array()}}).at(0).code, -28);
  settle();
  EXPECT_TRUE(call(0, {{"getaddednodeinfo", json::array()}}).at(0).result.empty());
}

TEST_F(pods_test, freed_address_goes_to_the_next_pod) {
  start_set(1);
  const auto freed = address(0);
  ok(merge(path("statefulsets", "sts"), {{"spec", {{"replicas", 0}}}}));
  settle();
  auto other = stateful_set("other", 1);
  ok(post(path("statefulsets"), other));
  settle();
  EXPECT_EQ(ok(get(path("pods", "other-0"))).at("status").at("podIP"), freed);
}

TEST_F(pods_test, evicted_pod_is_replaced) {
  start_set(1);
  const auto before = pod(0).at("metadata").at("uid");
  EXPECT_TRUE(agent_.evict("default/sts-0"));
  settle();
  EXPECT_NE(pod(0).at("metadata").at("uid"), before);
  EXPECT_TRUE(is_pod_ready(pod(0)));
}

}  // namespace btc::sim
