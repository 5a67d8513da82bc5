#include "actors/telemetry/metrics.hpp"

#include "actors/telemetry/metric_families.hpp"
#include "actors/telemetry/process_metrics.hpp"
#include "actors/telemetry/work_in_progress.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>

namespace btc::telemetry {

namespace {

template <class Enum>
std::size_t index(Enum e) noexcept {
  return static_cast<std::size_t>(e);
}

/// Counts, where there is something to count: not every kind has every series.
void count(counter c) noexcept {
  if (c != nullptr) {
    c->Increment();
  }
}

/// The handle of a kind or a method; none for one beyond those that have series.
template <class Handles, class Enum>
typename Handles::value_type handle_of(const Handles& handles, Enum e) noexcept {
  return index(e) < handles.size() ? handles[index(e)] : typename Handles::value_type{};
}

std::string_view to_string(prometheus::MetricType type) noexcept {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "other";
  }
}

std::string label_names(const prometheus::MetricFamily& f) {
  std::string names;
  if (!f.metric.empty()) {
    for (const auto& l : f.metric.front().label) {
      names += (names.empty() ? "" : ", ") + l.name;
    }
  }
  return names;
}

}  // namespace

struct metrics::impl {
  explicit impl(const metrics_options& options) : handles(options) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const {
    auto all = handles.registry.Collect();
    auto process_families = process.collect();
    std::move(process_families.begin(), process_families.end(), std::back_inserter(all));
    return all;
  }

  metric_families handles;
  process_metrics process{};
  work_in_progress work{};
};

metrics::metrics(const metrics_options& options) : impl_(std::make_unique<impl>(options)) {}

metrics::~metrics() = default;

void metrics::queue_added() noexcept {
  impl_->handles.queue_adds->Increment();
  impl_->handles.queue_depth->Increment();
}

void metrics::work_started(seconds waited, time_point now) {
  impl_->handles.queue_depth->Decrement();
  impl_->handles.queue_seconds->Observe(waited.count());
  impl_->handles.active_workers->Increment();
  impl_->work.started(now);
}

void metrics::work_ended(time_point started, time_point now) {
  impl_->work.ended(started);
  impl_->handles.active_workers->Decrement();
  impl_->handles.work_seconds->Observe(seconds(now - started).count());
}

void metrics::queue_abandoned() noexcept {
  impl_->handles.queue_depth->Decrement();
}

void metrics::retried() noexcept {
  impl_->handles.retries->Increment();
}

void metrics::reconciled(reconcile_result result, seconds took) {
  impl_->handles.reconciles.at(index(result))->Increment();
  impl_->handles.reconcile_seconds->Observe(took.count());
  if (result == reconcile_result::error) {
    impl_->handles.reconcile_errors->Increment();
  }
}

void metrics::terminal_error() noexcept {
  impl_->handles.terminal_errors->Increment();
}

void metrics::reconcile_panicked() noexcept {
  impl_->handles.panics->Increment();
}

void metrics::set_networks(std::size_t count) noexcept {
  impl_->handles.networks->Set(static_cast<double>(count));
}

void metrics::set_degraded(degraded_reason reason, std::size_t networks) noexcept {
  impl_->handles.networks_degraded[index(reason)]->Set(static_cast<double>(networks));
}

degraded_reason degraded_reason_of(std::string_view reason) noexcept {
  const auto& names = by_degraded_reason.values;
  const auto* const found = std::find(names.begin(), names.end(), reason);
  return found == names.end() ? degraded_reason::other
                              : static_cast<degraded_reason>(found - names.begin());
}

void metrics::resynced() noexcept {
  impl_->handles.resyncs->Increment();
}

void metrics::drift_corrected(k8s::kind child) noexcept {
  count(impl_->handles.drift_corrections[index(child)]);
}

void metrics::wrote(k8s::kind k, write_verb verb) noexcept {
  count(impl_->handles.writes[index(k)][index(verb)]);
}

void metrics::request_answered(k8s::method m, int status) noexcept {
  count(handle_of(impl_->handles.requests, m)[code_index(status)]);
}

void metrics::request_took(k8s::method m, seconds took) {
  if (auto* const series = handle_of(impl_->handles.request_seconds, m)) {
    series->Observe(took.count());
  }
}

void metrics::watch_restarted(k8s::kind k, watch_restart cause) noexcept {
  count(handle_of(impl_->handles.watch_restarts, k)[index(cause)]);
}

void metrics::watch_event_received(k8s::kind k, watch_event type) noexcept {
  count(handle_of(impl_->handles.watch_events, k)[index(type)]);
}

void metrics::decode_failed(k8s::kind k) noexcept {
  count(handle_of(impl_->handles.decode_errors, k));
}

void metrics::set_cache(k8s::kind k, std::size_t objects, bool synced) noexcept {
  if (auto* const series = handle_of(impl_->handles.cache_objects, k)) {
    series->Set(static_cast<double>(objects));
    handle_of(impl_->handles.cache_synced, k)->Set(synced ? 1 : 0);
  }
}

void metrics::peer_answered(peer_method m, peer_result r, seconds took) {
  impl_->handles.peer_requests.at(index(m)).at(index(r))->Increment();
  impl_->handles.peer_request_seconds.at(index(m))->Observe(took.count());
}

void metrics::set_peer_requests(std::size_t in_flight) noexcept {
  impl_->handles.peer_requests_in_flight->Set(static_cast<double>(in_flight));
}

void metrics::peer_told(peer_change c, std::size_t times) noexcept {
  impl_->handles.peer_changes[index(c)]->Increment(static_cast<double>(times));
}

void metrics::block_made() noexcept {
  impl_->handles.blocks_made->Increment();
}

void metrics::set_peer_nodes(peer_node state, std::size_t count) noexcept {
  impl_->handles.peer_nodes[index(state)]->Set(static_cast<double>(count));
}

void metrics::event_recorded(event_result result) noexcept {
  impl_->handles.events[index(result)]->Increment();
}

void metrics::actor_restarted(actor_kind a) noexcept {
  impl_->handles.actor_restarts[index(a)]->Increment();
}

std::string metrics::expose(time_point now) const {
  const auto ages = impl_->work.at(now);
  impl_->handles.unfinished_seconds->Set(ages.sum.count());
  impl_->handles.longest_running_seconds->Set(ages.longest.count());
  return prometheus::TextSerializer{}.Serialize(impl_->collect());
}

std::vector<metrics::family> metrics::families() const {
  std::vector<family> result;
  for (const auto& f : impl_->collect()) {
    result.push_back({f.name, std::string(to_string(f.type)), label_names(f), f.help});
  }
  return result;
}

}  // namespace btc::telemetry
