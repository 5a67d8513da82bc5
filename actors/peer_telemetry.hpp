#pragma once

#include "actors/bitcoin/peer_network.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/log_limiter.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/report.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace btc::actors {

// What the peer actor does, as metrics, log lines and a part of /status.

[[nodiscard]] telemetry::peer_method metric_of(bitcoin::rpc_task t) noexcept;
[[nodiscard]] telemetry::peer_result metric_of(bitcoin::rpc_result r) noexcept;

/// Nodes with a pod, by telemetry::peer_node.
[[nodiscard]] std::array<std::size_t, static_cast<std::size_t>(telemetry::peer_node::count_)>
count_nodes(const bitcoin::node_states& nodes) noexcept;

void count_note(telemetry::metrics& metrics, const bitcoin::peer_note& note);
void log_note(const telemetry::logger& log,
              telemetry::log_limiter& limiter,
              const std::string& network,
              const bitcoin::peer_note& note);

[[nodiscard]] telemetry::peer_network_report report_of(std::string key,
                                                       const bitcoin::peer_network& network);

}  // namespace btc::actors
