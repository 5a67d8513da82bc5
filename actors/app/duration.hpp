#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace btc::app {

/// Reads a duration as Go and kubectl write it: one or more of number and unit (ms, s, m, h), as in
/// "30s", "1h30m", "500ms". Whole numbers, no sign, no blanks; nothing for any other text and for
/// more than 1000 hours.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest such text: "30s", "1h30m", "0s".
[[nodiscard]] std::string format_duration(std::chrono::milliseconds d);

}  // namespace btc::app
