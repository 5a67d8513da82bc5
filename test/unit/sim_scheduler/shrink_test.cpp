#include "test/sim/scheduler/shrink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::sim {
namespace {

using std::chrono_literals::operator""s;
using testing::ElementsAre;

/// A failure that needs two decisions: 3 at place 20 and something at place 41.
bool needs_two(const choice_log& log) {
  return log.size() > 41 && log[20] == 3 && log[41] != 0;
}

choice_log noisy(std::size_t size) {
  choice_log log(size, 5);
  log[20] = 3;
  return log;
}

TEST(Shrink, LeavesOnlyTheDecisionsThatMatter) {
  const auto result = shrink(noisy(400), needs_two, 10s);
  choice_log expected(42, 0);
  expected[20] = 3;
  expected[41] = 5;
  EXPECT_EQ(result.log, expected);
  EXPECT_EQ(result.deviations, 2U);
}

TEST(Shrink, CutsWhatIsBehindTheFailure) {
  const auto result = shrink(
      choice_log(100, 1), [](const auto& l) { return !l.empty() && l[0] == 1; }, 10s);
  EXPECT_THAT(result.log, ElementsAre(1));
}

TEST(Shrink, GivesAnEmptyLogWhenThePlainRunFails) {
  const auto result = shrink(
      choice_log(100, 1), [](const auto&) { return true; }, 10s);
  EXPECT_TRUE(result.log.empty());
}

TEST(Shrink, NeedsFewReplays) {
  EXPECT_LT(shrink(noisy(400), needs_two, 10s).replays, 200U);
}

TEST(Shrink, KeepsALogThatStillFailsWhenTheTimeIsOver) {
  const auto result = shrink(noisy(400), needs_two, 0s);
  EXPECT_TRUE(needs_two(result.log));
}

}  // namespace
}  // namespace btc::sim
