#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using state = test::model_bitcoind::state;
using truth = finding::truth;

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
  EXPECT_THAT(last().nodes, SizeIs(3));
  EXPECT_EQ(last().nodes[0].height, 100);
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

// -- trouble ------------------------------------------------------------------------------

TEST_F(PeerNetwork, EndsTheSecondOfTwoConnectionsToOneNode) {
  have(2);
  tell();
  pass(seconds{15});
  const auto [connection, ip] = *bitcoind(0).peers.begin();
  bitcoind(0).doubles = {connection};
  pass(seconds{25});

  EXPECT_THAT(bitcoind(0).doubles, testing::IsEmpty());
  expect_topology();
  EXPECT_EQ(std::count(world_.asked.begin(),
                       world_.asked.end(),
                       target_node(0).ip + R"( disconnectnode ["",1])"),
            1);

  sent_.clear();
  pass(seconds{60});
  EXPECT_TRUE(polls_only());  // the peers are asked for only while there are too many
}

TEST_F(PeerNetwork, LeavesConnectionsThatAreNotOursAlone) {
  have(2);
  tell();
  bitcoind(0).doubles = {"203.0.113.7:18444", "203.0.113.7:18444"};
  pass(seconds{60});

  EXPECT_EQ(bitcoind(0).doubles.size(), 2U);
}

TEST_F(PeerNetwork, TakesAStartingNodeForNoError) {
  have(2);
  target_node(1).ready = false;
  bitcoind(1).is = state::warming;
  tell();
  pass(seconds{60});

  EXPECT_EQ(count(peer_note::kind::silent), 0U);
  EXPECT_EQ(last().view.peers_connected.reason, "NodesNotReady");
}

TEST_F(PeerNetwork, CallsAReadyNodeSilentAfterThreePolls) {
  have(2);
  tell();
  pass(seconds{15});
  const auto polls = [&] {
    return std::count(sent_.begin(), sent_.end(), batch_body(poll_calls(false)));
  };
  bitcoind(1).is = state::warming;
  reports_.clear();
  const auto before = polls();
  while (reports_.empty() && polls() < before + 20) {
    pass(milliseconds{100});
  }

  EXPECT_EQ(last().view.peers_connected.is, truth::unknown);
  EXPECT_EQ(last().view.peers_connected.reason, "NoAnswer");
  EXPECT_EQ(net_.nodes().at(1).failures, 3U);
  EXPECT_FALSE(last().nodes[1].height.has_value());
  EXPECT_EQ(count(peer_note::kind::silent), 1U);

  bitcoind(1).is = state::running;
  pass(seconds{15});
  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
  EXPECT_EQ(count(peer_note::kind::answers_again), 1U);
}

TEST_F(PeerNetwork, SaysThatCredentialsAreRefusedOnceAnInterval) {
  have(3);
  for (std::int32_t i = 0; i < 3; ++i) {
    bitcoind(i).authorization = "Basic other";
  }
  tell();

  pass(seconds{58});

  EXPECT_THAT(refusals_, testing::AllOf(testing::Ge(3U), testing::Le(6U)));
  EXPECT_LE(sent_.size(), 3U * 8);  // no hammering with a password that is wrong
}

TEST_F(PeerNetwork, TriesNewCredentialsAtOnce) {
  have(2);
  tell();
  pass(seconds{15});
  for (std::int32_t i = 0; i < 2; ++i) {
    bitcoind(i).authorization = "Basic other";
  }
  pass(seconds{60});
  target_.credentials = std::make_shared<const rpc_credentials>(credentials("new"));
  for (std::int32_t i = 0; i < 2; ++i) {
    bitcoind(i).authorization = basic_authorization(*target_.credentials).reveal();
  }

  tell();
  pass(milliseconds{100});

  EXPECT_EQ(last().view.peers_connected.reason, "AllConnected");
}

TEST_F(PeerNetwork, DropsTheAnswerOfAnEarlierLife) {
  have(2);
  bitcoind(1).height = 7;
  bitcoind(0).is = state::hanging;
  tell();
  pass(milliseconds{1});  // both polls fly
  target_node(1).pod_uid = "pod-1-new";
  bitcoind(1).is = state::down;
  tell();

  pass(milliseconds{500});

  EXPECT_FALSE(net_.nodes().at(1).answer.has_value());
}

TEST_F(PeerNetwork, WaitsForEveryReadyNodeBeforeItSaysAnything) {
  have(3);
  bitcoind(2).is = state::hanging;
  tell();
  pass(seconds{9});
  EXPECT_THAT(reports_, IsEmpty());

  pass(seconds{40});  // three deadlines

  ASSERT_FALSE(reports_.empty());
  EXPECT_EQ(reports_.front().report->view.peers_connected.reason, "NoAnswer");
}

TEST_F(PeerNetwork, AsksNodesThatHangOnlyWhereSlowRequestsAreAllowed) {
  have(3);
  bitcoind(2).is = state::hanging;
  tell();
  pass(milliseconds{10'500});  // its first deadline is over
  slow_too_ = false;
  const auto failures = net_.nodes().at(2).failures;
  sent_.clear();

  pass(seconds{60});

  EXPECT_EQ(net_.nodes().at(2).failures, failures);
  EXPECT_THAT(sent_.size(), testing::Ge(2U * 5));  // the others are asked as ever
}

TEST_F(PeerNetwork, KeepsItsBounds) {
  have(60);
  target_.mining_interval = seconds{1};
  for (std::int32_t i = 0; i < 60; i += 2) {
    bitcoind(i).is = state::hanging;
  }
  tell();

  pass(seconds{60});

  EXPECT_EQ(flying_max_, options_.inflight_per_network_max);
  EXPECT_LE(per_node_max_, options_.inflight_per_node_max);
}

TEST_F(PeerNetwork, SlowsDownWhileNothingHelps) {
  have(2);
  target_node(1).ready = true;
  bitcoind(1).is = state::down;
  tell();

  pass(seconds{120});

  // 1, 1.5, 2.25, 3.4, 5, 7.6 s and then an interval each: less than 30 polls of both in 2 min.
  EXPECT_THAT(sent_.size(), testing::Le(2U * 30));
}

// -- blocks -------------------------------------------------------------------------------

TEST_F(PeerNetwork, MakesABlockEachIntervalFromOneNode) {
  have(3);
  target_.mining_interval = seconds{10};
  tell();

  pass(seconds{105});

  EXPECT_EQ(world_.blocks, 10U);
  EXPECT_EQ(count(peer_note::kind::block_made), 10U);
  EXPECT_EQ(net_.miner(), 0);
  EXPECT_EQ(last().view.chain_converged.reason, "SameTip");
}

TEST_F(PeerNetwork, HandsMiningOverWhenTheMinerGoes) {
  have(3);
  target_.mining_interval = seconds{10};
  tell();
  pass(seconds{25});
  bitcoind(0).is = state::down;
  target_node(0).ready = false;
  tell();

  pass(seconds{30});

  EXPECT_EQ(net_.miner(), 1);
  EXPECT_THAT(world_.blocks, testing::AllOf(testing::Ge(4U), testing::Le(5U)));
}

TEST_F(PeerNetwork, AsksAnotherNodeWhenOneCannotMakeABlock) {
  have(2);
  target_.mining_interval = seconds{10};
  tell();
  pass(seconds{1});
  const auto first = net_.miner().value();
  bitcoind(first).mines = false;

  pass(seconds{60});

  EXPECT_NE(net_.miner(), first);
  EXPECT_GE(world_.blocks, 4U);
  EXPECT_GE(count(peer_note::kind::block_failed), 1U);
}

TEST_F(PeerNetwork, MinesNothingWhilePaused) {
  have(2);
  target_.mining_interval = seconds{10};
  target_.acting = false;
  tell();

  pass(seconds{100});

  EXPECT_EQ(world_.blocks, 0U);
}

TEST_F(PeerNetwork, AsksForTheParentOnceWhileANodeLacksABlock) {
  have(2);
  bitcoind(0).height = 101;
  tell();
  pass(seconds{60});

  EXPECT_EQ(std::count_if(world_.asked.begin(),
                          world_.asked.end(),
                          [](const auto& a) { return a.find("getblockheader") != a.npos; }),
            1);
  EXPECT_EQ(last().view.chain_converged.reason, "SameTip");
}

TEST_F(PeerNetwork, NeverCallsANodeBehindThatWasOnlyAskedEarlier) {
  have(4);
  target_.mining_interval = seconds{1};
  tell();

  pass(seconds{200});

  for (const auto& report : reports_) {
    EXPECT_EQ(report.report->view.chain_converged.reason, "SameTip");
  }
}

TEST_F(PeerNetwork, TellsHeightsAtMostOnceAnInterval) {
  have(3);
  target_.mining_interval = seconds{1};
  tell();
  pass(seconds{5});
  reports_.clear();

  pass(seconds{100});

  EXPECT_THAT(reports_.size(), testing::AllOf(testing::Ge(7U), testing::Le(11U)));
}

}  // namespace
}  // namespace btc::bitcoin
