#include "test/unit/k8s/watch_machine_fixture.hpp"

#include <vector>

namespace btc::k8s {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;

using WatchMachineBackOff = watch_machine_fixture;

// -- back-off -------------------------------------------------------------------------------------

TEST_F(WatchMachineBackOff, EachFailureIsWaitedOutLongerThanTheOneBefore) {
  to_streaming();
  std::vector<std::chrono::milliseconds> delays;
  for (int i = 0; i < 3; ++i) {
    give(request_failed{unreachable});
    delays.push_back(timer_.delay);
    fire();
  }
  EXPECT_THAT(delays, ElementsAre(800ms, 1'600ms, 3'200ms));
}

TEST_F(WatchMachineBackOff, TheBackOffIsSpread) {
  random_ = 0.5;
  to_waiting();
  EXPECT_EQ(timer_.delay, 1'200ms);
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

TEST_F(WatchMachineBackOff, CountsEveryRestart) {
  to_watching();
  give(stream_ended{});
  give(request_failed{unreachable});
  fire();
  give(request_failed{expired});
  EXPECT_EQ(machine_.restarts(), 3U);
}

TEST_F(WatchMachineBackOff, AsksForListsWhereInitialEventsDoNotComeThrough) {
  const api_error gateway{502, "", "bad gateway"};
  to_streaming();
  give(request_failed{gateway});
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
  give(request_failed{gateway});
  EXPECT_THAT(fire(), ElementsAre("discard", "list limit=500 version="));
}

TEST_F(WatchMachineBackOff, GoesOnAskingForInitialEventsWhileTheServerIsAwayOrBusy) {
  to_streaming();
  for (const auto& weather : {unreachable,
                              api_error{429, "TooManyRequests", ""},
                              api_error{401, "Unauthorized", ""},
                              unreachable}) {
    give(request_failed{weather});
    EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
  }
}

TEST_F(WatchMachineBackOff, WaitsForInitialEventsAsLongAsTheyCome) {
  to_streaming();
  give(watch_opened{});
  give(event_arrived{"7"});
  EXPECT_THAT(fire(), ElementsAre("timer 20000"));
  EXPECT_THAT(fire(), ElementsAre("close", "discard", "list limit=500 version="));
}

TEST_F(WatchMachineBackOff, ListsAnewWhatItIsRefusedToWatchAgainAndAgain) {
  const api_error broken{500, "InternalError", "etcd"};
  to_watching();
  give(error_event_arrived{broken});
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
  give(request_failed{broken});
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
  give(request_failed{broken});
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=100", "timer 20000"));
}

TEST_F(WatchMachineBackOff, AListThatIsTooLargeInOnePieceIsAskedForInPages) {
  to_listing();
  give(page_arrived{"100", ""});
  give(watch_opened{});
  EXPECT_THAT(give(error_event_arrived{expired}),
              ElementsAre("close", "discard", "list limit=0 version=100"));
  give(request_failed{api_error{0, std::string{reason_too_large}, ""}});
  EXPECT_THAT(fire(), ElementsAre("discard", "list limit=500 version="));
}

TEST(WatchPhase, HasANameForEachValueAndOneForStrangers) {
  EXPECT_EQ(to_string(watch_phase::idle), "idle");
  EXPECT_EQ(to_string(watch_phase::streaming_list), "streaming the list");
  EXPECT_EQ(to_string(static_cast<watch_phase>(99)), "unknown");
}
}  // namespace
}  // namespace btc::k8s
