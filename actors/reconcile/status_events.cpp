#include "actors/reconcile/status_events.hpp"

#include "actors/bitcoin/chain_view.hpp"
#include "actors/reconcile/status.hpp"

#include <string>

namespace btc::reconcile {

namespace {

/// That nobody asks the nodes because of it is told by the Event of Degraded.
[[nodiscard]] bool is_told_by_degraded(const k8s::condition& c, const k8s::network_status& status) {
  const auto* degraded = k8s::find_condition(status, condition_degraded);
  return degraded != nullptr && degraded->status == "True" && degraded->reason == c.reason;
}

[[nodiscard]] bool is_true(const k8s::condition* c) noexcept {
  return c != nullptr && c->status == "True";
}

}  // namespace

std::vector<announcement> news_of(const k8s::network_status& before,
                                  const k8s::network_status& after) {
  std::vector<announcement> news;
  for (const auto type : {condition_peers, condition_chain}) {
    const auto* now = k8s::find_condition(after, type);
    const bool was = is_true(k8s::find_condition(before, type));
    if (now == nullptr || was == is_true(now) || is_told_by_degraded(*now, after)
        || bitcoin::is_said_without_asking(now->reason)) {
      continue;
    }
    if (was) {
      news.push_back({announcement::severity::warning, now->reason, now->message});
    } else {
      news.push_back({announcement::severity::normal, std::string{type}, now->message});
    }
  }
  return news;
}

}  // namespace btc::reconcile
