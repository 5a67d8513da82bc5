#pragma once

#include "actors/telemetry/health.hpp"
#include "actors/telemetry/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::app {

// What the admin server answers, apart from how it gets to the client: pure functions.

enum class admin_path : std::uint8_t { page, healthz, livez, readyz, metrics, status };

/// The path of a request target; a query is ignored. Nothing for a path that does not exist.
[[nodiscard]] std::optional<admin_path> find_admin_path(std::string_view target) noexcept;

/// Does the answer need a status_report?
[[nodiscard]] bool needs_report(admin_path path) noexcept;

struct admin_reply {
  unsigned status{200};
  std::string body{};
  std::string_view content_type{"text/plain; charset=utf-8"};
  std::string_view content_security_policy{};  ///< empty: the strictest, nothing at all
};

/// /healthz, /livez, /readyz or /status; the last with the verdicts of /healthz and /readyz.
[[nodiscard]] admin_reply report_reply(admin_path path,
                                       telemetry::status_report report,
                                       const telemetry::health_limits& limits);

/// 404 with the paths that exist.
[[nodiscard]] admin_reply not_found_reply();

/// Any other refusal: the reason as one line of text.
[[nodiscard]] admin_reply refusal(unsigned status, std::string_view reason);

}  // namespace btc::app
