#include "actors/telemetry/report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::telemetry {
namespace {

TEST(Report, RendersEveryMember) {
  status_report r{"1.2.3",
                  60.5,
                  "https://10.0.0.1:6443",
                  {},
                  {},
                  {},
                  {},
                  {},
                  {1, 2, 3},
                  {4, 5, 6},
                  {"why"},
                  {}};
  r.actors = {{"api", "idle", 1, 2, 0.5, 0.25, 3, false}};
  r.watches = {{"Pod", "ns", "watching", "77", 1.5, 0.5, 4, "refused"}};
  r.caches = {{"Pod", 9, true, "78"}};
  r.networks = {
      {"ns/a", "waiting", 1, 3, 5, 4, "2 pods", "boom", 6, 2.5, {}, 8, {"create Service"}}};

  r.peers = {
      2,
      1,
      {{"ns/a", 3, 2, 1, 2, "True AllConnected", "Unknown NoAnswer", 101, 0, "node 2: lost"}}};

  const auto expected = nlohmann::json::parse(R"({
    "version": "1.2.3", "uptime_seconds": 60.5, "api_server": "https://10.0.0.1:6443",
    "unhealthy_because": ["why"], "not_ready_because": [],
    "api": {"depth": 1, "in_flight": 2, "dropped": 3},
    "events": {"depth": 4, "in_flight": 5, "dropped": 6},
    "actors": [{"name": "api", "state": "idle", "mailbox_depth": 1, "messages_handled": 2,
                "handling_seconds_total": 0.5, "handling_seconds_max": 0.25, "restarts": 3,
                "responding": false}],
    "watches": [{"kind": "Pod", "scope": "ns", "state": "watching", "resource_version": "77",
                 "last_contact_age_seconds": 1.5, "last_outcome_age_seconds": 0.5, "restarts": 4, "last_error": "refused"}],
    "caches": [{"kind": "Pod", "objects": 9, "synced": true, "resource_version": "78"}],
    "networks": [{"key": "ns/a", "phase": "waiting", "ready_nodes": 1, "nodes": 3,
                  "generation": 5, "observed_generation": 4, "waiting_for": "2 pods",
                  "last_error": "boom", "consecutive_failures": 6, "next_retry_seconds": 2.5,
                  "acting_seconds": null, "reconciliations": 8,
                  "last_writes": ["create Service"]}],
    "peers": {"in_flight": 2, "slow_in_flight": 1,
              "networks": [{"key": "ns/a", "nodes": 3, "answering": 2, "silent": 1, "in_flight": 2,
                            "peers_connected": "True AllConnected",
                            "chain_converged": "Unknown NoAnswer", "height": 101, "miner": 0,
                            "last_error": "node 2: lost"}]}})");
  EXPECT_EQ(nlohmann::json::parse(to_json_text(r)), expected);
}

TEST(Report, EmptyListsAreListsAndNotNull) {
  const auto rendered = nlohmann::json::parse(to_json_text({}));

  EXPECT_TRUE(rendered.at("networks").is_array());
  EXPECT_TRUE(rendered.at("actors").is_array());
}

TEST(Report, RepairsTextThatIsNoUtf8) {
  status_report r;
  r.api_server = "\xff";

  EXPECT_EQ(nlohmann::json::parse(to_json_text(r)).at("api_server"), "\xef\xbf\xbd");
}

}  // namespace
}  // namespace btc::telemetry
