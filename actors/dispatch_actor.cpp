#include "actors/dispatch_actor.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile_actor.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;

void dispatch_state::start(dispatch_args args) {
  args_ = std::move(args);
  fail_visibly(self_, *args_.env, title());
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  // A predecessor may have left them where it ended.
  args_.env->metrics.set_networks(0);
  degraded_.start(args_.env->metrics);
  self_->delayed_send(self_, args_.env->limits.resync_interval, resync_due{});
}

dispatch_state::~dispatch_state() {
  for (const auto& [key, entry] : networks_) {
    if (entry.actor) {
      caf::anon_send_exit(entry.address, caf::exit_reason::user_shutdown);
    }
  }
}

void dispatch_state::on_begin(const begin_dispatch& m) {
  caches_ = m.caches;
}

void dispatch_state::on_changed(const objects_changed& m) {
  for (const auto& change : *m.changes) {
    if (change.object->kind == k8s::kind::bitcoin_network) {
      track(change);
    } else {
      route(change);
    }
  }
}

/// A network appeared, changed or went away.
void dispatch_state::track(const object_change& change) {
  const auto& key = change.object->meta.key;
  if (change.deleted) {
    retire(key);
    return;
  }
  const auto [entry, is_new] = networks_.try_emplace(key);
  const auto degraded = degraded_for(*k8s::as<k8s::bitcoin_network>(change.object));
  degraded_.change(std::exchange(entry->second.degraded, degraded), degraded);
  if (is_new) {
    args_.env->metrics.set_networks(networks_.size());
    if (ready()) {
      spawn(key);
    }
  } else if (entry->second.actor) {
    self_->send(entry->second.actor, network_changed{change});
  }
}

/// A child changed: whoever owns it is told. A child without a network of ours is garbage or
/// foreign, and nobody's business.
void dispatch_state::route(const object_change& change) {
  const auto found = networks_.find(reconcile::owner_key(*change.object));
  if (found != networks_.end() && found->second.actor) {
    self_->send(found->second.actor, network_changed{change});
  }
}

void dispatch_state::on_synced(const cache_synced& m) {
  synced_.insert(m.kind);
  if (!ready()) {
    return;
  }
  args_.env->log.info("caches-synced",
                      "all caches are complete, reconciliation begins",
                      {{"networks", networks_.size()}});
  for (const auto& [key, entry] : networks_) {
    if (!entry.actor) {
      spawn(key);
    }
  }
}

void dispatch_state::spawn(const k8s::object_key& key) {
  const auto actor =
      self_->spawn<caf::monitored>(reconcile_network,
                                   reconcile_args{args_.env,
                                                  key,
                                                  args_.api,
                                                  args_.recorder,
                                                  args_.peer,
                                                  caf::actor_cast<dispatch_actor>(self_),
                                                  caches_});
  auto& entry = networks_[key];
  entry.actor = actor;
  entry.address = actor.address();
  // The answers pass through this actor, so they keep their place among later changes.
  for (const auto& cache : caches_->of) {
    self_->send(cache, replay_objects{key});
  }
}

void dispatch_state::retire(const k8s::object_key& key) {
  const auto found = networks_.find(key);
  if (found == networks_.end()) {
    return;
  }
  if (found->second.actor) {
    self_->demonitor(found->second.address);
    self_->send_exit(found->second.address, caf::exit_reason::user_shutdown);
  }
  degraded_.change(found->second.degraded, {});
  networks_.erase(found);
  forget_turn(key);
  self_->send(args_.peer, network_gone{key});
  args_.env->metrics.set_networks(networks_.size());
  args_.env->log.info("network-gone",
                      "the network was deleted, its children are garbage collected",
                      {{"network", to_string(key)}});
}

void dispatch_state::on_replayed(const objects_replayed& m) {
  const auto found = networks_.find(m.network);
  if (found != networks_.end() && found->second.actor) {
    self_->send(found->second.actor, m);
  }
}

// -- turns --------------------------------------------------------------------------

void dispatch_state::on_turn_wanted(const turn_wanted& m) {
  waiting_.push_back(m.network);
  grant_turns();
}

void dispatch_state::on_turn_over(const turn_over& m) {
  acting_.erase(m.network);
  grant_turns();
}

void dispatch_state::grant_turns() {
  while (!waiting_.empty() && acting_.size() < args_.env->limits.turns_max) {
    const auto key = std::move(waiting_.front());
    waiting_.pop_front();
    const auto found = networks_.find(key);
    if (found != networks_.end() && found->second.actor) {
      acting_.insert(key);
      self_->send(found->second.actor, turn_granted{});
    }
  }
}

void dispatch_state::forget_turn(const k8s::object_key& key) {
  std::erase(waiting_, key);
  acting_.erase(key);
  grant_turns();
}

void dispatch_state::on_resync(const resync_due&) {
  args_.env->metrics.resynced();
  for (const auto& [key, entry] : networks_) {
    if (entry.actor) {
      self_->send(entry.actor, resync{});
    }
  }
  self_->delayed_send(self_, args_.env->limits.resync_interval, resync_due{});
}

void dispatch_state::on_down(const caf::down_msg& down) {
  const auto found = std::find_if(networks_.begin(), networks_.end(), [&](const auto& entry) {
    return entry.second.address == down.source;
  });
  if (found == networks_.end()) {
    return;
  }
  args_.env->metrics.reconcile_panicked();
  args_.env->metrics.actor_restarted(telemetry::actor_kind::reconcile);
  args_.env->log.error("network-actor-down",
                       "a reconcile actor ended; it is started again",
                       {{"network", to_string(found->first)}});
  found->second = {.degraded = found->second.degraded};
  forget_turn(found->first);
  self_->delayed_send(self_, args_.env->limits.respawn_delay, respawn_due{found->first});
}

void dispatch_state::on_respawn(const respawn_due& m) {
  const auto found = networks_.find(m.network);
  if (found != networks_.end() && !found->second.actor) {
    spawn(m.network);
  }
}

void dispatch_state::fill(actor_reports& out) const {
  out.actor.state = ready() ? "dispatching" : "waiting for the caches";
  out.children.reserve(networks_.size());
  for (const auto& [key, entry] : networks_) {
    if (entry.actor) {
      out.children.push_back({"network " + to_string(key), entry.actor, 0});
    }
  }
}

dispatch_actor::behavior_type dispatch(dispatch_state::pointer self, dispatch_args args) {
  self->state.start(std::move(args));
  return {on(self, &dispatch_state::on_begin),
          on(self, &dispatch_state::on_changed),
          on(self, &dispatch_state::on_synced),
          on(self, &dispatch_state::on_replayed),
          on(self, &dispatch_state::on_turn_wanted),
          on(self, &dispatch_state::on_turn_over),
          on(self, &dispatch_state::on_resync),
          on(self, &dispatch_state::on_respawn),
          on_report_request(self)};
}

}  // namespace btc::actors
