#include "test/sim/serve/table.hpp"

#include "test/sim/serve/timestamps.hpp"

#include <gtest/gtest.h>

namespace btc::sim {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::chrono::sys_seconds now{seconds{1'800'000'000}};

struct duration_case {
  std::int64_t seconds;
  const char* text;
};

TEST(Table, AgesAreWrittenAsKubectlWritesThem) {
  const duration_case cases[] = {{-5, "0s"},
                                 {0, "0s"},
                                 {119, "119s"},
                                 {120, "2m"},
                                 {125, "2m5s"},
                                 {600, "10m"},
                                 {10'799, "179m"},
                                 {10'800, "3h"},
                                 {11'100, "3h5m"},
                                 {28'800, "8h"},
                                 {172'799, "47h"},
                                 {172'800, "2d"},
                                 {180'000, "2d2h"},
                                 {691'200, "8d"}};
  for (const auto& c : cases) {
    EXPECT_EQ(human_duration(seconds{c.seconds}), c.text) << c.seconds;
  }
}

TEST(Table, TimestampsComeBackAsTheyWent) {
  EXPECT_EQ(format_timestamp(now), "2027-01-15T08:00:00Z");
  EXPECT_EQ(parse_timestamp("2027-01-15T08:00:00Z"), now);
  EXPECT_EQ(parse_timestamp("2027-01-15T08:00:00.123456Z"), now);
  for (const char* bad : {"", "2027-01-15", "2027-13-15T08:00:00Z", "2027-01-15 08:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
  }
}

TEST(Table, AServiceShowsAddressPortsAndSelector) {
  const json service = {
      {"metadata", {{"name", "s"}, {"creationTimestamp", "2027-01-15T07:59:55Z"}}},
      {"spec",
       {{"type", "ClusterIP"},
        {"clusterIP", "None"},
        {"ports", {{{"port", 1}, {"protocol", "TCP"}}, {{"port", 2}}}},
        {"selector", {{"a", "b"}}}}}};
  EXPECT_EQ(json(builtin_cells(type_id::services, service, now)),
            json({"ClusterIP", "None", "<none>", "1/TCP,2/TCP", "5s", "a=b"}));
}

TEST(Table, APodShowsWhyItWaitsAndThatItTerminates) {
  json pod = {{"metadata", {{"name", "p"}}},
              {"spec", {{"containers", {{{"name", "c"}}}}}},
              {"status",
               {{"phase", "Pending"},
                {"containerStatuses",
                 {{{"ready", false},
                   {"restartCount", 2},
                   {"state", {{"waiting", {{"reason", "CrashLoopBackOff"}}}}}}}}}}};
  auto cells = builtin_cells(type_id::pods, pod, now);
  EXPECT_EQ(json({cells[0], cells[1], cells[2]}), json({"0/1", "CrashLoopBackOff", "2"}));
  pod["metadata"]["deletionTimestamp"] = "2027-01-15T07:59:55Z";
  EXPECT_EQ(builtin_cells(type_id::pods, pod, now)[1], "Terminating");
}

TEST(Table, EveryBuiltInHasACellForEachColumnEvenOfAnEmptyObject) {
  const json empty = {{"metadata", json::object()}};
  for (std::size_t id = 0; id < type_count; ++id) {
    const auto type = static_cast<type_id>(id);
    if (type != type_id::bitcoin_networks) {
      EXPECT_EQ(builtin_cells(type, empty, now).size(), builtin_columns(type).size()) << id;
    }
  }
}

}  // namespace
}  // namespace btc::sim
