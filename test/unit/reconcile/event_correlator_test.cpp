#include "actors/reconcile/event_correlator.hpp"

#include <gtest/gtest.h>

#include <string>

namespace btc::reconcile {
namespace {

using action = event_verdict::action;
using std::chrono::seconds;

class EventCorrelator : public testing::Test {
 protected:
  event_verdict see(const std::string& message,
                    const std::string& reason = "Reason",
                    const std::string& network = "net") {
    return correlator_.correlate({"default", network},
                                 "uid-" + network,
                                 {announcement::severity::normal, reason, message},
                                 ++id_,
                                 now_);
  }

  event_correlator correlator_{};
  event_correlator::time_point now_{};
  std::uint64_t id_{0};
};

TEST_F(EventCorrelator, CountsTheSameEventAgain) {
  const auto first = see("a");
  EXPECT_EQ(first.what, action::create);
  EXPECT_EQ(first.count, 1U);

  const auto second = see("a");
  EXPECT_EQ(second.what, action::repeat);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.count, 2U);
}

TEST_F(EventCorrelator, TellsObjectsReasonsAndMessagesApart) {
  EXPECT_EQ(see("a", "R", "x").what, action::create);
  EXPECT_EQ(see("a", "R", "y").what, action::create);
  EXPECT_EQ(see("a", "S", "x").what, action::create);
  EXPECT_EQ(see("b", "R", "x").what, action::create);
}

TEST_F(EventCorrelator, TellsARecreatedObjectFromItsNamesake) {
  const announcement event{announcement::severity::normal, "R", "a"};
  static_cast<void>(correlator_.correlate({"default", "net"}, "u1", event, 1, now_));

  EXPECT_EQ(correlator_.correlate({"default", "net"}, "u2", event, 2, now_).what, action::create);
}

TEST_F(EventCorrelator, CombinesTheEleventhMessageOfAReason) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(see(std::to_string(i)).combined) << i;
  }

  const auto combined = see("10");
  EXPECT_TRUE(combined.combined);
  EXPECT_EQ(combined.what, action::create);
  const auto next = see("11");
  EXPECT_EQ(next.what, action::repeat);
  EXPECT_EQ(next.id, combined.id);
}

TEST_F(EventCorrelator, StillCountsAKnownMessageOfACombinedReason) {
  for (int i = 0; i < 12; ++i) {
    static_cast<void>(see(std::to_string(i)));
  }

  const auto known = see("3");
  EXPECT_FALSE(known.combined);
  EXPECT_EQ(known.what, action::repeat);
}

TEST_F(EventCorrelator, StopsCombiningOnceTheReasonWasSilentForTheWindow) {
  for (int i = 0; i < 12; ++i) {
    static_cast<void>(see(std::to_string(i)));
  }

  now_ += seconds{601};

  EXPECT_FALSE(see("new").combined);
}

TEST_F(EventCorrelator, AllowsABurstAndThenOneForEachRefill) {
  for (int i = 0; i < 25; ++i) {
    EXPECT_NE(see("a").what, action::drop) << i;
  }
  EXPECT_EQ(see("a").what, action::drop);

  now_ += seconds{299};
  EXPECT_EQ(see("a").what, action::drop);
  now_ += seconds{1};
  EXPECT_NE(see("a").what, action::drop);
  EXPECT_EQ(see("a").what, action::drop);
}

TEST_F(EventCorrelator, OneObjectsBudgetIsNotAnothers) {
  for (int i = 0; i < 30; ++i) {
    static_cast<void>(see("a", "R", "noisy"));
  }

  EXPECT_EQ(see("a", "R", "quiet").what, action::create);
}

TEST_F(EventCorrelator, TellsOfDroppedRepeatsInTheNextCount) {
  for (int i = 0; i < 30; ++i) {
    static_cast<void>(see("a"));
  }

  now_ += seconds{300};

  EXPECT_EQ(see("a").count, 31U);
}

TEST_F(EventCorrelator, NeverCountsOnAnEventThatWasDroppedBeforeItsFirst) {
  for (int i = 0; i < 25; ++i) {
    static_cast<void>(see("a"));
  }
  EXPECT_EQ(see("b").what, action::drop);

  now_ += seconds{300};

  EXPECT_EQ(see("b").what, action::create);
}

TEST(RecentMap, KeepsTheMostRecentlyUsedHalfWhenFull) {
  recent_map<int> map{4};
  for (std::uint64_t key = 0; key < 4; ++key) {
    map.touch(key, static_cast<int>(key));
  }
  map.touch(0, 0);

  map.touch(9, 9);

  EXPECT_EQ(map.size(), 3U);
  EXPECT_NE(map.find(0), nullptr);
  EXPECT_NE(map.find(3), nullptr);
  EXPECT_NE(map.find(9), nullptr);
  EXPECT_EQ(map.find(1), nullptr);
}

TEST(RecentMap, NeverHoldsMoreThanItsCapacity) {
  recent_map<int> map{100};
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    map.touch(key, 0);
    ASSERT_LE(map.size(), 100U);
  }
}

}  // namespace
}  // namespace btc::reconcile
