#include "actors/app/admin_reply.hpp"

#include <algorithm>
#include <array>

namespace btc::app {

namespace {

struct path_entry {
  std::string_view path;
  admin_path value;
  std::string_view purpose;
};

constexpr std::array paths{
    path_entry{"/", admin_path::page, "this controller, for people"},
    path_entry{"/status", admin_path::status, "the same as JSON"},
    path_entry{"/metrics", admin_path::metrics, "Prometheus text format"},
    path_entry{
        "/healthz", admin_path::healthz, "200 unless work is stuck or a watch without contact"},
    path_entry{"/livez", admin_path::livez, "200 unless a restart would help"},
    path_entry{"/readyz", admin_path::readyz, "200 once all caches are complete"},
};

/// "ok", or the reasons, a line each. A reason quotes foreign text, which could hold line breaks.
admin_reply verdict_reply(const telemetry::health_verdict& verdict) {
  if (verdict.good()) {
    return {.body = "ok\n"};
  }
  admin_reply reply{.status = 503};
  for (auto reason : verdict.reasons) {
    std::replace_if(
        reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    reply.body += reason + '\n';
  }
  return reply;
}

}  // namespace

std::optional<admin_path> find_admin_path(std::string_view target) noexcept {
  const auto path = target.substr(0, target.find('?'));
  const auto* found = std::find_if(
      paths.begin(), paths.end(), [path](const path_entry& e) { return e.path == path; });
  return found != paths.end() ? std::optional(found->value) : std::nullopt;
}

bool needs_report(admin_path path) noexcept {
  return path != admin_path::page && path != admin_path::metrics;
}

admin_reply report_reply(admin_path path,
                         telemetry::status_report report,
                         const telemetry::health_limits& limits) {
  switch (path) {
    case admin_path::healthz:
      return verdict_reply(telemetry::check_health(report, limits));
    case admin_path::livez:
      return verdict_reply(telemetry::check_live(report, limits));
    case admin_path::readyz:
      return verdict_reply(telemetry::check_ready(report));
    default:
      report.unhealthy_because = telemetry::check_health(report, limits).reasons;
      report.not_ready_because = telemetry::check_ready(report).reasons;
      return {.body = telemetry::to_json_text(report), .content_type = "application/json"};
  }
}

admin_reply not_found_reply() {
  admin_reply reply{.status = 404, .body = "no such path; there are:\n"};
  for (const auto& e : paths) {
    reply.body.append(e.path).append("  ").append(e.purpose).append("\n");
  }
  return reply;
}

admin_reply refusal(unsigned status, std::string_view reason) {
  return {.status = status, .body = std::string(reason) + '\n'};
}

}  // namespace btc::app
