#include "actors/bitcoin/peer_network.hpp"

#include "actors/bitcoin/chain_params.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

namespace {

using std::chrono::milliseconds;

/// Below mining_call_timeout, after which the plan gives the call up.
constexpr milliseconds mining_deadline = mining_call_timeout - std::chrono::seconds{1};
constexpr double jitter_share = 0.2;
constexpr double step_factor = 1.5;

[[nodiscard]] bool same_life(const node_target& a, const node_target& b) {
  return a.pod_uid == b.pod_uid && a.restarts == b.restarts && a.ip == b.ip;
}

[[nodiscard]] bool same_credentials(const network_target& a, const network_target& b) {
  return a.credentials == b.credentials
         || (a.credentials && b.credentials && *a.credentials == *b.credentials);
}

/// Whether the same nodes should be connected to each other.
[[nodiscard]] bool same_wishes(const network_target& a, const network_target& b) {
  return a.uid == b.uid && a.shape == b.shape && a.nodes_wanted == b.nodes_wanted;
}

/// Whether what the nodes are told, or with which words they are asked, is the same.
[[nodiscard]] bool same_rules(const network_target& a, const network_target& b) {
  return same_wishes(a, b) && a.chain == b.chain && a.acting == b.acting && same_credentials(a, b);
}

}  // namespace

peer_network::peer_network(const peer_options& options, random jitter)
    : options_(options), jitter_(std::move(jitter)), gate_(options.interval) {}

// -- what should be ---------------------------------------------------------------------

void peer_network::retarget(time_point now, std::shared_ptr<const network_target> target) {
  const auto old = std::exchange(target_, std::move(target));
  const bool same = old != nullptr && same_rules(*old, *target_);
  wishes_ += old != nullptr && same_wishes(*old, *target_) ? 0 : 1;
  const auto before = std::exchange(nodes_, {});
  for (const auto& t : target_->nodes) {
    adopt(t, before);
  }
  for (auto& [ordinal, node] : nodes_) {
    const auto known = before.find(ordinal);
    welcome(now, node, known == before.end() ? nullptr : &known->second, same);
  }
  if (options_.by_ip) {
    trigger_adders_of_lost_addresses(now, before);
  }
  if (!same && (old == nullptr || old->uid != target_->uid)) {
    gate_.forget();
  }
  news_ = true;
  look(now);
}

/// A node keeps what is known of it as long as it lives.
void peer_network::adopt(const node_target& t, const node_states& before) {
  const auto known = before.find(t.ordinal);
  auto& node = nodes_[t.ordinal];
  if (known != before.end() && same_life(known->second.target, t)) {
    node = known->second;
  } else {
    node.life = ++last_life_;
    node.step = options_.retry_min;
    node.wanted = added_by(target_->shape, target_->nodes_wanted, t.ordinal);
  }
  node.target = t;
}

/// `before`: what was known of the node of this ordinal, or nullptr.
void peer_network::welcome(time_point now,
                           node_state& node,
                           const node_state* before,
                           bool rules_same) {
  const auto ordinal = node.target.ordinal;
  const bool new_life = before == nullptr || before->life != node.life;
  const bool came = node.target.ready && (new_life || !before->target.ready);
  if (!rules_same) {
    node.wanted = added_by(target_->shape, target_->nodes_wanted, ordinal);
  }
  if (!rules_same || new_life || came) {
    trigger(now, node);
  }
  if (came) {
    node.failures = 0;  // what it did not answer before it was ready counts no more
    node.last = rpc_result::ok;
    trigger_adders_of(now, ordinal);
  }
}

void peer_network::trigger(time_point now, node_state& node) const {
  node.step = options_.retry_min;
  if (node.at != node_state::phase::idle) {
    node.urgent = true;
  } else if (!node.target.ip.empty()) {
    node.due = now;
  }
}

void peer_network::trigger_adders_of(time_point now, std::int32_t ordinal) {
  for (auto& [other, node] : nodes_) {
    if (std::binary_search(node.wanted.begin(), node.wanted.end(), ordinal)) {
      trigger(now, node);
    }
  }
}

/// The address of a node that went may soon be somebody else's.
void peer_network::trigger_adders_of_lost_addresses(time_point now, const node_states& before) {
  for (const auto& [ordinal, node] : before) {
    const auto known = nodes_.find(ordinal);
    if (known == nodes_.end() || known->second.target.ip != node.target.ip) {
      trigger_adders_of(now, ordinal);
    }
  }
}

milliseconds peer_network::jittered(milliseconds t) const {
  const auto factor = 1 - jitter_share + 2 * jitter_share * jitter_();
  return std::chrono::duration_cast<milliseconds>(t * factor);
}

void peer_network::schedule(time_point now, node_state& node, bool soon) {
  node.at = node_state::phase::idle;
  node.told.clear();
  node.ends.clear();
  node.polled.reset();
  if (node.urgent || node.recheck) {
    node.due = now;
  } else if (soon) {
    node.due = now + jittered(node.step);
    node.step = std::min(options_.interval,
                         std::chrono::duration_cast<milliseconds>(node.step * step_factor));
  } else {
    // All nodes are asked in one round: their heights can be compared.
    if (next_round_ <= now) {
      next_round_ = now + jittered(options_.interval);
    }
    node.due = next_round_;
    node.step = options_.retry_min;
  }
}

// -- what is sent -----------------------------------------------------------------------

bool peer_network::has_room(const node_state& node) const noexcept {
  const auto there = in_flight_to_.find(node.target.ip);
  return (there == in_flight_to_.end() || there->second < options_.inflight_per_node_max)
         && !node.target.ip.empty();
}

node_state* peer_network::with_room(const std::optional<std::int32_t>& ordinal) {
  const auto found = ordinal ? nodes_.find(*ordinal) : nodes_.end();
  return found != nodes_.end() && has_room(found->second) ? &found->second : nullptr;
}

rpc_order peer_network::order(node_state& node,
                              rpc_task task,
                              const std::vector<rpc_call>& calls,
                              milliseconds deadline) {
  ++in_flight_;
  ++in_flight_to_[node.target.ip];
  const auto* chain = find_chain(target_->chain);
  return {{node.target.ordinal, node.life, task, calls.size(), node.target.ip},
          {node.target.ip,
           chain == nullptr ? std::uint16_t{0} : chain->rpc_port,
           basic_authorization(*target_->credentials),
           batch_body(calls),
           task != rpc_task::mine},
          deadline,
          node.slow()};
}

node_state* peer_network::most_urgent(time_point now, bool slow_too) {
  node_state* best = nullptr;
  for (auto& [ordinal, node] : nodes_) {
    const bool connect = node.at == node_state::phase::connect_due;
    const bool poll = node.at == node_state::phase::idle && node.due && *node.due <= now;
    if ((!connect && !poll) || !has_room(node) || (node.slow() && !slow_too)) {
      continue;
    }
    if (connect) {
      return &node;
    }
    if (best == nullptr || *node.due < *best->due) {
      best = &node;
    }
  }
  return best;
}

std::optional<rpc_order> peer_network::next(time_point now, bool slow_too) {
  if (target_->credentials == nullptr || in_flight_ >= options_.inflight_per_network_max) {
    return std::nullopt;
  }
  if (auto* node = mining_call_ ? nullptr : with_room(mine_order_)) {
    mine_order_.reset();
    mining_call_ = true;
    return order(*node, rpc_task::mine, {generate_block()}, mining_deadline);
  }
  if (auto* node = with_room(parent_order_)) {
    parent_order_.reset();
    return order(*node, rpc_task::parent, {block_header(parent_asked_of_)}, options_.deadline);
  }
  auto* node = most_urgent(now, slow_too);
  if (node == nullptr) {
    return std::nullopt;
  }
  if (node->at == node_state::phase::idle) {
    node->at = node_state::phase::polling;
    node->asked_at = now;
    node->due.reset();
    node->urgent = false;
    return order(*node, rpc_task::poll, poll_calls(node->crowded), options_.deadline);
  }
  node->at = node_state::phase::connecting;
  notes_.push_back({peer_note::kind::told, node->target.ordinal, {}, node->told});
  const bool tries = std::any_of(node->told.begin(), node->told.end(), [](const rpc_call& call) {
    return call.params.size() > 1 && call.params.at(1) == "onetry";
  });
  return order(*node,
               rpc_task::connect,
               connect_calls(std::exchange(node->told, {})),
               tries ? options_.connect_deadline : options_.deadline);
}

}  // namespace btc::bitcoin
