#include "actors/actor_base.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace btc::actors {
namespace {

using std::chrono_literals::operator""ms;

TEST(RandomNumbers, SpreadTimesOverTheirShareAndNoFurther) {
  random_numbers random{7};
  auto least = 1000ms;
  auto most = 1000ms;
  for (int i = 0; i < 1000; ++i) {
    const auto time = random.around(1000ms, 0.25);
    least = std::min(least, time);
    most = std::max(most, time);
  }
  EXPECT_GE(least, 750ms);
  EXPECT_LT(least, 760ms);
  EXPECT_LE(most, 1250ms);
  EXPECT_GT(most, 1240ms);
}

TEST(RandomNumbers, AreTheSameForOneSeed) {
  random_numbers once{7};
  random_numbers again{7};
  random_numbers another{8};
  const auto first = once.next();
  EXPECT_EQ(again.next(), first);
  EXPECT_NE(another.next(), first);
}

}  // namespace
}  // namespace btc::actors
