#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = test::model_bitcoind::state;

using PeerNetworkMining = peer_network_fixture;

// -- blocks -------------------------------------------------------------------------------

TEST_F(PeerNetworkMining, MakesABlockEachIntervalFromOneNode) {
  have(3);
  target_.mining_interval = seconds{10};
  tell();

  pass(seconds{105});

  EXPECT_EQ(world_.blocks, 10U);
  EXPECT_EQ(count(peer_note::kind::block_made), 10U);
  EXPECT_EQ(net_.miner(), 0);
  EXPECT_EQ(last().view.chain_converged.reason, "SameTip");
}

TEST_F(PeerNetworkMining, HandsMiningOverWhenTheMinerGoes) {
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

TEST_F(PeerNetworkMining, AsksAnotherNodeWhenOneCannotMakeABlock) {
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

TEST_F(PeerNetworkMining, MinesNothingWhilePaused) {
  have(2);
  target_.mining_interval = seconds{10};
  target_.acting = false;
  tell();

  pass(seconds{100});

  EXPECT_EQ(world_.blocks, 0U);
}

TEST_F(PeerNetworkMining, AsksForTheParentOnceWhileANodeLacksABlock) {
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

TEST_F(PeerNetworkMining, TakesNoParentForThatOfATipThatCameSince) {
  have(2);
  bitcoind(0).height = 101;
  tell();
  const auto asked_for_parent = [&] {
    return std::find_if(flying_.begin(), flying_.end(), [](const flight& f) {
      return f.ticket.task == rpc_task::parent;
    });
  };
  for (int i = 0; i < 100 && asked_for_parent() == flying_.end(); ++i) {
    pass(milliseconds{1});
  }
  ASSERT_NE(asked_for_parent(), flying_.end());
  asked_for_parent()->lands_at = now_ + seconds{40};  // with what came before block 101

  bitcoind(0).height = 102;
  bitcoind(1).height = 101;
  pass(seconds{60});

  EXPECT_EQ(net_.view().chain_converged.reason, "SameTip") << net_.view().chain_converged.message;
}

TEST_F(PeerNetworkMining, NeverCallsANodeBehindThatWasOnlyAskedEarlier) {
  have(4);
  target_.mining_interval = seconds{1};
  tell();

  pass(seconds{200});

  for (const auto& report : reports_) {
    EXPECT_EQ(report.report->view.chain_converged.reason, "SameTip");
  }
}

TEST_F(PeerNetworkMining, TellsHeightsAtMostOnceAnInterval) {
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
