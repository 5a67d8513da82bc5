#include "test/sim/scheduler/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::sim {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;

TEST(Trace, HasOneNumberForTheSameHistory) {
  trace a;
  trace b;
  for (auto* t : {&a, &b}) {
    t->mix(7);
    t->mix("served GET");
  }
  EXPECT_EQ(a.hash(), b.hash());
}

TEST(Trace, HasAnotherNumberForAnotherOrder) {
  trace a;
  trace b;
  a.mix(1);
  a.mix(2);
  b.mix(2);
  b.mix(1);
  EXPECT_NE(a.hash(), b.hash());
}

TEST(Trace, TellsTextsFromTheirConcatenation) {
  trace a;
  trace b;
  a.mix("ab");
  a.mix("c");
  b.mix("a");
  b.mix("bc");
  EXPECT_NE(a.hash(), b.hash());
}

TEST(Trace, KeepsNoLinesUnlessAsked) {
  trace t;
  t.note(1ms, 1, "a", "b");
  EXPECT_FALSE(t.readable());
  EXPECT_TRUE(t.lines().empty());
}

TEST(Trace, KeepsTheLastLinesInVirtualTime) {
  trace t{2};
  t.note(0ms, 1, "user", "creates a network");
  t.note(1500ms, 2, "api server", "serves GET /a");
  t.note(61'000ms, 3, "watch pods", "stream_read");
  EXPECT_THAT(t.lines(),
              ElementsAre("    1.500s #2     api server: serves GET /a",
                          "   61.000s #3     watch pods: stream_read"));
  EXPECT_EQ(t.dropped(), 1U);
}

}  // namespace
}  // namespace btc::sim
