#include "actors/telemetry/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace btc::telemetry {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

/// All is well: one of each.
status_report good_report() {
  status_report r;
  r.actors.resize(1);
  r.actors[0].name = "api";
  r.actors[0].state = "busy";
  r.watches.resize(1);
  r.watches[0].kind = "Pod";
  for (const auto* kind : {"BitcoinNetwork", "StatefulSet", "Service", "Pod"}) {
    r.caches.push_back({kind, 0, true, ""});
  }
  r.networks.resize(1);
  r.networks[0].key = "default/a";
  return r;
}

struct health_case {
  const char* name;
  std::function<void(status_report&)> change;
  std::vector<std::string> reasons;
};

class Health : public testing::TestWithParam<health_case> {};

TEST_P(Health, TellsEachFaultInOneLine) {
  auto report = good_report();
  GetParam().change(report);

  EXPECT_THAT(check_health(report, {300, 120}).reasons, ElementsAreArray(GetParam().reasons));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Health,
    testing::Values(
        health_case{"AllIsWell", [](status_report&) {}, {}},
        health_case{"NothingStarted", [](status_report& r) { r = {}; }, {}},
        health_case{"SilentActor",
                    [](status_report& r) {
                      r.actors[0].responding = false;
                      r.actors[0].mailbox_depth = 9;
                    },
                    {"actor api does not answer (state busy, 9 messages waiting)"}},
        health_case{"WatchJustWithinItsLimit",
                    [](status_report& r) { r.watches[0].last_contact_age_seconds = 300; },
                    {}},
        health_case{"SilentWatch",
                    [](status_report& r) { r.watches[0].last_contact_age_seconds = 301; },
                    {"watch of Pod without contact for 301 s, limit 300 s"}},
        health_case{
            "SilentWatchWithScopeAndError",
            [](status_report& r) {
              r.watches[0].last_contact_age_seconds = 400;
              r.watches[0].scope = "ns";
              r.watches[0].last_error = "connection refused";
            },
            {"watch of Pod in ns without contact for 400 s, limit 300 s: connection refused"}},
        health_case{
            "NetworkActing", [](status_report& r) { r.networks[0].acting_seconds = 120; }, {}},
        health_case{"NetworkStuck",
                    [](status_report& r) { r.networks[0].acting_seconds = 121; },
                    {"network default/a has been writing for 121 s, limit 120 s"}},
        health_case{"FailingNetworkIsNoFaultOfOurs",
                    [](status_report& r) {
                      r.networks[0].consecutive_failures = 99;
                      r.networks[0].last_error = "forbidden";
                    },
                    {}}),
    [](const auto& instance) { return instance.param.name; });

TEST(Liveness, IsNoMatterOfTheWeather) {
  auto report = good_report();
  report.watches[0].last_contact_age_seconds = 86'400;
  report.watches[0].last_outcome_age_seconds = 600;
  report.networks[0].acting_seconds = 600;

  EXPECT_FALSE(check_health(report, {}).good());
  EXPECT_TRUE(check_live(report, {}).good());
}

TEST(Liveness, EndsWithWhatIsLostInThisProcess) {
  auto report = good_report();
  report.actors[0].responding = false;
  report.watches[0].state = "listing";
  report.watches[0].last_outcome_age_seconds = 601;
  report.networks[0].acting_seconds = 601;

  EXPECT_THAT(check_live(report, {}).reasons,
              ElementsAre("actor api does not answer (state busy, 0 messages waiting)",
                          "watch of Pod without an outcome for 601 s, limit 600 s (state listing)",
                          "network default/a has been writing for 601 s, limit 600 s"));
}

TEST(Readiness, NeedsACompleteListInEachCache) {
  auto report = good_report();
  EXPECT_TRUE(check_ready(report).good());

  report.caches.back() = {"Service", 0, false, ""};

  EXPECT_THAT(check_ready(report).reasons,
              ElementsAre("cache of Service has no complete list yet"));
}

TEST(Readiness, IsBadWithoutTheAnswerOfEachCache) {
  auto report = good_report();
  report.caches.pop_back();

  EXPECT_THAT(check_ready(report).reasons, ElementsAre("1 of 4 caches has not answered"));
}

TEST(Readiness, IsBadBeforeTheFirstCache) {
  EXPECT_THAT(check_ready({}).reasons, ElementsAre("no cache has started yet"));
}

}  // namespace
}  // namespace btc::telemetry
