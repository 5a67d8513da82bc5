#include "actors/telemetry/log_limiter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace btc::telemetry {
namespace {

TEST(LogLimiter, AdmitsPowersOfTwo) {
  log_limiter limiter;
  std::vector<std::uint64_t> admitted;

  for (int i = 0; i < 20; ++i) {
    if (const auto times = limiter.admit("request-failed", "default/a")) {
      admitted.push_back(times);
    }
  }

  EXPECT_THAT(admitted, testing::ElementsAre(1, 2, 4, 8, 16));
}

TEST(LogLimiter, CountsEachEventAndKeyByItself) {
  log_limiter limiter;

  EXPECT_EQ(limiter.admit("a", "x"), 1U);
  EXPECT_EQ(limiter.admit("a", "y"), 1U);
  EXPECT_EQ(limiter.admit("b", "x"), 1U);
  EXPECT_EQ(limiter.admit("a", "x"), 2U);
}

TEST(LogLimiter, StartsAgainAfterReset) {
  log_limiter limiter;
  for (int i = 0; i < 3; ++i) {
    (void)limiter.admit("a", "x");
  }

  EXPECT_EQ(limiter.reset("a", "x"), 3U);
  EXPECT_EQ(limiter.reset("a", "x"), 0U);
  EXPECT_EQ(limiter.admit("a", "x"), 1U);
}

TEST(LogLimiter, ForgetsAllCountsWhenFullRatherThanGrow) {
  log_limiter limiter;
  for (std::size_t i = 0; i < log_limiter::max_entries; ++i) {
    (void)limiter.admit("a", std::to_string(i));
  }
  EXPECT_EQ(limiter.admit("a", "0"), 2U);

  EXPECT_EQ(limiter.admit("a", "one more"), 1U);

  EXPECT_EQ(limiter.admit("a", "0"), 1U);
}

}  // namespace
}  // namespace btc::telemetry
