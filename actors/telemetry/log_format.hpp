#pragma once

#include "actors/telemetry/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::telemetry {

/// text is for people: `time LEVEL event message key=value …`. json is for machines: one object a
/// line with ts, level, event, msg and then the fields at the same level.
enum class log_format : std::uint8_t { text, json };

/// "text" or "json"; nothing for any other text.
[[nodiscard]] std::optional<log_format> parse_log_format(std::string_view text) noexcept;

/// A longer string value is cut here and marked with "…".
inline constexpr std::size_t log_value_bytes_max = 4096;

using log_time = std::chrono::system_clock::time_point;

// Both give one line without its end. Values that could break a line or a terminal (control bytes,
// quotes, invalid UTF-8) come out escaped; time is UTC in milliseconds.
[[nodiscard]] std::string format_json(const log_record& r, log_time at);
[[nodiscard]] std::string format_text(const log_record& r, log_time at);
/// Text without the time: `LEVEL event message key=value …`.
[[nodiscard]] std::string format_text(const log_record& r);

}  // namespace btc::telemetry
