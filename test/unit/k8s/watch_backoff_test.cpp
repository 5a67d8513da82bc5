#include "k8s/watch_backoff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

const api_error unreachable{0, std::string{reason_unreachable}, "refused"};
const api_error unavailable{503, "ServiceUnavailable", ""};

class WatchBackoff : public testing::Test {
 protected:
  milliseconds fail(const api_error& error) { return backoff_.next(error, random_, now_); }
  std::vector<milliseconds> fail(const api_error& error, int times) {
    std::vector<milliseconds> delays;
    for (int i = 0; i < times; ++i) {
      delays.push_back(fail(error));
    }
    return delays;
  }

  watch_backoff backoff_{};
  double random_{0};
  watch_backoff::time_point now_{1000s};
};

TEST_F(WatchBackoff, DoublesUpToItsLimit) {
  EXPECT_THAT(fail(unavailable, 8),
              ElementsAre(800ms, 1'600ms, 3'200ms, 6'400ms, 12'800ms, 25'600ms, 30s, 30s));
}

TEST_F(WatchBackoff, StaysShortWhileNoServerIsReached) {
  EXPECT_THAT(fail(unreachable, 6), ElementsAre(800ms, 1'600ms, 3'200ms, 5s, 5s, 5s));
}

TEST_F(WatchBackoff, IsSpreadUpToItsDouble) {
  random_ = 0.5;
  EXPECT_EQ(fail(unavailable), 1'200ms);
}

TEST_F(WatchBackoff, StaysInItsBoundsForever) {
  random_ = 0.999;
  EXPECT_THAT(fail(unavailable, 100), testing::Each(AllOf(Ge(800ms), Le(30s))));
  EXPECT_THAT(fail(unreachable, 100), testing::Each(AllOf(Ge(800ms), Le(5s))));
}

TEST_F(WatchBackoff, BeginsAnewAfterACalmTime) {
  fail(unavailable, 4);
  fail(unreachable, 4);
  now_ += 121s;
  EXPECT_EQ(fail(unreachable), 800ms);
  EXPECT_EQ(fail(unavailable), 800ms);
}

TEST_F(WatchBackoff, WaitsAtLeastAsLongAsTheServerAsks) {
  auto busy = api_error{429, "TooManyRequests", ""};
  EXPECT_EQ(fail(busy.with_retry_after(7s)), 7s);
}

}  // namespace
}  // namespace btc::k8s
