#include "actors/telemetry/log.hpp"

#include "actors/telemetry/capture_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace btc::telemetry {
namespace {

using testing::ElementsAre;

class discarding_sink final : public log_sink {
 public:
  void write(const log_record&) override { ++lines; }
  int lines{0};
};

TEST(Logger, WritesEventMessageAndFields) {
  capture_sink sink;
  const logger log(sink, log_level::info);

  log.info("child-created", "created a child", {{"network", "default/a"}, {"took_ms", 12}});

  EXPECT_THAT(sink.lines(),
              ElementsAre("info child-created created a child network=default/a took_ms=12"));
  EXPECT_EQ(sink.count("child-created"), 1U);
}

TEST(Logger, TakesFieldsOfEachType) {
  capture_sink sink;
  const logger log(sink, log_level::trace);
  const std::string text = "value";
  const std::size_t size = 7;

  log.warn("types", "all", {{"a", text}, {"b", -1}, {"c", size}, {"d", 0.5}, {"e", true}});

  EXPECT_THAT(sink.lines(), ElementsAre("warn types all a=value b=-1 c=7 d=0.5 e=true"));
}

TEST(Logger, PutsItsContextBeforeTheFields) {
  capture_sink sink;
  const logger log(sink, log_level::info);

  log.with("network", "ns/a").with("phase", "acting").error("failed", "m", {{"status_code", 500}});
  log.info("plain", "no context here");

  EXPECT_THAT(sink.lines(),
              ElementsAre("error failed m network=ns/a phase=acting status_code=500",
                          "info plain no context here"));
}

TEST(Logger, PassesItsThresholdAndAbove) {
  for (int threshold = 0; threshold <= static_cast<int>(log_level::off); ++threshold) {
    discarding_sink sink;
    const logger log(sink, static_cast<log_level>(threshold));

    log.trace("e", "m");
    log.debug("e", "m");
    log.info("e", "m");
    log.warn("e", "m");
    log.error("e", "m");
    log.log(log_level::off, "e", "m");

    EXPECT_EQ(sink.lines, 5 - threshold);
  }
}

TEST(Logger, LogsNothingByDefault) {
  const logger log;

  log.error("failed", "nobody listens");

  EXPECT_FALSE(log.enabled(log_level::error));
}

TEST(LogLevel, IsParsedFromItsOwnNameOnly) {
  for (const auto level : {log_level::trace, log_level::error, log_level::off}) {
    EXPECT_EQ(parse_log_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_log_level("INFO"), std::nullopt);
  EXPECT_EQ(parse_log_level(""), std::nullopt);
}

}  // namespace
}  // namespace btc::telemetry
