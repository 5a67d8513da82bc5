#include "k8s/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace btc::k8s {

namespace {

/// Suffixes of apimachinery's resource.Quantity.
constexpr std::array<std::pair<std::string_view, double>, 16> suffixes{{
    {"", 1.0},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", 0x1p10},
    {"Mi", 0x1p20},
    {"Gi", 0x1p30},
    {"Ti", 0x1p40},
    {"Pi", 0x1p50},
    {"Ei", 0x1p60},
}};

/// The API server rounds resources up to whole thousandths.
[[nodiscard]] double in_thousandths(double value, double tolerance) noexcept {
  return std::ceil(value * 1e3 * (1 - tolerance));
}

}  // namespace

std::optional<double> quantity_value(std::string_view text) noexcept {
  if (text.starts_with('+')) {
    text.remove_prefix(1);  // allowed in a quantity, unknown to from_chars
  }
  if (text.find_first_of("0123456789") > 1) {
    return std::nullopt;  // from_chars would read "inf"
  }
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{}) {
    return std::nullopt;
  }
  const std::string_view suffix{parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)};
  const auto* const found = std::find_if(
      suffixes.begin(), suffixes.end(), [&](const auto& entry) { return entry.first == suffix; });
  if (found == suffixes.end()) {
    return std::nullopt;
  }
  return number * found->second;
}

bool same_quantity(std::string_view a, std::string_view b) noexcept {
  const auto first = quantity_value(a);
  const auto second = quantity_value(b);
  if (!first || !second) {
    return false;
  }
  // Relative, because 0.1 and 100m differ in the last bit.
  constexpr double tolerance = 1e-12;
  const auto x = in_thousandths(*first, tolerance);
  const auto y = in_thousandths(*second, tolerance);
  return std::abs(x - y) <= tolerance * std::max(std::abs(x), std::abs(y));
}

}  // namespace btc::k8s
