#include "actors/telemetry/stderr_sink.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace btc::telemetry {
namespace {

TEST(StderrSink, WritesOneTextLinePerRecord) {
  testing::internal::CaptureStderr();
  stderr_sink sink(log_format::text);

  logger(sink, log_level::info).info("started", "controller started", {{"version", "1.2.3"}});

  const auto line = testing::internal::GetCapturedStderr();
  EXPECT_EQ(line.substr(line.find(' ')), " info started controller started version=1.2.3\n");
}

TEST(StderrSink, KeepsLinesOfManyThreadsApart) {
  constexpr int threads = 4;
  constexpr int lines_each = 200;
  testing::internal::CaptureStderr();
  stderr_sink sink(log_format::json);
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([&sink] {
      const logger log(sink, log_level::info);
      for (int i = 0; i < lines_each; ++i) {
        log.info("tick", "a line", {{"i", i}});
      }
    });
  }
  std::for_each(writers.begin(), writers.end(), [](std::thread& t) { t.join(); });

  std::istringstream lines(testing::internal::GetCapturedStderr());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_EQ(count, threads * lines_each);
}

}  // namespace
}  // namespace btc::telemetry
