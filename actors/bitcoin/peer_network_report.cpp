#include "actors/bitcoin/peer_network.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

// -- what it amounts to -------------------------------------------------------------------

chain_input peer_network::input() const {
  chain_input in;
  in.chain = target_->chain;
  in.nodes_wanted = target_->nodes_wanted;
  in.connects = target_->shape != topology::none;
  in.known_parent = known_parent_;
  for (const auto& [ordinal, node] : nodes_) {
    if (ordinal < target_->nodes_wanted) {
      in.nodes.push_back(
          {ordinal, node.target.ready, node.answer, node.trouble, node.answer_under != wishes_});
    }
  }
  return in;
}

void peer_network::look(time_point now) {
  const auto in = input();
  view_ = view_chain(in);
  if (view_.ask_for_parent && parent_asked_of_ != view_.tip_hash) {
    parent_asked_of_ = view_.tip_hash;
    parent_order_ = view_.ask_for_parent;
  } else if (parent_order_) {
    parent_order_ = view_.ask_for_parent;  // whoever can tell by now, or nobody
  }
  const bool mines = target_->acting && target_->credentials != nullptr;
  const auto step = mining_.step(
      now, mines ? target_->mining_interval : std::chrono::seconds{0}, miners_of(in, view_));
  mining_wake_ = step.wake_at;
  if (!mining_.current()) {
    mining_trouble_.clear();
  }
  if (step.mine_on) {
    mine_order_ = step.mine_on;
  } else if (!mines || !mining_.current()) {
    mine_order_.reset();
  }
}

bool peer_network::too_early_to_tell() const noexcept {
  return target_->credentials != nullptr
         && std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& entry) {
              const auto& [ordinal, node] = entry;
              return ordinal < target_->nodes_wanted && node.target.ready
                     && (node.recheck || !node.known()
                         || (node.answer && node.answer_under != wishes_));
            });
}

std::string peer_network::trouble() const {
  const node_state* first = nullptr;
  for (const auto& [ordinal, node] : nodes_) {
    // What a node says that only starts is no trouble, unless it refuses us.
    const bool counts = node.target.ready || node.last == rpc_result::unauthorized;
    if (counts && !node.trouble.empty()
        && (first == nullptr || (node.silent() && !first->silent()))) {
      first = &node;
    }
  }
  return first == nullptr ? mining_trouble_
                          : "node " + std::to_string(first->target.ordinal) + ": " + first->trouble;
}

std::shared_ptr<const chain_report> peer_network::take_report(time_point now) {
  const bool due = gate_.wake_at() && *gate_.wake_at() <= now;
  if ((!news_ && !due) || target_->credentials == nullptr || too_early_to_tell()) {
    return nullptr;
  }
  news_ = false;
  chain_report r{target_->uid, target_->shape, target_->nodes_wanted, {}, view_};
  for (const auto& [ordinal, node] : nodes_) {
    node_report line{ordinal, node.target.pod_uid, node.target.restarts, node.target.ready, {}, {}};
    if (node.answer) {
      line.peers = static_cast<std::int32_t>(
          std::min<std::int64_t>(node.answer->network.connections, INT32_MAX));
      line.height = node.answer->chain.blocks;
    }
    r.nodes.push_back(std::move(line));
  }
  return gate_.offer(now, std::move(r));
}

bool peer_network::take_refusal(time_point now) {
  if (!std::exchange(refused_, false)
      || (refusal_told_ && now < *refusal_told_ + options_.interval)) {
    return false;
  }
  refusal_told_ = now;
  return true;
}

std::vector<peer_note> peer_network::take_notes() {
  return std::exchange(notes_, {});
}

/// When `node` alone needs somebody to ask for its next call.
std::optional<peer_network::time_point> peer_network::wake_of(std::int32_t ordinal,
                                                              const node_state& node,
                                                              bool slow_too) const {
  if (!has_room(node)) {
    return {};  // an answer makes some
  }
  const bool ordered = (!mining_call_ && mine_order_ == ordinal) || parent_order_ == ordinal;
  if (node.slow() && !slow_too && !ordered) {
    return {};
  }
  if (ordered || node.at == node_state::phase::connect_due) {
    return time_point::min();
  }
  if (node.at == node_state::phase::idle) {
    return node.due;
  }
  return {};
}

std::optional<peer_network::time_point> peer_network::wake_at(bool slow_too) const {
  std::optional<time_point> earliest;
  const auto consider = [&earliest](const std::optional<time_point>& t) {
    if (t && (!earliest || *t < *earliest)) {
      earliest = t;
    }
  };
  consider(mining_wake_);
  if (target_->credentials != nullptr && !too_early_to_tell()) {
    consider(gate_.wake_at());
  }
  if (target_->credentials == nullptr || in_flight_ >= options_.inflight_per_network_max) {
    return earliest;
  }
  for (const auto& [ordinal, node] : nodes_) {
    consider(wake_of(ordinal, node, slow_too));
  }
  return earliest;
}

}  // namespace btc::bitcoin
