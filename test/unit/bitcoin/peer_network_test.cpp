#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using state = test::model_bitcoind::state;

using PeerNetwork = peer_network_fixture;

// -- connecting ---------------------------------------------------------------------------

TEST_F(PeerNetwork, ConnectsReadyNodesAtOnceAndSaysSoOnce) {
  have(3);
  tell();

  pass(milliseconds{100});

  expect_topology();
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_EQ(last().network_uid, "uid-a");
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
  EXPECT_EQ(last().view.chain_converged.reason, "SameTip");
  EXPECT_EQ(last().nodes_wanted, 3);
  ASSERT_THAT(last().nodes, SizeIs(3));
  EXPECT_EQ(last().nodes[0].height, 100);
  EXPECT_TRUE(last().nodes[0].ready);
}

TEST_F(PeerNetwork, TellsOfAConnectionTogetherWithBothOfItsEnds) {
  have(2);
  world_.counts_inbound = true;
  tell();
  pass(milliseconds{100});

  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
  EXPECT_EQ(last().nodes[0].peers, 1);
  EXPECT_EQ(last().nodes[1].peers, 1) << "it was asked before node 0 connected to it";
}

TEST_F(PeerNetwork, SaysNothingOfANewTopologyBeforeAllNodesWereAsked) {
  have(5);
  tell();
  pass(seconds{20});
  bitcoind(3).is = state::hanging;
  reports_.clear();
  target_.shape = topology::ring;
  tell();

  pass(seconds{5});
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_EQ(net_.view().peers_connected.reason, "Checking");

  pass(seconds{60});
  ASSERT_FALSE(reports_.empty());
  EXPECT_EQ(reports_.front().report->shape, topology::ring);
  EXPECT_EQ(reports_.front().report->view.peers_connected.reason, "NoAnswer");
}

TEST_F(PeerNetwork, TellsAtOnceThatANewTopologyStands) {
  have(5);
  tell();
  pass(seconds{25});
  reports_.clear();
  target_.shape = topology::ring;
  tell();

  pass(milliseconds{200});

  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_EQ(last().shape, topology::ring);
  EXPECT_EQ(last().view.peers_connected.message, "5 of 5 connections stand");
}

TEST_F(PeerNetwork, TellsAtOnceOfANodeThatRunsAnewWithoutAnybodyNoticing) {
  have(3);
  tell();
  pass(seconds{25});
  reports_.clear();
  start(1);
  target_node(1).restarts = 1;  // and ready all the while
  tell();

  pass(milliseconds{200});

  ASSERT_FALSE(reports_.empty());
  EXPECT_EQ(last().nodes[1].restarts, 1);
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
}

TEST_F(PeerNetwork, SendsNothingButPollsOnceAllIsWell) {
  have(5);
  tell();
  pass(seconds{20});
  sent_.clear();
  reports_.clear();

  pass(seconds{300});

  EXPECT_TRUE(polls_only());
  EXPECT_THAT(sent_.size(), testing::AllOf(testing::Ge(5U * 25), testing::Le(5U * 38)));
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(PeerNetwork, ConnectsANodeAsSoonAsItIsReady) {
  have(3);
  target_node(2).ready = false;
  bitcoind(2).is = state::down;
  tell();
  pass(seconds{60});
  EXPECT_EQ(last().view.peers_connected.reason, "NodesNotReady");

  start(2);
  target_node(2).ready = true;
  tell();
  pass(milliseconds{100});

  expect_topology();
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
}

TEST_F(PeerNetwork, TellsARestartedNodeAnew) {
  have(3);
  tell();
  pass(seconds{30});
  start(0);  // its list is empty, its connections are gone
  target_node(0).restarts = 1;

  tell();
  pass(milliseconds{100});

  expect_topology();
}

TEST_F(PeerNetwork, HealsAfterAllRestartAtOnce) {
  have(7);
  tell();
  pass(seconds{30});
  for (std::int32_t i = 0; i < 7; ++i) {
    bitcoind(i).is = state::down;
    target_node(i).ready = false;
  }
  world_.drop_dead_connections();
  tell();
  pass(seconds{20});
  EXPECT_EQ(last().view.peers_connected.reason, "NodesNotReady");
  for (std::int32_t i = 0; i < 7; ++i) {
    start(i);
    target_node(i).restarts = 1;
    target_node(i).ready = true;
  }

  tell();
  pass(milliseconds{500});

  expect_topology();
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
}

TEST_F(PeerNetwork, HealsARecreatedPodThoughDnsIsLate) {
  have(3);
  tell();
  pass(seconds{30});
  const auto name = target_.names.address_of(2);
  world_.at.erase(ip(2));
  world_.drop_dead_connections();
  target_node(2) = {2, "pod-2-new", 0, true, "10.0.0.99"};
  start(2);
  world_.dns[name] = ip(2);  // still the old one
  tell();
  pass(seconds{3});
  world_.dns[name] = "10.0.0.99";

  pass(seconds{7});

  expect_topology();
}

TEST_F(PeerNetwork, PutsABrokenConnectionBackWithoutAWordAboutIt) {
  have(3);
  tell();
  pass(seconds{30});
  reports_.clear();
  bitcoind(0).peers.clear();
  bitcoind(0).nodes.connections.clear();

  pass(seconds{15});

  expect_topology();
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(PeerNetwork, FollowsTheNumberOfNodes) {
  have(3);
  tell();
  pass(seconds{15});
  have(12);
  tell();
  pass(seconds{15});
  expect_topology();

  target_.nodes_wanted = 2;
  tell();
  pass(seconds{15});

  EXPECT_EQ(bitcoind(0).nodes.list, std::vector<std::string>{target_.names.address_of(1)});
  EXPECT_THAT(bitcoind(1).nodes.list, IsEmpty());
}

TEST_F(PeerNetwork, CutsWhatItConnectedWhenTheTopologyIsNone) {
  have(4);
  tell();
  pass(seconds{15});

  target_.shape = topology::none;
  tell();
  pass(seconds{1});

  expect_topology();
  EXPECT_EQ(last().view.peers_connected.reason, "NothingToConnect");
}

TEST_F(PeerNetwork, LeavesAloneWhatAUserAdded) {
  have(2);
  bitcoind(0).nodes.list = {"friend.example:18444"};
  tell();
  pass(seconds{60});

  EXPECT_THAT(bitcoind(0).nodes.list,
              ElementsAre("friend.example:18444", target_.names.address_of(1)));
}

TEST_F(PeerNetwork, OnlyAsksWhilePaused) {
  have(3);
  target_.acting = false;
  tell();

  pass(seconds{60});

  EXPECT_TRUE(polls_only());
  EXPECT_FALSE(sent_.empty());
  EXPECT_EQ(last().view.peers_connected.reason, "PeersMissing");
}

TEST_F(PeerNetwork, AsksNobodyWithoutCredentials) {
  have(3);
  const auto credentials = target_.credentials;
  target_.credentials.reset();
  tell();
  pass(seconds{60});
  EXPECT_THAT(sent_, IsEmpty());
  EXPECT_THAT(reports_, IsEmpty());

  target_.credentials = credentials;
  tell();
  pass(seconds{1});

  expect_topology();
}
}  // namespace
}  // namespace btc::bitcoin
