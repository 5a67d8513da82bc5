#pragma once

#include "actors/telemetry/report.hpp"
#include "messages/protocol.hpp"

#include <optional>
#include <vector>

namespace btc::messages {

/// An actor's answer to report_request: its own figures and what it alone knows.
struct actor_reports {
  telemetry::actor_report actor{};
  std::optional<telemetry::watch_report> watch{};
  std::optional<telemetry::cache_report> cache{};
  std::optional<telemetry::network_report> network{};
  std::optional<telemetry::queue_report> queue{};
  /// dispatch: the reconcile actors, to be asked in turn.
  std::vector<reporting_actor> children{};
  /// The collector's sum of all, for the admin server.
  std::optional<telemetry::status_report> status{};
};

}  // namespace btc::messages
