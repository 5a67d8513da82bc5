#pragma once

#include "actors/telemetry/metric_builder.hpp"
#include "actors/telemetry/metric_labels.hpp"
#include "actors/telemetry/metrics.hpp"
#include "k8s/kind.hpp"

#include <array>

namespace btc::telemetry {

/// Every family of the controller, declared once, with a handle to each of its series. Only
/// metrics.cpp uses it. The members are in the order of docs/metrics.md.
struct metric_families {
  explicit metric_families(const metrics_options& options);

  prometheus::Registry registry{};

  // controller-runtime's own
  std::array<counter, size_of<reconcile_result>> reconciles{};
  counter reconcile_errors{};
  counter terminal_errors{};
  counter panics{};
  histogram reconcile_seconds{};
  gauge concurrent_reconciles_max{};
  gauge active_workers{};

  // workqueue's own
  gauge queue_depth{};
  counter queue_adds{};
  histogram queue_seconds{};
  histogram work_seconds{};
  gauge unfinished_seconds{};
  gauge longest_running_seconds{};
  counter retries{};

  // rest_client's own
  std::array<std::array<counter, by_code.values.size()>, by_method.values.size()> requests{};
  std::array<histogram, by_method.values.size()> request_seconds{};

  // ours; arrays by kind are indexed by k8s::kind, with nullptr where there is no such series
  gauge networks{};
  std::array<gauge, size_of<degraded_reason>> networks_degraded{};
  counter resyncs{};
  std::array<std::array<counter, size_of<watch_restart>>, k8s::watched_kinds> watch_restarts{};
  std::array<std::array<counter, size_of<watch_event>>, k8s::watched_kinds> watch_events{};
  std::array<counter, k8s::watched_kinds> decode_errors{};
  std::array<gauge, k8s::watched_kinds> cache_objects{};
  std::array<gauge, k8s::watched_kinds> cache_synced{};
  std::array<std::array<counter, size_of<write_verb>>, k8s::all_kinds> writes{};
  std::array<counter, k8s::all_kinds> drift_corrections{};
  std::array<std::array<counter, size_of<peer_result>>, size_of<peer_method>> peer_requests{};
  std::array<histogram, size_of<peer_method>> peer_request_seconds{};
  gauge peer_requests_in_flight{};
  std::array<counter, size_of<peer_change>> peer_changes{};
  std::array<gauge, size_of<peer_node>> peer_nodes{};
  counter blocks_made{};
  std::array<counter, size_of<event_result>> events{};
  std::array<counter, size_of<actor_kind>> actor_restarts{};

 private:
  void declare_reconciles(const metrics_options& options);
  void declare_queue();
  void declare_requests(const metrics_options& options);
  void declare_watches_and_caches();
  void declare_writes();
  void declare_peers();
  void declare_rest(const metrics_options& options);
};

}  // namespace btc::telemetry
