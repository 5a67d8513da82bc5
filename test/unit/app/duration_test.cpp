#include "actors/app/duration.hpp"

#include <gtest/gtest.h>

namespace btc::app {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatKubectlReads) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("1m1ms"), 60001ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("1000h"), 1000h);
}

TEST(Duration, RefusesAllElse) {
  for (const auto* text : {"",
                           "30",
                           "s",
                           "-1s",
                           "+1s",
                           "1.5s",
                           "1 s",
                           "30s ",
                           "1d",
                           "1S",
                           "1s2",
                           "1001h",
                           "99999999999999999999s",
                           "9223372036854775807h"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, FormatsTheShortestTextThatReadsBack) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(90min), "1h30m");
  EXPECT_EQ(format_duration(61001ms), "1m1s1ms");
}

}  // namespace
}  // namespace btc::app
