#include "actors/telemetry/process_metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace btc::telemetry {
namespace {

TEST(ProcessMetrics, ReadsMemoryInPages) {
  EXPECT_EQ(parse_statm("1234 567 89 1 0 2 0\n").virtual_pages, 1234);
  EXPECT_EQ(parse_statm("1234 567 89 1 0 2 0\n").resident_pages, 567);
  EXPECT_EQ(parse_statm("nonsense").resident_pages, 0);
  EXPECT_EQ(parse_statm("12").virtual_pages, 0);
}

TEST(ProcessMetrics, ReadsStartTicksBehindAnyCommandName) {
  const std::string rest = " S 1 1 1 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 3 0 987654 1000 50";

  EXPECT_EQ(parse_start_ticks("42 (name)" + rest), 987654);
  EXPECT_EQ(parse_start_ticks("42 (a) b) (c)" + rest), 987654);
  EXPECT_EQ(parse_start_ticks("42 (name) S 1 1"), 0);
  EXPECT_EQ(parse_start_ticks(""), 0);
}

TEST(ProcessMetrics, DescribesThisProcess) {
  std::map<std::string, double> values;
  for (const auto& f : process_metrics().collect()) {
    values[f.name] = f.metric.at(0).gauge.value;
  }
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();

  EXPECT_GT(values["process_cpu_seconds_total"], 0);
  EXPECT_GT(values["process_resident_memory_bytes"], 1e5);
  EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_open_fds"], 3);
  EXPECT_GT(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_NEAR(values["process_start_time_seconds"], now.count(), 60);
}

}  // namespace
}  // namespace btc::telemetry
