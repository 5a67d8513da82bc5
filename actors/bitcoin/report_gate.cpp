#include "actors/bitcoin/report_gate.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::bitcoin {

namespace {

[[nodiscard]] bool same_case(const finding& a, const finding& b) {
  return a.is == b.is && a.reason == b.reason;
}

/// The nodes whose word a reader waits for: all that are wanted, once all of them are ready.
[[nodiscard]] std::vector<std::pair<std::string_view, std::int32_t>> lives(const chain_report& r) {
  std::vector<std::pair<std::string_view, std::int32_t>> all;
  for (const auto& node : r.nodes) {
    if (node.ready && node.ordinal < r.nodes_wanted) {
      all.emplace_back(node.pod_uid, node.restarts);
    }
  }
  if (all.size() < static_cast<std::size_t>(r.nodes_wanted)) {
    all.clear();
  }
  return all;
}

[[nodiscard]] bool same_subject(const chain_report& a, const chain_report& b) {
  return a.network_uid == b.network_uid && a.shape == b.shape && a.nodes_wanted == b.nodes_wanted
         && lives(a) == lives(b);
}

[[nodiscard]] bool same_case(const chain_report& a, const chain_report& b) {
  return same_subject(a, b) && same_case(a.view.peers_connected, b.view.peers_connected)
         && same_case(a.view.chain_converged, b.view.chain_converged);
}

/// Whom to ask for a parent is no news.
[[nodiscard]] bool same(const chain_report& a, const chain_report& b) {
  return same_subject(a, b) && a.nodes == b.nodes && a.view.height == b.view.height
         && a.view.tip_hash == b.view.tip_hash && a.view.peers_connected == b.view.peers_connected
         && a.view.chain_converged == b.view.chain_converged;
}

}  // namespace

std::shared_ptr<const chain_report> report_gate::offer(time_point now, chain_report r) {
  wake_at_.reset();
  if (last_ != nullptr && same(*last_, r)) {
    return nullptr;
  }
  if (last_ != nullptr && !sent_.empty()) {
    const bool prompt = !same_case(*last_, r);
    const auto counts_from = prompt ? sent_.front() : sent_.back();
    const bool full = !prompt || sent_.size() == prompt_max;
    if (full && now < counts_from + interval_) {
      wake_at_ = counts_from + interval_;
      return nullptr;
    }
  }
  sent_.push_back(now);
  if (sent_.size() > prompt_max) {
    sent_.pop_front();
  }
  last_ = std::make_shared<const chain_report>(std::move(r));
  return last_;
}

void report_gate::forget() noexcept {
  last_.reset();
  wake_at_.reset();
}

}  // namespace btc::bitcoin
