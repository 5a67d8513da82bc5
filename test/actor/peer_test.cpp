#include "test/support/peer_fixture.hpp"

#include <string>
#include <vector>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using node_state = test::model_bitcoind::state;

class Peer : public test::peer_fixture {};

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

  EXPECT_THAT(deadlines, ElementsAre(10s, 10s, 45s, 10s));  // the other end is asked once more
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

  world_.at["10.0.2.1"].is = node_state::running;
  live(15s);
  EXPECT_EQ(report_of(peer_)->peers->networks[1].last_error, "");
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
}  // namespace
}  // namespace btc::actors
