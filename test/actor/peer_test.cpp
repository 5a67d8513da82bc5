#include "actors/peer_actor.hpp"
#include "test/support/actor_fixture.hpp"
#include "test/support/model_bitcoind.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using node_state = test::model_bitcoind::state;

/// The peer actor, a probe as reconcile actor of each network, and bitcoinds that answer when
/// told().
class Peer : public test::actor_fixture {
 protected:
  Peer() { start(); }
  void start() { peer_ = spawn(peer, peer_args{&env}); }

  /// A network of ready nodes at 10.0.<number>.1, .2, …, each with a running bitcoind.
  bitcoin::network_target& have(const std::string& name, std::int32_t nodes) {
    auto& target = targets_[name];
    const auto number = std::to_string(targets_.size());
    target.uid = "uid-" + name;
    target.chain = "regtest";
    target.names = {name + "-sts", name + "-svc", "default", 18444};
    target.credentials = std::make_shared<const bitcoin::rpc_credentials>(bitcoin::rpc_credentials{
        bitcoin::secret_text{"bitcoin-controller"}, bitcoin::secret_text{"marker-" + name}});
    target.nodes_wanted = nodes;
    for (std::int32_t i = 0; i < nodes; ++i) {
      const auto ip = "10.0." + number + '.' + std::to_string(i + 1);
      target.nodes.push_back({i, name + "-pod-" + std::to_string(i), 0, true, ip});
      run_node(target, i);
    }
    return target;
  }
  test::model_bitcoind& run_node(const bitcoin::network_target& target, std::int32_t ordinal) {
    const auto& ip = target.nodes.at(static_cast<std::size_t>(ordinal)).ip;
    auto& node = world_.at[ip];
    node.restart();
    node.authorization = bitcoin::basic_authorization(*target.credentials).reveal();
    world_.dns[target.names.address_of(ordinal)] = ip;
    return node;
  }
  void send(const std::string& name) {
    tell(peer_,
         network_targets{{"default", name},
                         std::make_shared<const bitcoin::network_target>(targets_[name]),
                         chain_client(reconciler(name).handle())});
  }
  [[nodiscard]] test::probe<reconcile_actor>& reconciler(const std::string& name) {
    const auto found = reconcilers_.find(name);
    return found != reconcilers_.end()
               ? found->second
               : reconcilers_.emplace(name, make_probe<reconcile_actor>()).first->second;
  }

  /// Has the nodes answer, and what follows from it, until nobody asks any more. Nodes that hang
  /// keep their requests.
  void answer_all() {
    std::deque<test::fake_post> hanging;
    while (!rpc.posts.empty()) {
      auto post = rpc.take();
      in_flight_max_ = std::max(in_flight_max_, rpc.posts.size() + 1 + hanging.size());
      const auto found = world_.at.find(post.request.host);
      if (found != world_.at.end() && found->second.is == node_state::hanging) {
        hanging.push_back(std::move(post));
        continue;
      }
      post.done(world_.answer(post.request));
      run();
    }
    rpc.posts = std::move(hanging);
  }
  /// Time passes in small steps, and nodes answer at once; those that hang run into the deadline.
  void live(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 100ms) {
      answer_all();
      advance(100ms);
      expire(100ms);
    }
    answer_all();
  }
  void expire(std::chrono::milliseconds passed) {
    std::deque<test::fake_post> alive;
    std::deque<test::fake_post> over;
    for (auto& post : rpc.posts) {
      post.deadline -= passed;
      auto& to = post.deadline <= 0ms ? over : alive;
      to.push_back(std::move(post));
    }
    rpc.posts = std::move(alive);
    for (const auto& post : over) {
      post.fail({0, std::string{k8s::reason_timeout}, "the deadline is over"});
    }
    run();
  }

  [[nodiscard]] std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& post : rpc.posts) {
      out.push_back(post.to());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] bitcoin::chain_report last_report(const std::string& name) {
    const auto all = reconciler(name).all<chain_observed>();
    return all.empty() ? bitcoin::chain_report{} : *all.back().report;
  }
  [[nodiscard]] std::string peers_reason(const std::string& name) {
    return last_report(name).view.peers_connected.reason;
  }

  peer_actor peer_{};
  test::bitcoind_world world_{};
  std::map<std::string, bitcoin::network_target> targets_{};
  std::map<std::string, test::probe<reconcile_actor>> reconcilers_{};
  std::size_t in_flight_max_{0};
};

TEST_F(Peer, AsksEveryReadyNodeAtOnceWithTheNetworksCredentials) {
  have("a", 2);
  send("a");

  EXPECT_THAT(asked(), ElementsAre("10.0.1.1:18443", "10.0.1.2:18443"));
  const auto post = rpc.take();
  EXPECT_THAT(post.methods(),
              ElementsAre("getblockchaininfo", "getnetworkinfo", "getaddednodeinfo"));
  EXPECT_EQ(post.request.authorization, bitcoin::basic_authorization(*targets_["a"].credentials));
  EXPECT_EQ(post.deadline, env.limits.rpc_deadline);
}

TEST_F(Peer, ConnectsTheNodesAndTellsTheReconcileActorOnce) {
  have("a", 3);
  send("a");

  answer_all();

  EXPECT_EQ(world_.connections_between("10.0.1.1", "10.0.1.2"), 1U);
  EXPECT_EQ(world_.connections_between("10.0.1.2", "10.0.1.3"), 1U);
  EXPECT_EQ(world_.connections_between("10.0.1.1", "10.0.1.3"), 1U);
  ASSERT_THAT(reconciler("a").all<chain_observed>(), SizeIs(1));
  EXPECT_EQ(last_report("a").network_uid, "uid-a");
  EXPECT_EQ(peers_reason("a"), "AllConnected");
}

TEST_F(Peer, GivesABatchThatConnectsMoreTimeThanAnyOther) {
  have("a", 2);
  send("a");
  std::vector<std::chrono::milliseconds> deadlines;
  while (!rpc.posts.empty()) {
    const auto post = rpc.take();
    deadlines.push_back(post.deadline);
    post.done(world_.answer(post.request));
    run();
  }

  EXPECT_THAT(deadlines, ElementsAre(10s, 10s, 45s));
}

TEST_F(Peer, AsksOnAndOnAndTellsNothingNew) {
  have("a", 3);
  send("a");
  answer_all();
  const auto before = metric("bitcoin_controller_peer_rpc_total{method=\"poll\",result=\"ok\"}");

  live(60s);

  EXPECT_THAT(reconciler("a").all<chain_observed>(), SizeIs(1));
  EXPECT_GE(metric("bitcoin_controller_peer_rpc_total{method=\"poll\",result=\"ok\"}"),
            before + 15);
  EXPECT_EQ(metric("bitcoin_controller_peer_rpc_total{method=\"connect\",result=\"ok\"}"), 3);
}

TEST_F(Peer, HealsARestartedNode) {
  auto& target = have("a", 3);
  send("a");
  live(1s);
  world_.at["10.0.1.2"].is = node_state::down;
  world_.drop_dead_connections();
  target.nodes[1].ready = false;
  send("a");
  live(30s);
  EXPECT_EQ(peers_reason("a"), "NodesNotReady");
  run_node(target, 1);
  target.nodes[1].restarts = 1;
  target.nodes[1].ready = true;

  send("a");
  live(1s);

  EXPECT_EQ(peers_reason("a"), "AllConnected");
  EXPECT_EQ(world_.connections_between("10.0.1.1", "10.0.1.2"), 1U);
}

TEST_F(Peer, AsksNobodyOfANetworkThatIsGone) {
  have("a", 2);
  send("a");
  answer_all();

  tell(peer_, network_gone{{"default", "a"}});
  live(60s);

  EXPECT_THAT(rpc.posts, IsEmpty());
  EXPECT_EQ(metric("bitcoin_controller_peer_nodes{state=\"answering\"}"), 0);
}

TEST_F(Peer, ForgetsANetworkWithItsReconcileActor) {
  have("a", 2);
  send("a");
  answer_all();

  kill(reconciler("a").handle());
  live(60s);

  EXPECT_THAT(report_of(peer_)->peers->networks, IsEmpty());
}

TEST_F(Peer, TellsANewReconcileActorWhatTheNodesSay) {
  have("a", 2);
  send("a");
  answer_all();
  reconcilers_.erase("a");

  send("a");

  EXPECT_THAT(reconciler("a").all<chain_observed>(), SizeIs(1));
  EXPECT_EQ(peers_reason("a"), "AllConnected");
}

TEST_F(Peer, TakesALateAnswerForNoOtherNetwork) {
  have("a", 1);
  world_.at["10.0.1.1"].height = 7;
  send("a");
  const auto late = rpc.take();
  tell(peer_, network_gone{{"default", "a"}});
  targets_["a"].uid = "uid-recreated";
  targets_["a"].nodes[0].pod_uid = "another";
  send("a");

  late.done(world_.answer(late.request));
  run();

  EXPECT_THAT(reconciler("a").all<chain_observed>(), IsEmpty());
  answer_all();
  EXPECT_EQ(last_report("a").network_uid, "uid-recreated");
}

TEST_F(Peer, SaysThatItsCredentialsAreRefused) {
  have("a", 2);
  world_.at["10.0.1.1"].authorization = "Basic other";
  world_.at["10.0.1.2"].authorization = "Basic other";
  send("a");

  live(9s);

  const auto refused = reconciler("a").all<credentials_refused>();
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused[0].network_uid, "uid-a");
  EXPECT_GE(log.count("node-refuses"), 1U);
}

TEST_F(Peer, NeverHasMoreInFlightThanAllowed) {
  env.limits.inflight_rpc_max = 8;
  env.limits.inflight_rpc_per_network_max = 3;
  env.limits.inflight_rpc_slow_max = 4;
  for (int i = 0; i < 10; ++i) {
    have("n" + std::to_string(i), 5);
    send("n" + std::to_string(i));
  }
  EXPECT_THAT(rpc.posts, SizeIs(8));

  live(3s);

  EXPECT_EQ(in_flight_max_, 8U);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(peers_reason("n" + std::to_string(i)), "AllConnected") << i;
  }
}

TEST_F(Peer, LetsNoNetworkThatHangsDelayAnother) {
  for (int i = 0; i < 40; ++i) {
    have("dead" + std::to_string(i), 4);
    for (const auto& node : targets_["dead" + std::to_string(i)].nodes) {
      world_.at[node.ip].is = node_state::hanging;
    }
    send("dead" + std::to_string(i));
  }
  live(60s);  // all of them are known to hang by now
  EXPECT_EQ(report_of(peer_)->peers->slow_in_flight, env.limits.inflight_rpc_slow_max);

  have("well", 3);
  send("well");
  answer_all();

  EXPECT_EQ(peers_reason("well"), "AllConnected");
}

TEST_F(Peer, KeepsNetworksApartWhosePodsSwapAddresses) {
  for (const bool by_ip : {false, true}) {
    SCOPED_TRACE(by_ip ? "by ip" : "by dns");
    kill(peer_);
    env.peers_by_ip = by_ip;
    targets_.clear();
    reconcilers_.clear();
    world_ = {};
    start();
    auto& a = have("a", 2);
    auto& b = have("b", 2);
    send("a");
    send("b");
    live(1s);
    EXPECT_EQ(peers_reason("a"), "AllConnected");
    // Pod 1 of each gets the other's address; only "a" has been told so, and DNS is late for both.
    const auto old_a = a.nodes[1].ip;
    const auto old_b = b.nodes[1].ip;
    a.nodes[1] = {1, "a-pod-new", 0, true, old_b};
    b.nodes[1] = {1, "b-pod-new", 0, true, old_a};
    world_.at[old_a].is = node_state::down;
    world_.at[old_b].is = node_state::down;
    world_.drop_dead_connections();
    run_node(a, 1);
    run_node(b, 1);
    const auto dns = world_.dns;
    world_.dns[a.names.address_of(1)] = old_a;
    world_.dns[b.names.address_of(1)] = old_b;
    send("a");
    live(2s);
    send("b");
    live(3s);
    world_.dns = dns;

    live(30s);

    EXPECT_EQ(world_.connections_between("10.0.1.1", old_a), 0U);
    EXPECT_EQ(world_.connections_between("10.0.2.1", old_b), 0U);
    EXPECT_EQ(world_.connections_between("10.0.1.1", old_b), 1U);
    EXPECT_EQ(world_.connections_between("10.0.2.1", old_a), 1U);
    EXPECT_EQ(peers_reason("a"), "AllConnected");
    EXPECT_EQ(peers_reason("b"), "AllConnected");
  }
}

TEST_F(Peer, MinesAndHandsTheJobOver) {
  auto& target = have("a", 3);
  target.mining_interval = 10s;
  send("a");
  live(31s);
  EXPECT_EQ(world_.blocks, 3U);
  EXPECT_EQ(metric("bitcoin_controller_blocks_made_total"), 3);
  const auto miner = report_of(peer_)->peers->networks.at(0).miner.value();
  world_.at[target.nodes[static_cast<std::size_t>(miner)].ip].is = node_state::down;
  target.nodes[static_cast<std::size_t>(miner)].ready = false;
  send("a");

  live(30s);

  EXPECT_NE(report_of(peer_)->peers->networks.at(0).miner, miner);
  EXPECT_GE(world_.blocks, 5U);
}

TEST_F(Peer, CountsNodesByWhatTheyDo) {
  auto& target = have("a", 3);
  target.nodes[2].ready = false;
  world_.at["10.0.1.2"].is = node_state::down;
  world_.at["10.0.1.3"].is = node_state::warming;
  send("a");

  live(15s);

  EXPECT_EQ(metric("bitcoin_controller_peer_nodes{state=\"answering\"}"), 1);
  EXPECT_EQ(metric("bitcoin_controller_peer_nodes{state=\"silent\"}"), 1);
  EXPECT_EQ(metric("bitcoin_controller_peer_nodes{state=\"starting\"}"), 1);
  EXPECT_GE(metric("bitcoin_controller_peer_rpc_total{method=\"poll\",result=\"unreachable\"}"), 3);
  EXPECT_EQ(log.count("node-silent"), 1U);
}

TEST_F(Peer, ReportsItsNetworks) {
  have("a", 2);
  have("b", 1);
  send("b");
  send("a");
  answer_all();
  world_.at["10.0.2.1"].is = node_state::down;
  live(30s);

  const auto peers = report_of(peer_)->peers.value();

  ASSERT_THAT(peers.networks, SizeIs(2));
  EXPECT_EQ(peers.networks[0].key, "default/a");
  EXPECT_EQ(peers.networks[0].answering, 2U);
  EXPECT_EQ(peers.networks[0].peers_connected, "True AllConnected");
  EXPECT_EQ(peers.networks[0].height, 100);
  EXPECT_EQ(peers.networks[1].silent, 1U);
  EXPECT_THAT(peers.networks[1].last_error, HasSubstr("node 0: "));
}

TEST_F(Peer, WritesNoCredentialAnywhere) {
  have("a", 2);
  world_.at["10.0.1.2"].authorization = "Basic other";
  send("a");
  live(60s);

  const auto encoded =
      std::string{bitcoin::basic_authorization(*targets_["a"].credentials).reveal()};
  EXPECT_THAT(log.lines(), Each(Not(HasSubstr("marker-a"))));
  EXPECT_THAT(log.lines(), Each(Not(HasSubstr(encoded))));
  for (const auto& network : report_of(peer_)->peers->networks) {
    EXPECT_THAT(network.last_error, Not(HasSubstr(encoded)));
  }
}

TEST_F(Peer, EndsThoughRequestsAreInFlight) {
  have("a", 2);
  send("a");
  const auto post = rpc.take();

  kill(peer_);
  post.done(world_.answer(post.request));
  run();

  EXPECT_THAT(rpc.posts, SizeIs(1));
  EXPECT_EQ(log.count("actor-failed"), 0U);
}

}  // namespace
}  // namespace btc::actors
