#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// "2026-01-02T03:04:05Z", as the API server writes times (RFC 3339).
[[nodiscard]] std::string format_timestamp(std::chrono::sys_seconds time);

/// Reads that form; a fraction of a second is cut off. Nothing when the text is another.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text);

}  // namespace btc::sim
