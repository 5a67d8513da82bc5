#include "actors/telemetry/log.hpp"

#include <algorithm>
#include <array>

namespace btc::telemetry {

namespace {

constexpr std::array<std::string_view, 6> level_names{
    "trace", "debug", "info", "warn", "error", "off"};

}  // namespace

std::string_view to_string(log_level l) noexcept {
  return level_names[static_cast<std::size_t>(l)];
}

std::optional<log_level> parse_log_level(std::string_view text) noexcept {
  const auto* const found = std::find(level_names.begin(), level_names.end(), text);
  if (found == level_names.end()) {
    return std::nullopt;
  }
  return static_cast<log_level>(found - level_names.begin());
}

logger logger::with(std::string_view key, std::string value) const {
  logger result = *this;
  result.context_.push_back({key, std::move(value)});
  return result;
}

void logger::write(log_level l, std::string_view event, std::string_view message, fields f) const {
  if (sink_ != nullptr) {
    sink_->write({l, event, message, context_, {f.begin(), f.size()}});
  }
}

}  // namespace btc::telemetry
