#include "test/unit/k8s/watch_machine_fixture.hpp"

#include <string>
#include <vector>

namespace btc::k8s {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;
using testing::IsEmpty;

using WatchMachineWatching = watch_machine_fixture;

// -- watching -------------------------------------------------------------------------------------

TEST_F(WatchMachineWatching, EventsAndBookmarksMoveTheVersion) {
  to_watching();
  EXPECT_THAT(give(event_arrived{"101"}), ElementsAre("event"));
  EXPECT_EQ(machine_.resource_version(), "101");
  EXPECT_THAT(give(bookmark_arrived{"150", false}), IsEmpty());
  EXPECT_EQ(machine_.resource_version(), "150");
}

TEST_F(WatchMachineWatching, TheVersionNeverGoesBack) {
  to_watching();
  for (const auto* version : {"99", "", "0", "text"}) {
    EXPECT_THAT(give(event_arrived{version}), ElementsAre("event"));
    give(bookmark_arrived{version, true});
    EXPECT_EQ(machine_.resource_version(), "100") << version;
  }
}

TEST_F(WatchMachineWatching, GoesOnAtOnceAfterACleanEnd) {
  to_watching();
  give(event_arrived{"130"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("watch version=130"));
  EXPECT_EQ(machine_.phase(), watch_phase::opening);
  EXPECT_EQ(machine_.restarts(), 1U);
}

TEST_F(WatchMachineWatching, BacksOffFromAWatchThatEndsAtOnceWithoutAnEvent) {
  to_opening();
  give(watch_opened{});
  now_ += 999ms;
  EXPECT_THAT(give(stream_ended{}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
}

TEST_F(WatchMachineWatching, AShortWatchWithAnEventIsSound) {
  to_opening();
  give(watch_opened{});
  give(event_arrived{"101"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("watch version=101"));
}

TEST_F(WatchMachineWatching, AfterALostStreamItWaitsAndWatchesFromWhereItWas) {
  to_watching();
  give(event_arrived{"130"});
  EXPECT_THAT(give(stream_ended{unreachable}), ElementsAre("timer 800"));
  EXPECT_EQ(machine_.last_error().reason(), "Unreachable");
  EXPECT_THAT(fire(), ElementsAre("watch version=130"));
  give(watch_opened{});
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
  EXPECT_EQ(machine_.last_error().reason(), "");
}

TEST_F(WatchMachineWatching, ALostStreamOfInitialEventsBeginsAgain) {
  to_streaming();
  give(watch_opened{});
  give(event_arrived{"1"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
}

TEST_F(WatchMachineWatching, AnErrorEventThatIsNot410BacksOffAndKeepsTheVersion) {
  to_watching();
  EXPECT_THAT(give(error_event_arrived{{500, "InternalError", "decode"}}),
              ElementsAre("close", "timer 800"));
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
}

TEST_F(WatchMachineWatching, AsksForTimeoutsSpreadOverTheirRange) {
  for (const auto& [random, timeout] : {std::pair{0.0, 170s}, {0.5, 200s}, {0.9999, 230s}}) {
    random_ = random;
    watch_machine fresh{watch_limits{}, [r = random] { return r; }};
    for (const auto& command : fresh.step(watch_started{}, now_)) {
      if (const auto* watch = std::get_if<open_watch>(&command)) {
        EXPECT_EQ(watch->timeout, timeout);
      }
    }
  }
}

// -- 410 ------------------------------------------------------------------------------------------

TEST_F(WatchMachineWatching, AnExpiredWatchListsAtItsVersionFirst) {
  to_watching();
  EXPECT_THAT(give(error_event_arrived{expired}),
              ElementsAre("close", "discard", "watch list version=100", "timer 20000"));
  give(watch_opened{});
  EXPECT_THAT(give(bookmark_arrived{"160", true}), ElementsAre("replace at 160"));
}

TEST_F(WatchMachineWatching, AnOpeningThatIsAnswered410ListsToo) {
  to_opening();
  EXPECT_THAT(give(request_failed{expired}),
              ElementsAre("discard", "watch list version=100", "timer 20000"));
}

TEST_F(WatchMachineWatching, AListAtAVersionThatExpiredAsksForTheMostRecentState) {
  to_watching();
  give(error_event_arrived{expired});
  EXPECT_THAT(give(request_failed{expired}),
              ElementsAre("discard", "watch list version=", "timer 20000"));
  EXPECT_THAT(give(bookmark_arrived{"90", true}), ElementsAre("replace at 90 consistent"));
  EXPECT_EQ(machine_.resource_version(), "90");  // a restored etcd may be behind
}

TEST_F(WatchMachineWatching, AServerThatAnswers410ToEverythingIsWaitedFor) {
  to_streaming();
  std::size_t at_once = 0;
  while (machine_.phase() == watch_phase::streaming_list && at_once < 100) {
    give(request_failed{expired});
    ++at_once;
  }
  EXPECT_EQ(machine_.phase(), watch_phase::waiting);
  EXPECT_EQ(at_once, watch_limits{}.expirations_at_once + 1);
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
  EXPECT_THAT(give(request_failed{expired}), ElementsAre("timer 1600"));
}

TEST_F(WatchMachineWatching, AWatchThatExpiresRightAfterEachListIsWaitedFor) {
  to_watching();
  std::vector<std::string> last;
  for (int i = 0; i < 10 && machine_.phase() != watch_phase::waiting; ++i) {
    last = give(error_event_arrived{expired});
    give(bookmark_arrived{"200", true});
  }
  EXPECT_THAT(last, ElementsAre("close", "timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=200", "timer 20000"));
}

TEST_F(WatchMachineWatching, AnEventBetweenTwoExpirationsMakesThemTwoStories) {
  to_watching();
  for (int i = 0; i < 10; ++i) {
    give(event_arrived{std::to_string(1'000 + i)});
    EXPECT_THAT(give(error_event_arrived{expired}), testing::Contains("discard"));
    give(bookmark_arrived{"900", true});
  }
}

TEST_F(WatchMachineWatching, AStoreThatWentBackIsReadAsItIsAfterASecondTry) {
  const api_error ahead = api_error{504, "Timeout", "Too large resource version: 100"};
  to_watching();
  give(error_event_arrived{expired});
  EXPECT_THAT(give(request_failed{ahead}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=100", "timer 20000"));
  give(request_failed{ahead});
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
}

TEST_F(WatchMachineWatching, KnowsTheStoreThatWentBackByItsCauseToo) {
  auto ahead = api_error{504, "Timeout", ""};
  ahead.with_causes({{"ResourceVersionTooLarge", "", ""}});
  to_watching();
  give(error_event_arrived{expired});
  give(request_failed{ahead});
  fire();
  give(request_failed{ahead});
  EXPECT_THAT(fire(), testing::Contains("watch list version="));
}
}  // namespace
}  // namespace btc::k8s
