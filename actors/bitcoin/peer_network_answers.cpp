#include "actors/bitcoin/peer_network.hpp"
#include "actors/bitcoin/peer_plan.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

// -- what came back -----------------------------------------------------------------------

rpc_result peer_network::ended(time_point now,
                               const rpc_ticket& ticket,
                               const k8s::result<rpc_response>& answer,
                               const address_book& book) {
  --in_flight_;
  if (const auto there = in_flight_to_.find(ticket.host); --there->second == 0) {
    in_flight_to_.erase(there);
  }
  const auto found = nodes_.find(ticket.ordinal);
  const bool lives = found != nodes_.end() && found->second.life == ticket.life;
  auto* node = lives ? &found->second : nullptr;  // else the answer is one of the dead
  const auto result = take_in(now, ticket, node, answer, book);
  look(now);
  return result;
}

rpc_result peer_network::take_in(time_point now,
                                 const rpc_ticket& ticket,
                                 node_state* node,
                                 const k8s::result<rpc_response>& answer,
                                 const address_book& book) {
  switch (ticket.task) {
    case rpc_task::poll: {
      auto a = read_poll(answer, ticket.calls);
      const auto result = a.result;
      if (node != nullptr) {
        poll_ended(now, *node, std::move(a), book);
      }
      return result;
    }
    case rpc_task::connect: {
      auto a = read_connect(answer, ticket.calls);
      const auto result = a.result;
      if (node != nullptr) {
        connect_ended(now, *node, std::move(a), book);
      }
      return result;
    }
    case rpc_task::parent: {
      const auto a = read_call(answer);
      parent_ended(a);
      return a.result;
    }
    case rpc_task::mine:
      break;
  }
  const auto a = read_call(answer);
  mine_ended(now, ticket, a);
  return a.result;
}

void peer_network::poll_ended(time_point now,
                              node_state& n,
                              poll_answer a,
                              const address_book& book) {
  n.last = a.result;
  if (a.result != rpc_result::ok) {
    poll_failed(now, n, std::move(a));
    return;
  }
  if (n.silent() && n.target.ready) {
    notes_.push_back({peer_note::kind::answers_again, n.target.ordinal, {}, {}});
  }
  n.failures = 0;
  n.trouble.clear();
  if (!std::exchange(n.proven, true) && options_.by_ip) {
    trigger_adders_of(now, n.target.ordinal);  // they have waited for the proof
  }
  const auto connected = std::count_if(
      a.listed.begin(), a.listed.end(), [](const added_node& e) { return e.connected; });
  const bool was_crowded = std::exchange(n.crowded, a.network.connections_out > connected);
  auto plan = plan_node(*target_, nodes_, book, options_.by_ip, n, std::move(a.listed));
  n.ours = std::move(plan.ours);
  if (a.peers) {
    const auto doubles = end_doubles(*a.peers, n.ours);
    plan.calls.insert(plan.calls.begin(), doubles.begin(), doubles.end());
  }
  node_answer said{std::move(a.chain), a.network, plan.connected, n.wanted.size()};
  const bool belongs = n.target.ordinal < target_->nodes_wanted;  // else it is about to go
  if (plan.misled > 0) {
    notes_.push_back({peer_note::kind::misled, n.target.ordinal, {}, {}});
  }
  if (plan.calls.empty() || !target_->acting || !belongs) {
    take_answer(n, std::move(said), wishes_);
    schedule(now, n, (plan.lacking || (n.crowded && !was_crowded)) && belongs);
    news_ = true;
    recheck_lower(now, n);
    return;
  }
  // What it said is told only together with what came of this: a connection that is put back in the
  // same breath was never missing.
  n.polled = std::move(said);
  n.polled_under = wishes_;
  n.ends = other_ends(*target_, nodes_, plan.calls);
  n.told = std::move(plan.calls);
  n.at = node_state::phase::connect_due;
}

void peer_network::take_answer(node_state& n, node_answer said, std::uint64_t under) {
  n.answer = std::make_shared<const node_answer>(std::move(said));
  n.answer_under = under;
  n.answer_of = n.asked_at;
  n.recheck = n.recheck && n.asked_at < n.recheck_from;
}

/// They have another connection now, or one less, and would be told of a poll too late.
void peer_network::recheck_ends(time_point now, const std::vector<std::int32_t>& ends) {
  for (const auto ordinal : ends) {
    const auto found = nodes_.find(ordinal);
    if (found == nodes_.end() || !found->second.target.ready || found->second.slow()) {
      continue;
    }
    found->second.recheck = true;
    found->second.recheck_from = now;
    if (found->second.at == node_state::phase::idle) {
      trigger(now, found->second);
    }
  }
}

/// A node that seems to lack blocks may only have been asked earlier: it is asked again before that
/// is said of it.
void peer_network::recheck_lower(time_point now, const node_state& higher) {
  constexpr std::chrono::milliseconds same_time{1'000};
  for (auto& [ordinal, node] : nodes_) {
    const bool lower = node.answer && node.answer->chain.blocks + 1 < higher.answer->chain.blocks;
    if (lower && node.target.ready && !node.recheck && !node.slow()
        && node.answer_of + same_time < higher.answer_of) {
      node.recheck = true;
      node.recheck_from = {};
      if (node.at == node_state::phase::idle) {
        trigger(now, node);
      }
    }
  }
}

void peer_network::poll_failed(time_point now, node_state& n, poll_answer a) {
  n.trouble = std::move(a.trouble);
  n.recheck = false;
  ++n.failures;
  if (a.result == rpc_result::unauthorized) {
    n.proven = false;
    refused_ = true;
    notes_.push_back({peer_note::kind::refused_us, n.target.ordinal, n.trouble, {}});
  }
  if (n.silent()) {
    if (n.failures == node_state::silent_after_polls && n.target.ready) {
      notes_.push_back({peer_note::kind::silent, n.target.ordinal, n.trouble, {}});
    }
    n.answer.reset();
    news_ = true;
  }
  // A password that is wrong now is wrong in a second: other credentials, or another life, are
  // news.
  schedule(now, n, a.result != rpc_result::unauthorized);
}

void peer_network::connect_ended(time_point now,
                                 node_state& n,
                                 connect_answer a,
                                 const address_book& book) {
  const auto ends = std::exchange(n.ends, {});
  auto said = *std::move(n.polled);
  news_ = true;
  if (a.result != rpc_result::ok) {
    take_answer(n, std::move(said), n.polled_under);
    n.last = a.result;
    n.trouble = std::move(a.trouble);
    schedule(now, n, true);
    return;
  }
  auto plan = plan_node(*target_, nodes_, book, options_.by_ip, n, std::move(a.listed));
  n.ours = std::move(plan.ours);
  const bool changed = plan.connected != said.neighbours_connected
                       || a.network.connections != said.network.connections;
  said.network = a.network;
  said.neighbours_connected = plan.connected;
  said.neighbours_wanted = n.wanted.size();
  take_answer(n, std::move(said), wishes_);
  recheck_lower(now, n);
  if (changed) {
    recheck_ends(now, ends);
  }
  schedule(now, n, plan.lacking || !plan.calls.empty());
}

void peer_network::parent_ended(const call_answer& a) {
  auto found = a.result == rpc_result::ok ? decode_parent(a.value) : std::nullopt;
  if (found && found->block == parent_asked_of_) {  // else the tip has changed meanwhile
    known_parent_ = std::move(*found);
    news_ = true;
  }
}

void peer_network::mine_ended(time_point now, const rpc_ticket& ticket, const call_answer& a) {
  mining_call_ = false;
  mine_order_.reset();
  const bool made = a.result == rpc_result::ok;
  mining_.finished(now, made);
  mining_trouble_ = made ? "" : "node " + std::to_string(ticket.ordinal) + ": " + a.trouble;
  notes_.push_back({made ? peer_note::kind::block_made : peer_note::kind::block_failed,
                    ticket.ordinal,
                    a.trouble,
                    {}});
}

}  // namespace btc::bitcoin
