#include "actors/telemetry/metric_families.hpp"

#include "k8s/request.hpp"

#include <algorithm>
#include <string>

namespace btc::telemetry {

namespace {

using k8s::kind;
using buckets = prometheus::Histogram::BucketBoundaries;

// The label values stand in the order of their enums.

constexpr label<size_of<reconcile_result>> by_result{
    "result", {"success", "error", "requeue", "requeue_after"}};

constexpr label<size_of<watch_restart>> by_cause{
    "cause", {"ended", "gone", "error", "connection", "silent", "actor"}};

constexpr label<size_of<watch_event>> by_type{
    "type", {"added", "modified", "deleted", "bookmark", "error"}};

constexpr label<size_of<write_verb>> by_verb{"verb", {"create", "apply", "patch"}};

constexpr label<size_of<event_result>> by_event_result{"result",
                                                       {"sent", "aggregated", "dropped", "failed"}};

constexpr label<size_of<actor_kind>> by_actor{
    "actor", {"watch", "cache", "dispatch", "reconcile", "api", "peer", "event"}};

constexpr label<request_methods> by_method{"method", {"GET", "POST", "PATCH", "PUT", "DELETE"}};
constexpr label<request_methods> by_http_verb{"verb", by_method.values};

/// The label that controller-runtime sets on all of its own metrics.
prometheus::Labels of_controller() {
  return {{"controller", "bitcoinnetwork"}};
}

/// workqueue calls the queue by the controller's name too.
prometheus::Labels of_queue() {
  return {{"controller", "bitcoinnetwork"}, {"name", "bitcoinnetwork"}};
}

/// One label of kinds, the first N of the enum.
template <std::size_t N>
label<N> by_kind() {
  label<N> result{"kind", {}};
  for (std::size_t i = 0; i < N; ++i) {
    result.values[i] = k8s::info(static_cast<kind>(i)).name;
  }
  return result;
}

label<request_code_labels> by_code(const std::array<std::string, request_codes.size()>& texts) {
  label<request_code_labels> result{"code", {}};
  std::copy(texts.begin(), texts.end(), result.values.begin());
  result.values[request_codes.size()] = "other";
  result.values[request_codes.size() + 1] = "<error>";
  return result;
}

std::array<std::string, request_codes.size()> request_code_texts() {
  std::array<std::string, request_codes.size()> texts;
  std::transform(request_codes.begin(), request_codes.end(), texts.begin(), [](int code) {
    return std::to_string(code);
  });
  return texts;
}

// Buckets of the originals, so that their dashboards' quantiles stay comparable. Seconds.

buckets reconcile_buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
          0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5, 3.0,  3.5, 4.0,  4.5, 5,
          6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
}

buckets queue_buckets() {
  return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
}

buckets request_buckets() {
  return {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};
}

}  // namespace

std::size_t request_code_index(int status) noexcept {
  if (status == 0) {
    return request_codes.size() + 1;
  }
  // An unknown code gives end(), which is the position of "other".
  const auto found = std::find(request_codes.begin(), request_codes.end(), status);
  return static_cast<std::size_t>(found - request_codes.begin());
}

metric_families::metric_families(const metrics_options& options) {
  declare_reconciles(options);
  declare_queue();
  declare_requests(options);
  declare_watches_and_caches();
  declare_writes();
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
  retries =
      counters(
          registry, "workqueue_retries_total", "Failed reconciliations put back with back-off.")
          .one(of_queue());
}

void metric_families::declare_requests(const metrics_options& options) {
  const prometheus::Labels host{{"host", options.api_host}};
  const auto code_texts = request_code_texts();
  requests = counters(registry,
                      "rest_client_requests_total",
                      "Requests to the API server by HTTP status; <error> for no answer.")
                 .by(by_method, by_code(code_texts), host);
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
  const auto with_kind = [&](kind k) { return with_label({}, kinds, static_cast<std::size_t>(k)); };
  for (const auto k :
       {kind::bitcoin_network, kind::stateful_set, kind::service, kind::secret, kind::event}) {
    writes.at(static_cast<std::size_t>(k)) = writes_total.by(by_verb, with_kind(k));
  }
  for (const auto k : {kind::stateful_set, kind::service, kind::secret}) {
    drift_corrections.at(static_cast<std::size_t>(k)) = drift.one(with_kind(k));
  }
}

void metric_families::declare_rest(const metrics_options& options) {
  networks =
      gauges(registry, "bitcoin_controller_networks", "BitcoinNetworks under control.").one({});
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
