#include "test/unit/k8s/watch_machine_fixture.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace btc::k8s {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using WatchMachine = watch_machine_fixture;

// -- every phase and every input that does not fit it -------------------------------------------

struct ignored_case {
  watch_phase phase;
  std::string input_name;
  watch_input input;
};

class Ignored : public WatchMachine, public testing::WithParamInterface<ignored_case> {};

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

TEST_F(WatchMachine, BeginsWithAWatchListOfTheMostRecentState) {
  EXPECT_THAT(give(watch_started{}), ElementsAre("discard", "watch list version=", "timer 20000"));
  EXPECT_EQ(machine_.phase(), watch_phase::streaming_list);
}

TEST_F(WatchMachine, CollectsInitialEventsUntilTheirBookmark) {
  to_streaming();
  EXPECT_THAT(give(watch_opened{}), IsEmpty());
  EXPECT_THAT(give(event_arrived{"900"}), ElementsAre("initial event"));
  EXPECT_EQ(machine_.resource_version(), "");  // initial events have no order
  EXPECT_THAT(give(bookmark_arrived{"100", false}), IsEmpty());
  EXPECT_THAT(give(bookmark_arrived{"100", true}), ElementsAre("replace at 100 consistent"));
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
  EXPECT_EQ(machine_.resource_version(), "100");
}

TEST_F(WatchMachine, TheDeadlineOfTheInitialEventsNoLongerCountsOnceTheyHaveEnded) {
  to_watching();
  EXPECT_THAT(fire(), IsEmpty());
  EXPECT_EQ(machine_.phase(), watch_phase::watching);
}

TEST_F(WatchMachine, ListsWhereTheEndBookmarkNeverComes) {
  to_streaming();
  give(watch_opened{});
  EXPECT_THAT(fire(), ElementsAre("close", "discard", "list limit=500 version="));
  EXPECT_EQ(machine_.phase(), watch_phase::listing);
  EXPECT_THAT(machine_.last_error().message(), HasSubstr("listing instead"));
}

class FallBack : public WatchMachine, public testing::WithParamInterface<int> {};

TEST_P(FallBack, ListsAtOnceWhereTheServerDoesNotKnowWatchLists) {
  to_streaming();
  EXPECT_THAT(give(request_failed{api_error{GetParam(), "", ""}}),
              ElementsAre("discard", "list limit=500 version="));
}

INSTANTIATE_TEST_SUITE_P(Table, FallBack, testing::Values(400, 405, 422));

TEST_F(WatchMachine, NeverTriesAWatchListAgainWhereItDidNotWork) {
  to_listing();
  give(page_arrived{"100", ""});
  give(watch_opened{});
  EXPECT_THAT(give(error_event_arrived{expired}),
              ElementsAre("close", "discard", "list limit=0 version=100"));
}

TEST_F(WatchMachine, ListsByPagesAndWatchesFromTheVersionOfTheLast) {
  to_listing();
  EXPECT_THAT(give(page_arrived{"100", "t1"}), ElementsAre("list limit=500 version= continue=t1"));
  EXPECT_THAT(give(page_arrived{"100", "t2"}), ElementsAre("list limit=500 version= continue=t2"));
  EXPECT_THAT(give(page_arrived{"100", ""}),
              ElementsAre("replace at 100 consistent", "watch version=100"));
  EXPECT_EQ(machine_.phase(), watch_phase::opening);
}

TEST_F(WatchMachine, ListsInOnePieceWhenTheTokenExpiresBetweenPages) {
  to_listing();
  give(page_arrived{"100", "t1"});
  EXPECT_THAT(give(request_failed{expired}), ElementsAre("discard", "list limit=0 version="));
  EXPECT_THAT(give(page_arrived{"120", ""}),
              ElementsAre("replace at 120 consistent", "watch version=120"));
}

TEST_F(WatchMachine, AFailedPageIsTriedAgainFromTheFirst) {
  to_listing();
  give(page_arrived{"100", "t1"});
  give(request_failed{unreachable});
  EXPECT_THAT(fire(), ElementsAre("discard", "list limit=500 version="));
}

// -- nothing that is no state ever counts as "all gone" -----------------------------------------

class NoState : public WatchMachine, public testing::WithParamInterface<api_error> {};

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
}  // namespace
}  // namespace btc::k8s
