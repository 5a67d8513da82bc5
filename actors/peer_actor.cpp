#include "actors/peer_actor.hpp"

#include "actors/peer_telemetry.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;

namespace {

[[nodiscard]] bitcoin::peer_options options_of(const environment& env) {
  const auto& limits = env.limits;
  return {limits.rpc_interval,
          std::min(limits.rpc_retry_min, limits.rpc_interval),
          limits.rpc_deadline,
          limits.rpc_connect_deadline,
          limits.inflight_rpc_per_node_max,
          limits.inflight_rpc_per_network_max,
          env.peers_by_ip};
}

}  // namespace

void peer_state::start(peer_args args) {
  args_ = args;
  fail_visibly(self_, *args_.env, title());
  random_ = std::make_unique<random_numbers>(args_.env->seed());
  for (std::size_t i = 0; i < counts_.size(); ++i) {  // a predecessor may have left others
    args_.env->metrics.set_peer_nodes(static_cast<telemetry::peer_node>(i), counts_[i]);
  }
  self_->set_down_handler([this](const caf::down_msg& down) {
    const auto found = std::find_if(networks_.begin(), networks_.end(), [&](const auto& entry) {
      return entry.second.sender_address == down.source;
    });
    if (found != networks_.end()) {
      forget(found);  // its reconcile actor will tell again when it is there again
    }
  });
}

// -- networks -----------------------------------------------------------------------------

void peer_state::on_targets(const network_targets& m) {
  auto found = networks_.find(m.network);
  if (found == networks_.end()) {
    bitcoin::peer_network state{options_of(*args_.env), [r = random_.get()] { return r->next(); }};
    found = networks_.emplace(m.network, network{std::move(state), ++last_generation_}).first;
  } else if (found->second.state.target().uid != m.target->uid) {
    book_.forget(found->second.state.target().uid);
  }
  auto& net = found->second;
  if (net.sender != m.sender) {
    if (net.sender) {
      self_->demonitor(net.sender_address);
    }
    net.sender = m.sender;
    net.sender_address = m.sender.address();
    net.state.forget_told();
    self_->monitor(net.sender);
  }
  book_.set(m.target->uid, m.target->addresses());
  net.state.retarget(self_->clock().now(), m.target);
  settle(found);
  pump();
}

void peer_state::on_gone(const network_gone& m) {
  if (const auto found = networks_.find(m.network); found != networks_.end()) {
    self_->demonitor(found->second.sender_address);
    forget(found);
  }
}

/// Its requests in flight end some time and are then nobody's.
void peer_state::forget(networks::iterator found) {
  schedule(found, std::nullopt);
  book_.forget(found->second.state.target().uid);
  change_counts(found->second.counts, {});
  networks_.erase(found);
}

// -- turns --------------------------------------------------------------------------------

void peer_state::pump() {
  const auto& limits = args_.env->limits;
  const auto now = self_->clock().now();
  if (slow_allowed()) {
    for (const auto& key : std::exchange(starved_, {})) {
      if (const auto found = networks_.find(key); found != networks_.end()) {
        schedule(found, found->second.state.wake_at(true));
      }
    }
  }
  while (calls_.size() < limits.inflight_rpc_max && turns_.first_at()
         && *turns_.first_at() <= now) {
    take_turn(networks_.find(turns_.first()));
  }
  arm();
}

void peer_state::take_turn(networks::iterator found) {
  const auto now = self_->clock().now();
  auto& net = found->second;
  net.state.look(now);
  auto order = net.state.next(now, slow_allowed());
  const bool sent = order.has_value();
  if (order) {
    send(found->first, net, *std::move(order));
  }
  settle(found);
  const auto next = net.state.wake_at(slow_allowed());
  if (!sent && next && *next <= now) {
    schedule(found, now + args_.env->limits.rpc_retry_min);  // never in a circle, whatever is wrong
  }
}

void peer_state::schedule(networks::iterator found, std::optional<time_point> at) {
  if (at) {
    // A network that is behind its time takes its turn behind those that were due before now.
    at = std::max(*at, self_->clock().now());
  }
  turns_.set(found->first, at);
}

void peer_state::arm() {
  const auto at = turns_.first_at();
  if (!at || calls_.size() >= args_.env->limits.inflight_rpc_max || (armed_ && *armed_ <= *at)) {
    return;  // where too much is in flight, the next answer goes on
  }
  armed_ = at;
  self_->delayed_send(
      self_, std::max(*at - self_->clock().now(), time_point::duration{0}), poll_due{++timer_});
}

void peer_state::on_due(const poll_due& m) {
  if (m.generation == timer_) {
    armed_.reset();
    pump();
  }
}

// -- requests -----------------------------------------------------------------------------

void peer_state::send(const k8s::object_key& key, const network& net, bitcoin::rpc_order order) {
  const auto id = ++last_id_;
  calls_[id] = {key, net.generation, order.ticket, order.slow, self_->clock().now()};
  slow_in_flight_ += order.slow ? 1 : 0;
  args_.env->metrics.set_peer_requests(calls_.size());
  args_.env->rpc.post(
      std::move(order.request),
      order.deadline,
      [me = caf::actor_cast<peer_actor>(self_), id](auto answer) {
        using result = k8s::result<bitcoin::rpc_response>;
        caf::anon_send(me, rpc_ended{id, std::make_shared<const result>(std::move(answer))});
      });
}

void peer_state::on_ended(const rpc_ended& m) {
  const auto node = calls_.extract(m.id);
  if (node.empty()) {
    return;
  }
  const auto& ended = node.mapped();
  const auto now = self_->clock().now();
  slow_in_flight_ -= ended.slow ? 1 : 0;
  args_.env->metrics.set_peer_requests(calls_.size());
  const auto found = networks_.find(ended.key);
  if (found != networks_.end() && found->second.generation == ended.generation) {
    const auto result = found->second.state.ended(now, ended.ticket, *m.answer, book_);
    args_.env->metrics.peer_answered(
        metric_of(ended.ticket.task), metric_of(result), now - ended.sent_at);
    settle(found);
  }
  pump();
}

void peer_state::settle(networks::iterator found) {
  auto& net = found->second;
  const auto now = self_->clock().now();
  for (const auto& note : net.state.take_notes()) {
    tell(found->first, note);
  }
  count(net);
  if (const auto report = net.state.take_report(now)) {
    self_->send(net.sender, chain_observed{report});
  }
  if (net.state.take_refusal(now)) {
    self_->send(net.sender, credentials_refused{net.state.target().uid});
  }
  if (!slow_allowed()) {
    starved_.insert(found->first);
  }
  schedule(found, net.state.wake_at(slow_allowed()));
}

// -- telemetry ----------------------------------------------------------------------------

void peer_state::tell(const k8s::object_key& key, const bitcoin::peer_note& note) {
  count_note(args_.env->metrics, note);
  log_note(args_.env->log, limiter_, to_string(key), note);
}

void peer_state::count(network& net) {
  const auto counts = count_nodes(net.state.nodes());
  change_counts(std::exchange(net.counts, counts), counts);
}

void peer_state::change_counts(const node_counts& from, const node_counts& to) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (to[i] != from[i]) {
      counts_[i] += to[i] - from[i];
      args_.env->metrics.set_peer_nodes(static_cast<telemetry::peer_node>(i), counts_[i]);
    }
  }
}

void peer_state::fill(actor_reports& out) const {
  out.actor.state = calls_.empty() ? "idle" : "asking";
  telemetry::peer_report report;
  report.in_flight = calls_.size();
  report.slow_in_flight = slow_in_flight_;
  report.networks.reserve(networks_.size());
  for (const auto& [key, net] : networks_) {
    report.networks.push_back(report_of(to_string(key), net.state));
  }
  std::ranges::sort(report.networks, {}, &telemetry::peer_network_report::key);
  out.peers = std::move(report);
}

peer_actor::behavior_type peer(peer_state::pointer self, peer_args args) {
  self->state.start(args);
  return {on(self, &peer_state::on_targets),
          on(self, &peer_state::on_gone),
          on(self, &peer_state::on_ended),
          on(self, &peer_state::on_due),
          on_report_request(self)};
}

}  // namespace btc::actors
