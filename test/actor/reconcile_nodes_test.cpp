#include "test/support/reconcile_fixture.hpp"

#include <string>
#include <utility>

/// What no watch tells a reconcile actor: what the nodes say.
namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

class ReconcileNodes : public test::reconcile_fixture {
 protected:
  /// The nodes of the spec are connected as the topology has it.
  void observe_chain(std::int64_t height, const std::string& uid = "uid-net") {
    const auto& spec = network["spec"];
    bitcoin::chain_report report;
    report.network_uid = uid;
    report.shape = bitcoin::parse_topology(spec.value("topology", "auto")).value();
    report.nodes_wanted = spec["nodes"];
    for (int i = 0; i < report.nodes_wanted; ++i) {
      report.nodes.push_back({i, "uid-net-sts-" + std::to_string(i), 0, true, 2, height});
    }
    report.view.height = height;
    report.view.peers_connected = {bitcoin::finding::truth::yes, "AllConnected", "as wanted"};
    report.view.chain_converged = {bitcoin::finding::truth::yes, "SameTip", "all the same"};
    tell(actor, chain_observed{std::make_shared<const bitcoin::chain_report>(std::move(report))});
  }
};

TEST_F(ReconcileNodes, TellsThePeerActorOfPodsAndCredentials) {
  converge();
  change_pod(0, "10.0.0.1");
  static_cast<void>(serve_all());

  const auto target = peer.all<network_targets>().back().target;
  EXPECT_EQ(target->uid, "uid-net");
  EXPECT_EQ(target->nodes_wanted, 3);
  ASSERT_THAT(target->nodes, SizeIs(1));
  EXPECT_EQ(target->nodes[0].ip, "10.0.0.1");
  ASSERT_NE(target->credentials, nullptr);
  EXPECT_EQ(target->credentials->user.reveal(), "bitcoin-controller");
}

TEST_F(ReconcileNodes, TellsThePeerActorNothingTwice) {
  converge();
  const auto told = peer.count<network_targets>();

  change(k8s::kind::service, children["net-svc"]);
  edit_spec({{"image", "another"}});
  static_cast<void>(serve_all());
  advance(6min);
  static_cast<void>(serve_all());

  EXPECT_EQ(peer.count<network_targets>(), told);
}

TEST_F(ReconcileNodes, TellsThePeerActorNewCredentials) {
  converge();
  const auto told = peer.count<network_targets>();

  rotate("another");
  advance(6min);
  static_cast<void>(serve_all());

  EXPECT_EQ(peer.count<network_targets>(), told + 1);
}

TEST_F(ReconcileNodes, LetsThePeerActorForgetANetworkThatGoes) {
  converge();

  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  network["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::bitcoin_network, network);

  EXPECT_EQ(peer.count<network_gone>(), 1U);
}

TEST_F(ReconcileNodes, WritesWhatTheNodesSayOnce) {
  converge();
  have_nodes();
  static_cast<void>(serve_all());

  observe_chain(7);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["height"], 7);
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");

  observe_chain(7);
  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, KeepsWhatTheNodesSaidAcrossARestart) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());

  restart();
  EXPECT_THAT(serve_all(), ElementsAre("get Secret"));

  observe_chain(7);
  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, SaysThatItChecksWhatANewTopologyWants) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());
  recorder.got().clear();

  edit_spec({{"topology", "ring"}});
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("PeersConnected"), "Unknown Checking");
  EXPECT_EQ(condition("ChainConverged"), "True SameTip");

  observe_chain(7);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
  EXPECT_THAT(announced(), ElementsAre("PeersConnected"));

  edit_spec({{"mining", {{"intervalSeconds", 60}}}});
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
}

TEST_F(ReconcileNodes, ForgetsWhatTheNodesSaidWhenItCannotAskThem) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());
  const auto stored_secret = std::exchange(secret, {{"data", nlohmann::json::object()}});

  restart();
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("Degraded"), "True SecretInvalid");
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");  // it may be back in a moment

  for (int i = 0; i < 3; ++i) {
    tell(actor, resync{});
    static_cast<void>(serve_all());
    advance(30s);
  }
  EXPECT_EQ(condition("PeersConnected"), "Unknown SecretInvalid");
  EXPECT_EQ(condition("ChainConverged"), "Unknown SecretInvalid");
  EXPECT_FALSE(network["status"].contains("height"));
  EXPECT_FALSE(network["status"]["nodes"][0].contains("peers"));

  secret = stored_secret;
  advance(30s);
  tell(actor, resync{});
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "Unknown Checking");

  observe_chain(7);
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
}

TEST_F(ReconcileNodes, ForgetsWhatTheNodesSaidWhileItIsPausedWithoutASecret) {
  converge();
  have_nodes();
  observe_chain(7);
  edit_spec({{"paused", true}});
  static_cast<void>(serve_all());
  secret = {{"data", nlohmann::json::object()}};

  restart();
  for (int i = 0; i < 4; ++i) {
    static_cast<void>(serve_all());
    tell(actor, resync{});
    static_cast<void>(serve_all());
    advance(30s);
  }

  EXPECT_EQ(condition("PeersConnected"), "Unknown SecretInvalid");
  EXPECT_EQ(network["status"]["phase"], "Paused");
}

TEST_F(ReconcileNodes, IgnoresAReportOfANamesake) {
  converge();

  observe_chain(7, "another-uid");

  EXPECT_EQ(api.waiting(), 0U);
}

}  // namespace
}  // namespace btc::actors
