#include "actors/app/admin_reply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::app {
namespace {

TEST(AdminReply, FindsPathsExactlyAndIgnoresQueries) {
  EXPECT_EQ(find_admin_path("/"), admin_path::page);
  EXPECT_EQ(find_admin_path("/healthz?verbose"), admin_path::healthz);
  EXPECT_EQ(find_admin_path("/status?"), admin_path::status);
  for (const auto* target : {"", "*", "//", "/Status", "/status/", "status", "/../status"}) {
    EXPECT_EQ(find_admin_path(target), std::nullopt) << target;
  }
}

TEST(AdminReply, AsksTheActorsOnlyForWhatTheyKnow) {
  EXPECT_TRUE(needs_report(admin_path::healthz));
  EXPECT_TRUE(needs_report(admin_path::livez));
  EXPECT_TRUE(needs_report(admin_path::readyz));
  EXPECT_TRUE(needs_report(admin_path::status));
  EXPECT_FALSE(needs_report(admin_path::metrics));
  EXPECT_FALSE(needs_report(admin_path::page));
}

TEST(AdminReply, PutsBothVerdictsIntoTheStatus) {
  telemetry::status_report report;
  report.networks.resize(1);
  report.networks[0].key = "ns/a";
  report.networks[0].acting_seconds = 500;

  const auto reply = report_reply(admin_path::status, report, {});

  EXPECT_EQ(reply.status, 200U);
  const auto status = nlohmann::json::parse(reply.body);
  EXPECT_EQ(status.at("unhealthy_because").at(0),
            "network ns/a has been writing for 500 s, limit 120 s");
  EXPECT_EQ(status.at("not_ready_because").at(0), "no cache has started yet");
}

TEST(AdminReply, LivesThroughAnOutageThatItsHealthTellsOf) {
  telemetry::status_report report;
  report.watches.resize(1);
  report.watches[0].last_contact_age_seconds = 3'600;
  report.watches[0].last_outcome_age_seconds = 5;

  EXPECT_EQ(report_reply(admin_path::healthz, report, {}).status, 503U);
  EXPECT_EQ(report_reply(admin_path::livez, report, {}).status, 200U);
}

TEST(AdminReply, RefusesWithOneLine) {
  EXPECT_EQ(refusal(405, "no").status, 405U);
  EXPECT_EQ(refusal(405, "no").body, "no\n");
}

}  // namespace
}  // namespace btc::app
