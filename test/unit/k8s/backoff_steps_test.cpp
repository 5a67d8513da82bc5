#include "k8s/backoff_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const api_error unreachable{0, std::string{reason_unreachable}, "refused"};
const api_error unavailable{503, "ServiceUnavailable", ""};

class BackoffSteps : public testing::Test {
 protected:
  std::vector<std::chrono::milliseconds> fail(const api_error& why, int times) {
    std::vector<std::chrono::milliseconds> steps;
    for (int i = 0; i < times; ++i) {
      steps.push_back(steps_.next(why));
    }
    return steps;
  }

  backoff_steps steps_{{100ms, 1'000ms, 300ms}};
};

TEST_F(BackoffSteps, DoubleUpToTheirLimit) {
  EXPECT_THAT(fail(unavailable, 6), ElementsAre(100ms, 200ms, 400ms, 800ms, 1s, 1s));
}

TEST_F(BackoffSteps, StayShortWhileNoServerIsReached) {
  EXPECT_THAT(fail(unreachable, 4), ElementsAre(100ms, 200ms, 300ms, 300ms));
}

TEST_F(BackoffSteps, AreShortAgainForAServerThatIsBackAndRefuses) {
  fail(unreachable, 10);
  EXPECT_THAT(fail(unavailable, 2), ElementsAre(100ms, 200ms));
}

TEST_F(BackoffSteps, AreLongForAServerThatComesAndGoes) {
  for (int i = 0; i < 6; ++i) {
    fail(unreachable, 1);
    fail(unavailable, 1);
  }
  EXPECT_THAT(fail(unreachable, 1), ElementsAre(300ms));
  EXPECT_THAT(fail(unavailable, 1), ElementsAre(1s));
}

TEST_F(BackoffSteps, AreShortOnlyWhereNoConnectionWasMade) {
  for (const auto reason : {reason_timeout, reason_connection_lost, reason_bad_certificate}) {
    steps_.reset();
    EXPECT_EQ(fail({0, std::string{reason}, ""}, 5).back(), 1s) << reason;
  }
}

TEST_F(BackoffSteps, NeverOverflow) {
  EXPECT_EQ(fail(unavailable, 1000).back(), 1s);
}

TEST_F(BackoffSteps, AreCountedByWhatFailed) {
  fail(unreachable, 3);
  fail(unavailable, 2);
  EXPECT_EQ(steps_.unreached(), 3U);
  EXPECT_EQ(steps_.refusals(), 2U);
  steps_.reset();
  EXPECT_EQ(steps_.unreached() + steps_.refusals(), 0U);
}

}  // namespace
}  // namespace btc::k8s
