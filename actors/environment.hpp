#pragma once

#include "actors/bitcoin/rpc_transport.hpp"
#include "actors/reconcile/backoff.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/metrics.hpp"
#include "k8s/transport.hpp"
#include "k8s/watch_machine.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace btc::actors {

/// Half as many more than requests in flight, so that the API server never waits for a decision.
[[nodiscard]] constexpr std::size_t turns_for(std::size_t inflight_requests) noexcept {
  return inflight_requests + inflight_requests / 2;
}

/// Every number of the actors that is not part of a protocol machine, with its unit.
struct actor_limits {
  k8s::watch_limits watch{};
  k8s::backoff_limits backoff{reconcile::network_backoff};
  std::chrono::milliseconds resync_interval{30'000};
  /// Of one request, waiting for a connection included.
  std::chrono::milliseconds request_deadline{30'000};
  /// Of one list page, which may be long.
  std::chrono::milliseconds list_deadline{60'000};
  std::size_t inflight_requests_max{32};
  /// Networks that may hold a plan at the same time.
  std::size_t turns_max{turns_for(inflight_requests_max)};
  /// Events in flight; few, because nobody waits for them.
  std::size_t inflight_events_max{4};
  /// Events that wait; one more is dropped and counted.
  std::size_t queued_events_max{4096};
  /// Lines that a network's report shows of its last writes.
  std::size_t last_writes_max{5};
  /// A refused write is tried again after this time, jittered, without a change to react to.
  std::chrono::milliseconds refused_retry{30'000};
  std::chrono::milliseconds respawn_delay{1'000};
  /// The supervisor gives up, and the process ends with code 1, after this many failures in the
  /// window.
  std::size_t restarts_max{10};
  std::chrono::milliseconds restart_window{60'000};
  std::chrono::milliseconds report_deadline{1'000};
  std::chrono::milliseconds drain_deadline{20'000};

  /// A healthy network's nodes are asked once in this time, jittered (--rpc-interval).
  std::chrono::milliseconds rpc_interval{10'000};
  /// Of one batch without connection tries, and of one with them (8 tries of at most 5 s each).
  std::chrono::milliseconds rpc_deadline{10'000};
  std::chrono::milliseconds rpc_connect_deadline{45'000};
  /// Requests in flight to one node, to one network's nodes, and to all.
  std::size_t inflight_rpc_per_node_max{2};
  std::size_t inflight_rpc_per_network_max{16};
  std::size_t inflight_rpc_max{64};
  /// Of them, to nodes that did not answer last time: they may take their whole deadline, and the
  /// rest is for those that answer.
  std::size_t inflight_rpc_slow_max{32};
  /// A node that lacks a connection or an answer is asked again after this time, then 1.5 times as
  /// long each, up to the interval.
  std::chrono::milliseconds rpc_retry_min{1'000};
  /// What a status says of the nodes is kept for this long, and the rest of a resync interval, by a
  /// controller that has not heard of them itself.
  std::chrono::milliseconds hearing_patience{60'000};
  /// The Secret with credentials and the rendered bitcoin.conf are read again, jittered ± 20 %.
  std::chrono::milliseconds secret_interval{300'000};
};

/// What the actors need from outside. Lives longer than the actor system. The simulation replaces
/// every member; nothing else of the actors differs there.
struct environment {
  k8s::transport& transport;
  bitcoin::rpc_transport& rpc;
  telemetry::metrics& metrics;
  telemetry::logger log{};
  actor_limits limits{};
  /// Namespaces to watch; empty: all.
  std::vector<std::string> namespaces{};
  /// Time of day, for timestamps in statuses and Events only.
  std::function<std::chrono::system_clock::time_point()> wall_clock{};
  /// A seed for an actor's own random numbers (jitter); called once per actor.
  std::function<std::uint64_t()> seed{};
  /// A new random password, from a cryptographic source.
  std::function<std::string()> password{};
  std::string version{};
  std::string api_server{};  ///< address, for reports
  /// Nodes are told the addresses of pods instead of their DNS names (--peer-address=ip).
  bool peers_by_ip{false};
};

/// 2026-11-23T18:00:00Z
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point t);

}  // namespace btc::actors
