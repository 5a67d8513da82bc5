#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using state = test::model_bitcoind::state;
using truth = finding::truth;

using PeerNetworkTrouble = peer_network_fixture;

// -- trouble ------------------------------------------------------------------------------

TEST_F(PeerNetworkTrouble, EndsTheSecondOfTwoConnectionsToOneNode) {
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

TEST_F(PeerNetworkTrouble, LeavesConnectionsThatAreNotOursAlone) {
  have(2);
  tell();
  bitcoind(0).doubles = {"203.0.113.7:18444", "203.0.113.7:18444"};
  pass(seconds{60});

  EXPECT_EQ(bitcoind(0).doubles.size(), 2U);
}

TEST_F(PeerNetworkTrouble, TakesAStartingNodeForNoError) {
  have(2);
  target_node(1).ready = false;
  bitcoind(1).is = state::warming;
  tell();
  pass(seconds{60});

  EXPECT_EQ(count(peer_note::kind::silent), 0U);
  EXPECT_EQ(last().view.peers_connected.reason, "NodesNotReady");
}

TEST_F(PeerNetworkTrouble, CallsAReadyNodeSilentAfterThreePolls) {
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

TEST_F(PeerNetworkTrouble, SaysThatCredentialsAreRefusedOnceAnInterval) {
  have(3);
  for (std::int32_t i = 0; i < 3; ++i) {
    bitcoind(i).authorization = "Basic other";
  }
  tell();

  pass(seconds{58});

  EXPECT_THAT(refusals_, testing::AllOf(testing::Ge(3U), testing::Le(6U)));
  EXPECT_LE(sent_.size(), 3U * 8);  // no hammering with a password that is wrong
}

TEST_F(PeerNetworkTrouble, TriesNewCredentialsAtOnce) {
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

TEST_F(PeerNetworkTrouble, DropsTheAnswerOfAnEarlierLife) {
  have(2);
  bitcoind(1).height = 7;
  bitcoind(0).is = state::hanging;
  tell();
  pass(milliseconds{1});  // both polls fly
  target_node(1).pod_uid = "pod-1-new";
  bitcoind(1).is = state::down;
  tell();

  pass(milliseconds{500});

  EXPECT_EQ(net_.nodes().at(1).answer, nullptr);
}

TEST_F(PeerNetworkTrouble, WaitsForEveryReadyNodeBeforeItSaysAnything) {
  have(3);
  bitcoind(2).is = state::hanging;
  tell();
  pass(seconds{9});
  EXPECT_THAT(reports_, IsEmpty());

  pass(seconds{40});  // three deadlines

  ASSERT_FALSE(reports_.empty());
  EXPECT_EQ(reports_.front().report->view.peers_connected.reason, "NoAnswer");
}

TEST_F(PeerNetworkTrouble, AsksNodesThatHangOnlyWhereSlowRequestsAreAllowed) {
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

TEST_F(PeerNetworkTrouble, KeepsItsBounds) {
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

TEST_F(PeerNetworkTrouble, SlowsDownWhileNothingHelps) {
  have(2);
  target_node(1).ready = true;
  bitcoind(1).is = state::down;
  tell();

  pass(seconds{120});

  // 1, 1.5, 2.25, 3.4, 5, 7.6 s and then an interval each: less than 30 polls of both in 2 min.
  EXPECT_THAT(sent_.size(), testing::Le(2U * 30));
}

TEST_F(PeerNetworkTrouble, NamesWhatIsWrongNowAndNothingThatIsOver) {
  have(3);
  tell();
  pass(seconds{15});
  EXPECT_EQ(net_.trouble(), "");

  bitcoind(1).authorization = "Basic other";
  pass(seconds{15});
  EXPECT_THAT(net_.trouble(), testing::StartsWith("node 1: "));

  bitcoind(1).authorization = basic_authorization(*target_.credentials).reveal();
  pass(seconds{15});  // it was not silent yet, so nobody says that it answers again
  EXPECT_EQ(net_.trouble(), "");
}

TEST_F(PeerNetworkTrouble, NamesTheSilentNodeFirstAndNoneThatIsGone) {
  have(3);
  tell();
  bitcoind(2).is = state::down;
  pass(seconds{40});
  bitcoind(0).is = state::down;
  pass(seconds{12});
  EXPECT_THAT(net_.trouble(), testing::StartsWith("node 2: "));

  bitcoind(0).is = state::running;
  target_node(2).ready = false;
  tell();
  pass(seconds{15});
  EXPECT_EQ(net_.trouble(), "");
}

TEST_F(PeerNetworkTrouble, NamesABlockThatCouldNotBeMadeUntilOneIs) {
  have(1);
  target_.mining_interval = seconds{10};
  bitcoind(0).mines = false;
  tell();
  pass(seconds{15});
  EXPECT_THAT(net_.trouble(),
              testing::AllOf(testing::StartsWith("node 0: "), testing::HasSubstr("no block")));

  auto without = target_;
  without.mining_interval = seconds{0};
  std::swap(target_, without);
  tell();
  EXPECT_EQ(net_.trouble(), "");

  std::swap(target_, without);
  tell();
  pass(seconds{15});
  bitcoind(0).mines = true;
  pass(seconds{15});
  EXPECT_EQ(net_.trouble(), "");
}
}  // namespace
}  // namespace btc::bitcoin
