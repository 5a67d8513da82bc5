#pragma once

#include "actors/telemetry/report.hpp"

#include <string>
#include <vector>

namespace btc::telemetry {

/// From when on a delay counts as a fault. All in seconds.
struct health_limits {
  /// A watch has a bookmark each minute and lives at most 235 s, so more silence means a connection
  /// that is dead without saying so, or an API server that is away.
  double watch_silence_seconds_max{300};
  /// A request has a deadline of tens of seconds; a network whose writes last longer is stuck.
  double acting_seconds_max{120};
  /// Every request, stream and back-off ends by itself within 300 s, the longest Retry-After: what
  /// had no outcome for twice as long has been lost in this process.
  double lost_seconds_max{600};
};

/// Reasons are whole lines for people, one per fault; none means good.
struct health_verdict {
  std::vector<std::string> reasons{};

  [[nodiscard]] bool good() const noexcept { return reasons.empty(); }
};

/// /healthz: is work stuck, or a watch without contact? Somebody should look.
[[nodiscard]] health_verdict check_health(const status_report& r, const health_limits& limits);

/// /livez: is something lost in this process, so that a restart helps? A watch that tries and fails
/// is not: restarts while the API server is away would only earn the container a longer and longer
/// back-off, during which the server comes back unnoticed (docs/adr/0014).
[[nodiscard]] health_verdict check_live(const status_report& r, const health_limits& limits);

/// /readyz: has every cache its first complete list? Bad also when there is no cache yet.
[[nodiscard]] health_verdict check_ready(const status_report& r);

}  // namespace btc::telemetry
