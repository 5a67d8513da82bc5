#include "actors/reconcile/status_events.hpp"

#include "actors/reconcile/status.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace btc::reconcile {

namespace {

/// Reasons of bitcoin::chain_view that are not worth an Event.
constexpr std::array<std::string_view, 4> quiet_reasons{
    "Checking", "NodesNotReady", "NothingToConnect", "NothingToCompare"};

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
        || std::find(quiet_reasons.begin(), quiet_reasons.end(), now->reason)
               != quiet_reasons.end()) {
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
