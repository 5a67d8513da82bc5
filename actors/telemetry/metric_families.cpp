#include "actors/telemetry/metric_families.hpp"

#include <utility>
#include <vector>

namespace btc::telemetry {

namespace {

using k8s::kind;

/// The label that controller-runtime sets on all of its own metrics.
prometheus::Labels of_controller() {
  return {{"controller", "bitcoinnetwork"}};
}

/// workqueue calls the queue by the controller's name too.
prometheus::Labels of_queue() {
  return {{"controller", "bitcoinnetwork"}, {"name", "bitcoinnetwork"}};
}

}  // namespace

metric_families::metric_families(const metrics_options& options) {
  declare_reconciles(options);
  declare_queue();
  declare_requests(options);
  declare_watches_and_caches();
  declare_writes();
  declare_peers();
  declare_rest(options);
}

void metric_families::declare_reconciles(const metrics_options& options) {
  reconciles =
      counters(registry, "controller_runtime_reconcile_total", "Reconciliations by result.")
          .by(by_result, of_controller());
  reconcile_errors =
      counters(
          registry, "controller_runtime_reconcile_errors_total", "Reconciliations that failed.")
          .one(of_controller());
  terminal_errors = counters(registry,
                             "controller_runtime_terminal_reconcile_errors_total",
                             "Errors that no retry mends.")
                        .one(of_controller());
  panics = counters(registry,
                    "controller_runtime_reconcile_panics_total",
                    "Reconcile actors that died of an exception.")
               .one(of_controller());
  reconcile_seconds = histograms(registry,
                                 "controller_runtime_reconcile_time_seconds",
                                 "Time of one reconciliation, its writes included.")
                          .one(of_controller(), reconcile_buckets());
  concurrent_reconciles_max = gauges(registry,
                                     "controller_runtime_max_concurrent_reconciles",
                                     "Limit of reconciliations at the same time.")
                                  .one(of_controller());
  concurrent_reconciles_max->Set(static_cast<double>(options.reconcile_actors_max));
  active_workers =
      gauges(registry, "controller_runtime_active_workers", "Reconciliations under way.")
          .one(of_controller());
}

void metric_families::declare_queue() {
  queue_depth =
      gauges(registry, "workqueue_depth", "Networks that wait for a look.").one(of_queue());
  queue_adds =
      counters(registry, "workqueue_adds_total", "Networks that became due.").one(of_queue());
  queue_seconds = histograms(registry,
                             "workqueue_queue_duration_seconds",
                             "Time from due to the begin of the reconciliation.")
                      .one(of_queue(), queue_buckets());
  work_seconds = histograms(registry,
                            "workqueue_work_duration_seconds",
                            "Time from the begin of a reconciliation to its end.")
                     .one(of_queue(), queue_buckets());
  unfinished_seconds = gauges(registry,
                              "workqueue_unfinished_work_seconds",
                              "Sum of the ages of the reconciliations under way.")
                           .one(of_queue());
  longest_running_seconds = gauges(registry,
                                   "workqueue_longest_running_processor_seconds",
                                   "Age of the oldest reconciliation under way.")
                                .one(of_queue());
  retries = counters(registry,
                     "workqueue_retries_total",
                     "Reconciliations put back to be done again after a delay.")
                .one(of_queue());
}

void metric_families::declare_requests(const metrics_options& options) {
  const prometheus::Labels host{{"host", options.api_host}};
  requests = counters(registry,
                      "rest_client_requests_total",
                      "Requests to the API server by HTTP status; <error> for no answer.")
                 .by(by_method, by_code, host);
  request_seconds = histograms(registry,
                               "rest_client_request_duration_seconds",
                               "Time to the complete answer of a request, watches left out.")
                        .by(by_http_verb, host, request_buckets());
}

void metric_families::declare_watches_and_caches() {
  const auto kinds = by_kind<k8s::watched_kinds>();
  watch_restarts = counters(registry,
                            "bitcoin_controller_watch_restarts_total",
                            "Watches opened again, by what ended the one before.")
                       .by(kinds, by_cause, {});
  watch_events =
      counters(registry, "bitcoin_controller_watch_events_total", "Watch events received.")
          .by(kinds, by_type, {});
  decode_errors = counters(registry,
                           "bitcoin_controller_decode_errors_total",
                           "Watch lines and objects that could not be read and were skipped.")
                      .by(kinds, {});
  cache_objects =
      gauges(registry, "bitcoin_controller_cache_objects", "Objects in the cache.").by(kinds, {});
  cache_synced =
      gauges(
          registry, "bitcoin_controller_cache_synced", "1 when the cache has had a complete list.")
          .by(kinds, {});
}

void metric_families::declare_writes() {
  counters writes_total(
      registry, "bitcoin_controller_writes_total", "Writes that the API server accepted.");
  counters drift(registry,
                 "bitcoin_controller_drift_corrections_total",
                 "Children put back after somebody changed a field of ours.");
  const auto kinds = by_kind<k8s::all_kinds>();
  const auto index = [](auto e) { return static_cast<std::size_t>(e); };
  const auto with_kind = [&](kind k) { return with_label({}, kinds, index(k)); };
  using enum write_verb;
  const std::vector<std::pair<kind, std::vector<write_verb>>> written{
      {kind::bitcoin_network, {patch}},
      {kind::stateful_set, {create, apply, patch}},
      {kind::service, {create, apply, patch}},
      {kind::secret, {create, apply}},
      {kind::event, {create, patch}},
      {kind::claim, {patch}}};
  for (const auto& [k, verbs] : written) {
    for (const auto verb : verbs) {
      writes.at(index(k)).at(index(verb)) =
          writes_total.one(with_label(with_kind(k), by_verb, index(verb)));
    }
  }
  for (const auto k : {kind::stateful_set, kind::service, kind::secret}) {
    drift_corrections.at(index(k)) = drift.one(with_kind(k));
  }
}

void metric_families::declare_peers() {
  peer_requests = counters(registry,
                           "bitcoin_controller_peer_rpc_total",
                           "Requests to bitcoin nodes by how they ended; a batch is one.")
                      .by(by_peer_method, by_peer_result, {});
  peer_request_seconds = histograms(registry,
                                    "bitcoin_controller_peer_rpc_duration_seconds",
                                    "Time to the end of a request to a bitcoin node.")
                             .by(by_peer_method, {}, request_buckets());
  peer_requests_in_flight = gauges(registry,
                                   "bitcoin_controller_peer_rpc_in_flight",
                                   "Requests to bitcoin nodes without an answer yet.")
                                .one({});
  peer_changes = counters(registry,
                          "bitcoin_controller_peer_changes_total",
                          "What bitcoin nodes were told about each other.")
                     .by(by_peer_change, {});
  peer_nodes = gauges(registry,
                      "bitcoin_controller_peer_nodes",
                      "Bitcoin nodes by what they did when they were last asked.")
                   .by(by_peer_state, {});
  blocks_made = counters(registry,
                         "bitcoin_controller_blocks_made_total",
                         "Blocks that nodes made because of spec.mining.")
                    .one({});
}

void metric_families::declare_rest(const metrics_options& options) {
  networks =
      gauges(registry, "bitcoin_controller_networks", "BitcoinNetworks under control.").one({});
  networks_degraded = gauges(registry,
                             "bitcoin_controller_networks_degraded",
                             "BitcoinNetworks whose condition Degraded is True.")
                          .by(by_degraded_reason, {});
  resyncs = counters(registry, "bitcoin_controller_resyncs_total", "Periodic resyncs.").one({});
  events =
      counters(
          registry, "bitcoin_controller_events_total", "Kubernetes Events by what became of them.")
          .by(by_event_result, {});
  actor_restarts = counters(registry,
                            "bitcoin_controller_actor_restarts_total",
                            "Actors that the supervisor started again.")
                       .by(by_actor, {});
  gauges(registry, "bitcoin_controller_build_info", "Always 1; the labels tell the build.")
      .one({{"version", options.version}, {"compiler", __VERSION__}})
      ->Set(1);
}

}  // namespace btc::telemetry
