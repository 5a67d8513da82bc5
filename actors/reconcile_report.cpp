#include "actors/reconcile/status.hpp"
#include "actors/reconcile_actor.hpp"

namespace btc::actors {

using namespace messages;

void reconcile_state::fill(actor_reports& out) const {
  const auto now = self_->clock().now();
  const auto seconds = [](auto d) { return std::chrono::duration<double>(d).count(); };
  telemetry::network_report report;
  report.key = to_string(args_.key);
  report.reconciliations = reconciliations_;
  report.consecutive_failures = backoff_.failures();
  report.last_error = last_error_;
  report.last_writes = {last_writes_.begin(), last_writes_.end()};
  if (timer_pending_) {
    report.next_retry_seconds = seconds(retry_at_ - now);
  }
  if (phase_ == phase::acting) {
    report.acting_seconds = seconds(now - asked_at_);
  }
  if (const auto& network = view_.network()) {
    const auto& status = network->status;
    report.phase = status.phase;
    report.nodes = network->spec.nodes;
    report.ready_nodes = status.ready_nodes;
    report.generation = network->meta.generation;
    report.observed_generation = status.observed_generation;
    report.waiting_for = reconcile::why_not_ready(status);
  }
  out.actor.state = phase_ == phase::acting    ? "acting"
                    : phase_ == phase::loading ? "loading"
                    : phase_ == phase::queued  ? "queued"
                    : timer_pending_           ? "waiting"
                                               : "idle";
  out.network = std::move(report);
}

}  // namespace btc::actors
