#include "actors/telemetry/log_format.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

namespace btc::telemetry {
namespace {

using namespace std::chrono_literals;

const log_time leap_day{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 12h + 34min
                        + 56789ms};

std::string text_of(std::string_view value) {
  const std::vector<log_field> fields{{"v", value}};
  return format_text({log_level::info, "e", "m", {}, fields});
}

std::string json_of(std::string_view value) {
  const std::vector<log_field> fields{{"v", value}};
  return format_json({log_level::info, "e", "m", {}, fields}, leap_day);
}

TEST(LogFormat, TextStartsWithUtcTimeInMilliseconds) {
  EXPECT_EQ(format_text({log_level::warn, "watch-relist", "listing again"}, leap_day),
            "2024-02-29T12:34:56.789Z warn watch-relist listing again");
}

TEST(LogFormat, TimeBeforeTheEpochStaysWellFormed) {
  EXPECT_EQ(format_text({}, log_time{-1ms}).substr(0, 24), "1969-12-31T23:59:59.999Z");
}

TEST(LogFormat, JsonPutsFieldsBesideTheFixedKeys) {
  const std::vector<log_context> context{{"network", "ns/a"}};
  const std::vector<log_field> fields{
      {"status_code", 500}, {"took_seconds", 0.25}, {"last", false}};

  EXPECT_EQ(format_json({log_level::error, "action-failed", "failed", context, fields}, leap_day),
            R"({"ts":"2024-02-29T12:34:56.789Z","level":"error","event":"action-failed",)"
            R"("msg":"failed","network":"ns/a","status_code":500,"took_seconds":0.25,)"
            R"("last":false})");
}

struct value_case {
  const char* value;
  const char* text;
};

TEST(LogFormat, TextQuotesWhatCouldBreakTheLine) {
  const std::vector<value_case> cases{
      {"default/a-sts", "info e m v=default/a-sts"},
      {"", R"(info e m v="")"},
      {"two words", R"(info e m v="two words")"},
      {"a=b", R"(info e m v="a=b")"},
      {"say \"no\"", R"(info e m v="say \"no\"")"},
      {"line\nbreak", R"(info e m v="line\nbreak")"},
      {"\x1b[31mred", R"(info e m v="\u001b[31mred")"},
      {"gr\xc3\xbc\xc3\x9f", R"(info e m v="gr\u00fc\u00df")"},
      {"\xff\xfe", R"(info e m v="\ufffd\ufffd")"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(text_of(c.value), c.text);
  }
}

TEST(LogFormat, JsonStaysOneValidLineForAnyBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }

  const auto line = json_of(all);

  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(LogFormat, CutsLongValuesBetweenCharacters) {
  std::string longest(log_value_bytes_max - 1, 'x');
  const auto value = nlohmann::json::parse(json_of(longest + "\xc3\xbc and more")).at("v");

  EXPECT_EQ(value.get<std::string>(), longest + "…");
}

TEST(LogFormat, NumbersThatJsonCannotSayBecomeNull) {
  const std::vector<log_field> fields{{"v", std::numeric_limits<double>::infinity()}};

  const auto line = format_json({log_level::info, "e", "m", {}, fields}, leap_day);

  EXPECT_TRUE(nlohmann::json::parse(line).at("v").is_null());
}

TEST(LogFormat, IsParsedFromItsOwnNameOnly) {
  EXPECT_EQ(parse_log_format("text"), log_format::text);
  EXPECT_EQ(parse_log_format("json"), log_format::json);
  EXPECT_EQ(parse_log_format("xml"), std::nullopt);
}

}  // namespace
}  // namespace btc::telemetry
