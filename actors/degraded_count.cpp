#include "actors/degraded_count.hpp"

#include "actors/reconcile/status.hpp"

namespace btc::actors {

using telemetry::degraded_reason;

std::optional<degraded_reason> degraded_for(const k8s::bitcoin_network& network) {
  const auto* condition = k8s::find_condition(network.status, reconcile::condition_degraded);
  return condition != nullptr && condition->status == "True"
             ? std::optional{telemetry::degraded_reason_of(condition->reason)}
             : std::nullopt;
}

void degraded_count::start(telemetry::metrics& metrics) {
  metrics_ = &metrics;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    set(static_cast<degraded_reason>(i), 0);
  }
}

void degraded_count::change(std::optional<degraded_reason> from,
                            std::optional<degraded_reason> to) {
  if (from == to) {
    return;
  }
  if (from) {
    set(*from, counts_[static_cast<std::size_t>(*from)] - 1);
  }
  if (to) {
    set(*to, counts_[static_cast<std::size_t>(*to)] + 1);
  }
}

void degraded_count::set(degraded_reason reason, std::size_t networks) {
  counts_[static_cast<std::size_t>(reason)] = networks;
  metrics_->set_degraded(reason, networks);
}

}  // namespace btc::actors
