#include "test/unit/k8s/watch_machine_fixture.hpp"

#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using std::chrono_literals::operator""ms;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

using WatchMachineBackOff = watch_machine_fixture;

// -- back-off -------------------------------------------------------------------------------------

TEST_F(WatchMachineBackOff, TheBackOffDoublesUpToItsLimit) {
  to_streaming();
  std::vector<std::chrono::milliseconds> delays;
  for (int i = 0; i < 8; ++i) {
    give(request_failed{unreachable});
    delays.push_back(timer_.delay);
    fire();
  }
  EXPECT_THAT(delays, ElementsAre(800ms, 1'600ms, 3'200ms, 6'400ms, 12'800ms, 25'600ms, 30s, 30s));
}

TEST_F(WatchMachineBackOff, TheBackOffIsSpreadUpToItsDouble) {
  random_ = 0.5;
  to_waiting();
  EXPECT_EQ(timer_.delay, 1'200ms);
}

TEST_F(WatchMachineBackOff, TheBackOffStaysInItsBoundsForever) {
  random_ = 0.999;
  to_streaming();
  for (int i = 0; i < 100; ++i) {
    give(request_failed{unreachable});
    EXPECT_THAT(timer_.delay, AllOf(Ge(800ms), Le(30s)));
    fire();
  }
}

TEST_F(WatchMachineBackOff, TheBackOffBeginsAnewAfterACalmTime) {
  to_watching();
  for (int i = 0; i < 4; ++i) {
    give(stream_ended{unreachable});
    fire();
    give(watch_opened{});
  }
  now_ += 121s;
  EXPECT_THAT(give(stream_ended{unreachable}), ElementsAre("timer 800"));
}

TEST_F(WatchMachineBackOff, AServerThatAsksForALongerWaitGetsIt) {
  to_streaming();
  auto busy = api_error{429, "TooManyRequests", ""};
  EXPECT_THAT(give(request_failed{busy.with_retry_after(7s)}), ElementsAre("timer 7000"));
}

TEST_F(WatchMachineBackOff, AServerThatAsksForAShorterWaitDoesNotShortenOurs) {
  to_streaming();
  auto busy = api_error{429, "TooManyRequests", ""};
  EXPECT_THAT(give(request_failed{busy.with_retry_after(0s)}), ElementsAre("timer 800"));
}

TEST_F(WatchMachineBackOff, CountsEveryRestart) {
  to_watching();
  give(stream_ended{});
  give(request_failed{unreachable});
  fire();
  give(request_failed{expired});
  EXPECT_EQ(machine_.restarts(), 3U);
}

TEST(WatchPhase, HasANameForEachValueAndOneForStrangers) {
  EXPECT_EQ(to_string(watch_phase::idle), "idle");
  EXPECT_EQ(to_string(watch_phase::streaming_list), "streaming the list");
  EXPECT_EQ(to_string(static_cast<watch_phase>(99)), "unknown");
}
}  // namespace
}  // namespace btc::k8s
