#include "actors/reconcile/backoff.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using namespace std::chrono_literals;

constexpr double nearly_one = 0.999999;

TEST(Backoff, DoublesItsCeilingUpToTheCap) {
  backoff b{{50ms, 1000ms}};

  for (const auto ceiling : {50ms, 100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    const auto delay = b.next(nearly_one);
    EXPECT_LE(delay, ceiling);
    EXPECT_GT(delay, ceiling - 2ms);
  }
}

TEST(Backoff, SpreadsOverTheWholeIntervalButNeverRetriesAtOnce) {
  backoff b{{50ms, 1000ms}};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(b.next(0.0), 25ms);
  }

  EXPECT_EQ(b.next(0.5), 500ms);
}

TEST(Backoff, NeverOverflows) {
  backoff b{{50ms, 30'000ms}};
  for (int i = 0; i < 1000; ++i) {
    const auto delay = b.next(nearly_one);
    EXPECT_GE(delay, 25ms);
    EXPECT_LE(delay, 30'000ms);
  }
}

TEST(Backoff, StaysShortWhileNoServerIsReachedAndCountsThat) {
  const k8s::api_error unreachable{0, std::string{k8s::reason_unreachable}, "refused"};
  backoff b{{50ms, 30'000ms, 1000ms}};
  for (int i = 0; i < 100; ++i) {
    EXPECT_LE(b.next(nearly_one, unreachable), 1000ms);
  }
  EXPECT_GT(b.next(nearly_one, unreachable), 998ms);
  EXPECT_EQ(b.failures(), 101U);
  EXPECT_LE(b.next(nearly_one), 50ms);  // the server is back
}

TEST(Backoff, WaitsAtLeastAsLongAsTheServerAsks) {
  auto busy = k8s::api_error{429, "TooManyRequests", ""};
  backoff b{{50ms, 1000ms}};
  EXPECT_EQ(b.next(nearly_one, busy.with_retry_after(7s)), 7s);
}

TEST(Backoff, StartsAnewAfterSuccess) {
  backoff b{{50ms, 1000ms}};
  static_cast<void>(b.next(0.5));
  static_cast<void>(b.next(0.5));
  EXPECT_EQ(b.failures(), 2U);

  b.reset();

  EXPECT_EQ(b.failures(), 0U);
  EXPECT_LE(b.next(nearly_one), 50ms);
}

}  // namespace
}  // namespace btc::reconcile
