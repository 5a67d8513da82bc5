#include "test/sim/serve/timestamps.hpp"

#include "test/sim/cluster/core.hpp"

#include <charconv>

namespace btc::sim {

namespace {

[[nodiscard]] std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  const auto* first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + count, value);
  return error == std::errc{} && end == first + count ? std::optional{value} : std::nullopt;
}

}  // namespace

std::string format_timestamp(std::chrono::sys_seconds time) {
  return rfc3339(time);
}

std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text) {
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  if (text.size() <= pattern.size() || text.back() != 'Z' || text[10] != 'T') {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute}
         + std::chrono::seconds{*second};
}

}  // namespace btc::sim
