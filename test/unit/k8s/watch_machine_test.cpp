#include "k8s/watch_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace btc::k8s {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

/// A command as a line of text, so that a whole step can be compared at once.
struct shown {
  std::string operator()(const send_list& c) const {
    return "list limit=" + std::to_string(c.limit) + " version=" + c.resource_version
           + (c.continue_token.empty() ? "" : " continue=" + c.continue_token);
  }
  std::string operator()(const open_watch& c) const {
    return (c.send_initial_events ? "watch list version=" : "watch version=") + c.resource_version;
  }
  std::string operator()(const close_stream&) const { return "close"; }
  std::string operator()(const start_timer& c) const {
    return "timer " + std::to_string(c.delay.count());
  }
  std::string operator()(const discard_collected&) const { return "discard"; }
  std::string operator()(const deliver_replace& c) const {
    return "replace at " + c.resource_version + (c.consistent ? " consistent" : "");
  }
  std::string operator()(const deliver_event& c) const {
    return c.initial ? "initial event" : "event";
  }
};

const api_error expired{410, "Expired", "too old"};
const api_error unsupported{422, "Invalid", "sendInitialEvents is forbidden"};
const api_error unreachable{0, "Unreachable", "refused"};

class Machine : public testing::Test {
 protected:
  std::vector<std::string> give(const watch_input& input) {
    std::vector<std::string> out;
    for (const auto& command : machine_.step(input, now_)) {
      out.push_back(std::visit(shown{}, command));
      if (const auto* timer = std::get_if<start_timer>(&command)) {
        timer_ = *timer;
      }
      if (const auto* watch = std::get_if<open_watch>(&command)) {
        asked_ = watch->timeout;
      }
    }
    return out;
  }
  /// The timer that was started last fires.
  std::vector<std::string> fire() {
    now_ += timer_.delay;
    return give(timer_fired{timer_.generation});
  }

  // -- ways into a phase --------------------------------------------------------------
  void to_streaming() { give(watch_started{}); }
  void to_listing() {
    to_streaming();
    give(request_failed{unsupported});
  }
  void to_watching() {
    to_streaming();
    give(watch_opened{});
    give(bookmark_arrived{"100", true});
    now_ += 10s;
  }
  void to_opening() {
    to_watching();
    give(stream_ended{});
  }
  void to_waiting() {
    to_streaming();
    give(request_failed{unreachable});
  }
  void enter(watch_phase phase) {
    switch (phase) {
      case watch_phase::idle:
        break;
      case watch_phase::listing:
        to_listing();
        break;
      case watch_phase::streaming_list:
        to_streaming();
        break;
      case watch_phase::opening:
        to_opening();
        break;
      case watch_phase::watching:
        to_watching();
        break;
      case watch_phase::waiting:
        to_waiting();
        break;
    }
    ASSERT_EQ(machine_.phase(), phase);
  }

  watch_machine::time_point now_{1h};
  double random_{0};
  watch_machine machine_{watch_limits{}, [this] { return random_; }};
  start_timer timer_{};
  std::chrono::seconds asked_{};
};

// -- every phase and every input that does not fit it -------------------------------------------

struct ignored_case {
  watch_phase phase;
  std::string input_name;
  watch_input input;
};

class Ignored : public Machine, public testing::WithParamInterface<ignored_case> {};

TEST_P(Ignored, ChangesNothing) {
  enter(GetParam().phase);
  const auto version = machine_.resource_version();
  const auto restarts = machine_.restarts();
  EXPECT_THAT(give(GetParam().input), IsEmpty());
  EXPECT_EQ(machine_.phase(), GetParam().phase);
  EXPECT_EQ(machine_.resource_version(), version);
  EXPECT_EQ(machine_.restarts(), restarts);
}

[[nodiscard]] std::vector<ignored_case> ignored_cases() {
  using p = watch_phase;
  const std::vector<std::tuple<std::string, watch_input, std::vector<p>>> fitting{
      {"Started", watch_started{}, {p::idle}},
      {"Page", page_arrived{"5", ""}, {p::listing}},
      {"FirstPage", page_arrived{"5", "token"}, {p::listing}},
      {"Failure", request_failed{unreachable}, {p::listing, p::streaming_list, p::opening}},
      {"Opened", watch_opened{}, {p::opening}},
      {"Event", event_arrived{"500"}, {p::streaming_list, p::watching}},
      {"Bookmark", bookmark_arrived{"500", false}, {p::watching}},
      {"LastInitialEvent", bookmark_arrived{"500", true}, {p::streaming_list, p::watching}},
      {"ErrorEvent", error_event_arrived{expired}, {p::streaming_list, p::watching}},
      {"CleanEnd", stream_ended{}, {p::streaming_list, p::watching}},
      {"End", stream_ended{unreachable}, {p::streaming_list, p::watching}},
      {"OldTimer", timer_fired{999}, {}}};
  std::vector<ignored_case> out;
  for (const auto& [name, input, fits] : fitting) {
    for (const auto phase :
         {p::idle, p::listing, p::streaming_list, p::opening, p::watching, p::waiting}) {
      if (std::find(fits.begin(), fits.end(), phase) == fits.end()) {
        out.push_back({phase, name, input});
      }
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(AllPhases,
                         Ignored,
                         testing::ValuesIn(ignored_cases()),
                         [](const auto& row) {
                           auto name = row.param.input_name + "While";
                           for (const char c : to_string(row.param.phase)) {
                             name += c == ' ' ? '_' : c;
                           }
                           return name;
                         });

// -- the first state ------------------------------------------------------------------------------

TEST_F(Machine, BeginsWithAWatchListOfTheMostRecentState) {
  EXPECT_THAT(give(watch_started{}), ElementsAre("discard", "watch list version=", "timer 20000"));
  EXPECT_EQ(machine_.phase(), watch_phase::streaming_list);
  EXPECT_FALSE(machine_.synced());
}

TEST_F(Machine, CollectsInitialEventsUntilTheirBookmark) {
  to_streaming();
  EXPECT_THAT(give(watch_opened{}), IsEmpty());
  EXPECT_THAT(give(event_arrived{"900"}), ElementsAre("initial event"));
  EXPECT_EQ(machine_.resource_version(), "");  // initial events have no order
  EXPECT_THAT(give(bookmark_arrived{"100", false}), IsEmpty());
  EXPECT_THAT(give(bookmark_arrived{"100", true}), ElementsAre("replace at 100 consistent"));
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
  EXPECT_EQ(machine_.resource_version(), "100");
  EXPECT_TRUE(machine_.synced());
}

TEST_F(Machine, TheDeadlineOfTheInitialEventsNoLongerCountsOnceTheyHaveEnded) {
  to_watching();
  EXPECT_THAT(fire(), IsEmpty());
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
}

TEST_F(Machine, ListsWhereTheEndBookmarkNeverComes) {
  to_streaming();
  give(watch_opened{});
  give(event_arrived{"1"});
  EXPECT_THAT(fire(), ElementsAre("close", "discard", "list limit=500 version="));
  EXPECT_EQ(machine_.phase(), watch_phase::listing);
  EXPECT_THAT(machine_.last_error().message(), HasSubstr("listing instead"));
}

class FallBack : public Machine, public testing::WithParamInterface<int> {};

TEST_P(FallBack, ListsAtOnceWhereTheServerDoesNotKnowWatchLists) {
  to_streaming();
  EXPECT_THAT(give(request_failed{api_error{GetParam(), "", ""}}),
              ElementsAre("discard", "list limit=500 version="));
}

INSTANTIATE_TEST_SUITE_P(Table, FallBack, testing::Values(400, 405, 422));

TEST_F(Machine, NeverTriesAWatchListAgainWhereItDidNotWork) {
  to_listing();
  give(page_arrived{"100", ""});
  give(watch_opened{});
  EXPECT_THAT(give(error_event_arrived{expired}),
              ElementsAre("close", "discard", "list limit=0 version=100"));
}

TEST_F(Machine, ListsByPagesAndWatchesFromTheVersionOfTheLast) {
  to_listing();
  EXPECT_THAT(give(page_arrived{"100", "t1"}), ElementsAre("list limit=500 version= continue=t1"));
  EXPECT_THAT(give(page_arrived{"100", "t2"}), ElementsAre("list limit=500 version= continue=t2"));
  EXPECT_FALSE(machine_.synced());
  EXPECT_THAT(give(page_arrived{"100", ""}),
              ElementsAre("replace at 100 consistent", "watch version=100"));
  EXPECT_EQ(machine_.phase(), watch_phase::opening);
}

TEST_F(Machine, ListsInOnePieceWhenTheTokenExpiresBetweenPages) {
  to_listing();
  give(page_arrived{"100", "t1"});
  EXPECT_THAT(give(request_failed{expired}), ElementsAre("discard", "list limit=0 version="));
  EXPECT_THAT(give(page_arrived{"120", ""}),
              ElementsAre("replace at 120 consistent", "watch version=120"));
}

TEST_F(Machine, AFailedPageIsTriedAgainFromTheFirst) {
  to_listing();
  give(page_arrived{"100", "t1"});
  give(request_failed{unreachable});
  EXPECT_THAT(fire(), ElementsAre("discard", "list limit=500 version="));
}

// -- nothing that is no state ever counts as "all gone" -----------------------------------------

class NoState : public Machine, public testing::WithParamInterface<api_error> {};

TEST_P(NoState, AnErrorAtTheStartIsWaitedForAndDeliversNothing) {
  for (const bool by_list : {false, true}) {
    watch_machine fresh{watch_limits{}, [] { return 0.0; }};
    static_cast<void>(fresh.step(watch_started{}, now_));
    if (by_list) {
      static_cast<void>(fresh.step(request_failed{unsupported}, now_));
    }
    for (const auto& command : fresh.step(request_failed{GetParam()}, now_)) {
      EXPECT_FALSE(std::holds_alternative<deliver_replace>(command));
    }
    EXPECT_EQ(fresh.phase(), watch_phase::waiting);
    EXPECT_FALSE(fresh.synced());
  }
}

INSTANTIATE_TEST_SUITE_P(Table,
                         NoState,
                         testing::Values(api_error{404, "NotFound", "no such kind"},
                                         api_error{404, "", "404 page not found"},
                                         api_error{401, "Unauthorized", ""},
                                         api_error{403, "Forbidden", ""},
                                         api_error{429, "TooManyRequests", ""},
                                         api_error{500, "InternalError", ""},
                                         api_error{503, "", "starting"},
                                         api_error{0, "MalformedAnswer", "not a list"},
                                         api_error{0, "RequestTimeout", ""},
                                         unreachable));

// -- watching -------------------------------------------------------------------------------------

TEST_F(Machine, EventsAndBookmarksMoveTheVersion) {
  to_watching();
  EXPECT_THAT(give(event_arrived{"101"}), ElementsAre("event"));
  EXPECT_EQ(machine_.resource_version(), "101");
  EXPECT_THAT(give(bookmark_arrived{"150", false}), IsEmpty());
  EXPECT_EQ(machine_.resource_version(), "150");
}

TEST_F(Machine, TheVersionNeverGoesBack) {
  to_watching();
  for (const auto* version : {"99", "", "0", "text"}) {
    EXPECT_THAT(give(event_arrived{version}), ElementsAre("event"));
    give(bookmark_arrived{version, true});
    EXPECT_EQ(machine_.resource_version(), "100") << version;
  }
}

TEST_F(Machine, GoesOnAtOnceAfterACleanEnd) {
  to_watching();
  give(event_arrived{"130"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("watch version=130"));
  EXPECT_EQ(machine_.phase(), watch_phase::opening);
  EXPECT_EQ(machine_.restarts(), 1U);
}

TEST_F(Machine, BacksOffFromAWatchThatEndsAtOnceWithoutAnEvent) {
  to_opening();
  give(watch_opened{});
  now_ += 999ms;
  EXPECT_THAT(give(stream_ended{}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
}

TEST_F(Machine, AShortWatchWithAnEventIsSound) {
  to_opening();
  give(watch_opened{});
  give(event_arrived{"101"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("watch version=101"));
}

TEST_F(Machine, AfterALostStreamItWaitsAndWatchesFromWhereItWas) {
  to_watching();
  give(event_arrived{"130"});
  EXPECT_THAT(give(stream_ended{unreachable}), ElementsAre("timer 800"));
  EXPECT_EQ(machine_.last_error().reason(), "Unreachable");
  EXPECT_THAT(fire(), ElementsAre("watch version=130"));
  give(watch_opened{});
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
  EXPECT_EQ(machine_.last_error().reason(), "");
}

TEST_F(Machine, ALostStreamOfInitialEventsBeginsAgain) {
  to_streaming();
  give(watch_opened{});
  give(event_arrived{"1"});
  EXPECT_THAT(give(stream_ended{}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
}

TEST_F(Machine, AnErrorEventThatIsNot410BacksOffAndKeepsTheVersion) {
  to_watching();
  EXPECT_THAT(give(error_event_arrived{{500, "InternalError", "decode"}}),
              ElementsAre("close", "timer 800"));
  EXPECT_THAT(fire(), ElementsAre("watch version=100"));
}

TEST_F(Machine, AsksForTimeoutsSpreadOverTheirRange) {
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

TEST_F(Machine, AnExpiredWatchListsAtItsVersionFirst) {
  to_watching();
  EXPECT_THAT(give(error_event_arrived{expired}),
              ElementsAre("close", "discard", "watch list version=100", "timer 20000"));
  give(watch_opened{});
  EXPECT_THAT(give(bookmark_arrived{"160", true}), ElementsAre("replace at 160"));
}

TEST_F(Machine, AnOpeningThatIsAnswered410ListsToo) {
  to_opening();
  EXPECT_THAT(give(request_failed{expired}),
              ElementsAre("discard", "watch list version=100", "timer 20000"));
}

TEST_F(Machine, AListAtAVersionThatExpiredAsksForTheMostRecentState) {
  to_watching();
  give(error_event_arrived{expired});
  EXPECT_THAT(give(request_failed{expired}),
              ElementsAre("discard", "watch list version=", "timer 20000"));
  EXPECT_THAT(give(bookmark_arrived{"90", true}), ElementsAre("replace at 90 consistent"));
  EXPECT_EQ(machine_.resource_version(), "90");  // a restored etcd may be behind
}

TEST_F(Machine, AServerThatAnswers410ToEverythingIsWaitedFor) {
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

TEST_F(Machine, AWatchThatExpiresRightAfterEachListIsWaitedFor) {
  to_watching();
  std::vector<std::string> last;
  for (int i = 0; i < 10 && machine_.phase() != watch_phase::waiting; ++i) {
    last = give(error_event_arrived{expired});
    give(bookmark_arrived{"200", true});
  }
  EXPECT_THAT(last, ElementsAre("close", "timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=200", "timer 20000"));
}

TEST_F(Machine, AnEventBetweenTwoExpirationsMakesThemTwoStories) {
  to_watching();
  for (int i = 0; i < 10; ++i) {
    give(event_arrived{std::to_string(1'000 + i)});
    EXPECT_THAT(give(error_event_arrived{expired}), testing::Contains("discard"));
    give(bookmark_arrived{"900", true});
  }
}

TEST_F(Machine, AStoreThatWentBackIsReadAsItIsAfterASecondTry) {
  const api_error ahead = api_error{504, "Timeout", "Too large resource version: 100"};
  to_watching();
  give(error_event_arrived{expired});
  EXPECT_THAT(give(request_failed{ahead}), ElementsAre("timer 800"));
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=100", "timer 20000"));
  give(request_failed{ahead});
  EXPECT_THAT(fire(), ElementsAre("discard", "watch list version=", "timer 20000"));
}

TEST_F(Machine, KnowsTheStoreThatWentBackByItsCauseToo) {
  auto ahead = api_error{504, "Timeout", ""};
  ahead.with_causes({{"ResourceVersionTooLarge", "", ""}});
  to_watching();
  give(error_event_arrived{expired});
  give(request_failed{ahead});
  fire();
  give(request_failed{ahead});
  EXPECT_THAT(fire(), testing::Contains("watch list version="));
}

// -- back-off -------------------------------------------------------------------------------------

TEST_F(Machine, TheBackOffDoublesUpToItsLimit) {
  to_streaming();
  std::vector<std::chrono::milliseconds> delays;
  for (int i = 0; i < 8; ++i) {
    give(request_failed{unreachable});
    delays.push_back(timer_.delay);
    fire();
  }
  EXPECT_THAT(delays, ElementsAre(800ms, 1'600ms, 3'200ms, 6'400ms, 12'800ms, 25'600ms, 30s, 30s));
}

TEST_F(Machine, TheBackOffIsSpreadUpToItsDouble) {
  random_ = 0.5;
  to_waiting();
  EXPECT_EQ(timer_.delay, 1'200ms);
}

TEST_F(Machine, TheBackOffStaysInItsBoundsForever) {
  random_ = 0.999;
  to_streaming();
  for (int i = 0; i < 100; ++i) {
    give(request_failed{unreachable});
    EXPECT_THAT(timer_.delay, AllOf(Ge(800ms), Le(30s)));
    fire();
  }
}

TEST_F(Machine, TheBackOffBeginsAnewAfterACalmTime) {
  to_watching();
  for (int i = 0; i < 4; ++i) {
    give(stream_ended{unreachable});
    fire();
    give(watch_opened{});
  }
  now_ += 121s;
  EXPECT_THAT(give(stream_ended{unreachable}), ElementsAre("timer 800"));
}

TEST_F(Machine, AServerThatAsksForALongerWaitGetsIt) {
  to_streaming();
  auto busy = api_error{429, "TooManyRequests", ""};
  EXPECT_THAT(give(request_failed{busy.with_retry_after(7s)}), ElementsAre("timer 7000"));
}

TEST_F(Machine, AServerThatAsksForAShorterWaitDoesNotShortenOurs) {
  to_streaming();
  auto busy = api_error{429, "TooManyRequests", ""};
  EXPECT_THAT(give(request_failed{busy.with_retry_after(0s)}), ElementsAre("timer 800"));
}

TEST_F(Machine, CountsEveryRestart) {
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
