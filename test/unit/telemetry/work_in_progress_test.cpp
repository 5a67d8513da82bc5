#include "actors/telemetry/work_in_progress.hpp"

#include <gtest/gtest.h>

namespace btc::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr work_in_progress::time_point start{1h};

TEST(WorkInProgress, IsZeroAtRest) {
  const work_in_progress work;

  EXPECT_EQ(work.at(start).sum, 0s);
  EXPECT_EQ(work.at(start).longest, 0s);
}

TEST(WorkInProgress, SumsAgesAndKnowsTheOldest) {
  work_in_progress work;
  work.started(start);
  work.started(start);
  work.started(start + 3s);

  EXPECT_EQ(work.at(start + 5s).sum, 12s);
  EXPECT_EQ(work.at(start + 5s).longest, 5s);
}

TEST(WorkInProgress, ForgetsOneOfEqualStartsAtAnEnd) {
  work_in_progress work;
  work.started(start);
  work.started(start);

  work.ended(start);
  work.ended(start + 1s);  // never started

  EXPECT_EQ(work.at(start + 2s).sum, 2s);
}

}  // namespace
}  // namespace btc::telemetry
