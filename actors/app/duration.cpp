#include "actors/app/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace btc::app {

namespace {

using std::chrono::milliseconds;

struct unit {
  std::string_view name;
  milliseconds length;
};

// Largest first, which is the order of format_duration. "ms" differs from "m" by its length.
constexpr std::array<unit, 4> units{{{"h", std::chrono::hours{1}},
                                     {"m", std::chrono::minutes{1}},
                                     {"s", std::chrono::seconds{1}},
                                     {"ms", milliseconds{1}}}};

constexpr milliseconds duration_max = std::chrono::hours{1000};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes one number and unit off the front of `text`.
std::optional<milliseconds> take_part(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > duration_max.count()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto* const unit_end = std::find_if(text.begin(), text.end(), is_digit);
  const auto name = text.substr(0, static_cast<std::size_t>(unit_end - text.begin()));
  const auto* found =
      std::find_if(units.begin(), units.end(), [name](const unit& u) { return u.name == name; });
  if (found == units.end()) {
    return std::nullopt;
  }
  text.remove_prefix(name.size());
  return number * found->length;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) {
    return std::nullopt;
  }
  milliseconds sum{0};
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || (sum += *part) > duration_max) {
      return std::nullopt;
    }
  }
  return sum;
}

std::string format_duration(milliseconds d) {
  std::string text;
  for (const auto& u : units) {
    if (d >= u.length) {
      text += std::to_string(d / u.length);
      text += u.name;
      d %= u.length;
    }
  }
  return text.empty() ? "0s" : text;
}

}  // namespace btc::app
