#pragma once

#include "actors/telemetry/metrics.hpp"
#include "k8s/bitcoin_network.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace btc::actors {

/// The reason of a network's condition Degraded; nothing while that is not True.
[[nodiscard]] std::optional<telemetry::degraded_reason> degraded_for(
    const k8s::bitcoin_network& network);

/// How many networks are degraded, by reason, as /metrics shows it. A value of the dispatch actor.
class degraded_count {
 public:
  /// Shows zeros: a predecessor may have left other figures. `metrics` outlives this.
  void start(telemetry::metrics& metrics);
  /// A network's reason changed; nothing stands for not degraded, or not there.
  void change(std::optional<telemetry::degraded_reason> from,
              std::optional<telemetry::degraded_reason> to);

 private:
  void set(telemetry::degraded_reason reason, std::size_t networks);

  telemetry::metrics* metrics_{nullptr};
  std::array<std::size_t, static_cast<std::size_t>(telemetry::degraded_reason::count_)> counts_{};
};

}  // namespace btc::actors
