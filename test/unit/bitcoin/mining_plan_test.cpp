#include "actors/bitcoin/mining_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace btc::bitcoin {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// A plan and a clock.
struct mining : testing::Test {
  mining_plan plan{};
  mining_plan::time_point now{seconds{1'000'000}};
  seconds interval{30};
  std::vector<miner> nodes{{0, 0}, {1, 0}, {2, 0}};

  [[nodiscard]] mining_step step() { return plan.step(now, interval, nodes); }
  void pass(seconds time) { now += time; }
  /// Steps until the next block is asked for; how long that took.
  [[nodiscard]] std::pair<seconds, std::int32_t> until_next_block() {
    const auto begin = now;
    for (;;) {
      const auto s = step();
      if (s.mine_on) {
        return {std::chrono::duration_cast<seconds>(now - begin), *s.mine_on};
      }
      if (!s.wake_at) {
        return {seconds{-1}, -1};
      }
      now = *s.wake_at;
    }
  }
  void made() { plan.finished(now, true); }
  void failed() { plan.finished(now, false); }
};
using Mining = mining;
using block = std::pair<seconds, std::int32_t>;

TEST_F(Mining, MakesTheFirstBlockOneIntervalAfterTheStart) {
  EXPECT_EQ(until_next_block(), (block{30, 0}));
}

TEST_F(Mining, MakesOneBlockEachIntervalFromTheSameNode) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(until_next_block(), (block{30, 0})) << i;
    made();
  }
}

TEST_F(Mining, KeepsThePaceThoughCallsTakeTime) {
  EXPECT_EQ(until_next_block(), (block{30, 0}));
  pass(seconds{4});
  made();
  EXPECT_EQ(until_next_block(), (block{26, 0}));
}

TEST_F(Mining, OffForgetsAll) {
  EXPECT_EQ(until_next_block().second, 0);
  interval = seconds{0};
  EXPECT_FALSE(step().mine_on);
  EXPECT_FALSE(step().wake_at);
  EXPECT_FALSE(plan.current());
  interval = seconds{30};
  EXPECT_EQ(until_next_block(), (block{30, 0}));
}

TEST_F(Mining, WithoutANodeWaitsForAChange) {
  nodes.clear();
  const auto s = step();
  EXPECT_FALSE(s.mine_on);
  EXPECT_FALSE(s.wake_at);
}

TEST_F(Mining, DoesNotCatchUp) {
  EXPECT_EQ(until_next_block().second, 0);
  made();
  nodes.clear();
  pass(seconds{1'000});
  EXPECT_FALSE(step().mine_on);
  nodes = {{2, 0}};
  EXPECT_EQ(until_next_block(), (block{0, 2}));  // the one that is due
  made();
  EXPECT_EQ(until_next_block(), (block{30, 2}));
}

TEST_F(Mining, HandsOverWhenTheMinerGoes) {
  EXPECT_EQ(until_next_block().second, 0);
  made();
  nodes = {{1, 0}, {2, 0}};
  EXPECT_EQ(until_next_block(), (block{30, 1}));
  made();
  nodes = {{0, 0}, {1, 0}, {2, 0}};
  EXPECT_EQ(until_next_block(), (block{30, 1})) << "the job does not go back";
}

TEST_F(Mining, NeverAsksASecondNodeWhileACallIsUnderWay) {
  EXPECT_EQ(until_next_block().second, 0);
  nodes = {{1, 0}};
  EXPECT_FALSE(step().mine_on);
  pass(mining_call_timeout - seconds{1});
  EXPECT_FALSE(step().mine_on);
  EXPECT_EQ(step().wake_at, now + seconds{1});
}

TEST_F(Mining, GivesACallUpAfterItsTime) {
  EXPECT_EQ(until_next_block().second, 0);
  EXPECT_EQ(until_next_block(), (block{15 + 5, 1}));
}

TEST_F(Mining, AnAnswerThatComesTooLateChangesNothing) {
  EXPECT_EQ(until_next_block().second, 0);
  pass(mining_call_timeout);
  EXPECT_FALSE(step().mine_on);
  const auto current = plan.current();
  failed();
  EXPECT_EQ(plan.current(), current);
}

TEST_F(Mining, AsksAnotherNodeSoonAfterAFailure) {
  EXPECT_EQ(until_next_block().second, 0);
  failed();
  EXPECT_EQ(until_next_block(), (block{5, 1}));
  made();
}

TEST_F(Mining, AsksTheSameNodeAgainWhenThereIsNoOther) {
  nodes = {{0, 0}};
  EXPECT_EQ(until_next_block().second, 0);
  failed();
  EXPECT_EQ(until_next_block(), (block{5, 0}));
}

TEST_F(Mining, RetriesNoFasterThanTheInterval) {
  interval = seconds{1};
  EXPECT_EQ(until_next_block().first, seconds{1});
  failed();
  EXPECT_EQ(until_next_block().first, seconds{1});
}

TEST_F(Mining, AMinerThatSeemsOneBlockBehindKeepsTheJob) {
  EXPECT_EQ(until_next_block().second, 0);
  made();
  nodes = {{0, 1}, {1, 0}};
  EXPECT_EQ(until_next_block().second, 0);
  made();
  nodes = {{0, 2}, {1, 0}};
  EXPECT_EQ(until_next_block().second, 1);
}

TEST_F(Mining, ChoosesOnlyNodesAtTheTip) {
  nodes = {{0, 1}, {1, 3}, {2, 0}};
  EXPECT_EQ(until_next_block().second, 2);
  made();
  nodes = {{0, 1}};
  EXPECT_EQ(until_next_block(), (block{-1, -1}));
}

TEST_F(Mining, AShorterIntervalCountsAtOnce) {
  interval = seconds{3'600};
  EXPECT_FALSE(step().mine_on);
  pass(seconds{10});
  interval = seconds{30};
  EXPECT_EQ(until_next_block().first, seconds{30});
}

TEST_F(Mining, ALongerIntervalCountsAfterTheNextBlock) {
  EXPECT_FALSE(step().mine_on);
  interval = seconds{3'600};
  EXPECT_EQ(until_next_block().first, seconds{30});
  made();
  EXPECT_EQ(until_next_block().first, seconds{3'600});
}

TEST(MiningProperties, OneCallAtATimeAndNeverMoreBlocksThanIntervals) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    const auto below = [&](std::uint32_t limit) {
      return static_cast<std::int32_t>(random() % limit);
    };
    mining_plan plan;
    const seconds interval{1 + below(60)};
    const mining_plan::time_point begin{seconds{5'000}};
    auto now = begin;
    std::optional<mining_plan::time_point> call_began;
    std::int64_t made = 0;
    for (int i = 0; i < 400; ++i) {
      std::vector<miner> nodes;
      for (std::int32_t n = 0; n < 4; ++n) {
        if (below(3) != 0) {
          nodes.push_back({n, below(3)});
        }
      }
      const auto s = plan.step(now, interval, nodes);
      if (s.mine_on) {
        ASSERT_TRUE(!call_began || now - *call_began >= mining_call_timeout);
        ASSERT_TRUE(std::any_of(
            nodes.begin(), nodes.end(), [&](const miner& n) { return n.ordinal == *s.mine_on; }));
        call_began = now;
      }
      ASSERT_TRUE(!s.wake_at || *s.wake_at > now) << "would spin";
      if (call_began && below(2) == 0) {
        const bool fine = below(4) != 0;
        made += fine && now - *call_began < mining_call_timeout ? 1 : 0;
        plan.finished(now, fine);
        call_began.reset();
      }
      now += seconds{below(20)};
    }
    ASSERT_LE(made, (now - begin) / interval + 1);
  }
}

[[nodiscard]] node_view node(std::int32_t ordinal,
                             std::int64_t height,
                             char branch,
                             bool ready,
                             const char* chain = "regtest") {
  return {.ordinal = ordinal,
          .ready = ready,
          .answer = std::make_shared<const node_answer>(
              node_answer{.chain = {chain, height, std::string(64, branch)}})};
}

TEST(Miners, AreReadyNodesOfTheRightChainAndNotOnAnotherTip) {
  chain_input input{.chain = "regtest",
                    .nodes_wanted = 6,
                    .nodes = {node(0, 5, 'a', true),
                              node(1, 5, 'b', true),
                              node(2, 4, 'c', true),
                              node(3, 5, 'a', false),
                              {.ordinal = 4, .ready = true},
                              node(5, 9, 'd', true, "signet")}};
  EXPECT_THAT(miners_of(input, view_chain(input)), ElementsAre(miner{0, 0}, miner{2, 1}));
  input.nodes.clear();
  EXPECT_THAT(miners_of(input, view_chain(input)), IsEmpty());
}

}  // namespace
}  // namespace btc::bitcoin
