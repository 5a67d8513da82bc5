#include "test/sim/cluster/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::array<std::pair<std::string_view, long double>, 16> suffixes{{
    {"", 1},
    {"n", 1e-9L},
    {"u", 1e-6L},
    {"m", 1e-3L},
    {"k", 1e3L},
    {"M", 1e6L},
    {"G", 1e9L},
    {"T", 1e12L},
    {"P", 1e15L},
    {"E", 1e18L},
    {"Ki", 1024.0L},
    {"Mi", 1048576.0L},
    {"Gi", 1073741824.0L},
    {"Ti", 1099511627776.0L},
    {"Pi", 1125899906842624.0L},
    {"Ei", 1152921504606846976.0L},
}};

[[nodiscard]] bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] std::optional<long double> factor_of(std::string_view suffix) noexcept {
  for (const auto& [name, factor] : suffixes) {
    if (name == suffix) {
      return factor;
    }
  }
  if (suffix.size() < 2 || (suffix.front() != 'e' && suffix.front() != 'E')) {
    return std::nullopt;
  }
  auto digits = suffix.substr(suffix[1] == '+' ? 2 : 1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole ? std::optional{std::pow(10.0L, exponent)} : std::nullopt;
}

}  // namespace

std::optional<long double> quantity(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  long double value = 0;
  long double place = 0;  // of the next digit behind the point; 0 before it
  bool any = false;
  std::size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && place == 0)); ++i) {
    if (text[i] == '.') {
      place = 0.1L;
      continue;
    }
    any = true;
    const auto digit = static_cast<long double>(text[i] - '0');
    value = place == 0 ? value * 10 + digit : value + digit * place;
    place /= 10;
  }
  const auto factor = factor_of(text.substr(i));
  if (!any || !factor) {
    return std::nullopt;
  }
  return (negative ? -value : value) * *factor;
}

}  // namespace btc::sim
