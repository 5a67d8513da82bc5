#pragma once

#include "actors/telemetry/report.hpp"
#include "messages/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btc::messages {

/// An actor as its parent knows it, so that one which does not answer still has a name.
struct named_actor {
  std::string title{};
  reporting_actor actor{};
  std::uint64_t restarts{0};
};

/// An actor's answer to report_request: its own figures and what it alone knows.
struct actor_reports {
  telemetry::actor_report actor{};
  std::optional<telemetry::watch_report> watch{};
  std::optional<telemetry::cache_report> cache{};
  std::optional<telemetry::network_report> network{};
  std::optional<telemetry::queue_report> queue{};
  std::optional<telemetry::peer_report> peers{};
  /// dispatch: the reconcile actors, to be asked in turn.
  std::vector<named_actor> children{};
  /// The collector's sum of all, for the admin server.
  std::optional<telemetry::status_report> status{};
};

}  // namespace btc::messages
