#include "actors/supervisor_actor.hpp"

#include "actors/api_actor.hpp"
#include "actors/cache_actor.hpp"
#include "actors/dispatch_actor.hpp"
#include "actors/peer_actor.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/recorder_actor.hpp"
#include "actors/status_collector.hpp"
#include "actors/watch_actor.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;
using telemetry::actor_kind;

namespace {

constexpr std::array<k8s::kind, k8s::watched_kinds> kinds{
    k8s::kind::bitcoin_network, k8s::kind::stateful_set, k8s::kind::service, k8s::kind::pod};

/// Our own kind is watched whole; of the others only what carries our label.
[[nodiscard]] k8s::scope scope_of(k8s::kind kind, const std::string& ns) {
  return {ns,
          kind == k8s::kind::bitcoin_network ? std::string{}
                                             : std::string{reconcile::managed_selector}};
}

}  // namespace

void supervisor_state::start(supervisor_args args) {
  args_ = std::move(args);
  started_ = self_->clock().now();
  fail_visibly(self_, *args_.env, title(), [this] {
    constexpr int failed = 1;  // main waits for this word, and nobody else would say it
    if (const auto finished = std::exchange(args_.finished, {})) {
      finished(failed);
    }
  });
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  spawn_pipeline();
}

supervisor_state::~supervisor_state() {
  end_children();
}

void supervisor_state::spawn_pipeline() {
  const auto* env = args_.env;
  api_ = self_->spawn<caf::monitored>(api, api_args{env, caf::actor_cast<supervisor_actor>(self_)});
  const auto events = self_->spawn<caf::monitored>(recorder, recorder_args{env, api_});
  const auto peers = self_->spawn<caf::monitored>(peer, peer_args{env});
  const auto dispatcher =
      self_->spawn<caf::monitored>(dispatch, dispatch_args{env, api_, events, peers});
  adopt({"api", actor_kind::api, api_, {}});
  adopt({"recorder", actor_kind::event, events, {}});
  adopt({"peer", actor_kind::peer, peers, {}});
  adopt({"dispatch", actor_kind::dispatch, dispatcher, {}});
  auto caches = std::make_shared<cache_handles>();
  for (const auto kind : kinds) {
    const auto handle = self_->spawn<caf::monitored>(cache, cache_args{env, kind, dispatcher});
    caches->of[static_cast<std::size_t>(kind)] = handle;
    adopt({"cache " + std::string{k8s::info(kind).plural}, actor_kind::cache, handle, {}});
  }
  self_->send(dispatcher, begin_dispatch{caches});
  const auto namespaces = env->namespaces.empty() ? std::vector<std::string>{{}} : env->namespaces;
  for (const auto kind : kinds) {
    for (const auto& ns : namespaces) {
      spawn_watch(kind, ns, caches->of[static_cast<std::size_t>(kind)]);
    }
  }
}

void supervisor_state::spawn_watch(k8s::kind kind,
                                   const std::string& ns,
                                   const cache_actor& cache) {
  const auto actor =
      self_->spawn<caf::monitored>(watch, watch_args{args_.env, kind, scope_of(kind, ns), cache});
  auto title = "watch " + std::string{k8s::info(kind).plural};
  adopt(
      {ns.empty() ? title : title + " in " + ns, actor_kind::watch, actor, [this, kind, ns, cache] {
         spawn_watch(kind, ns, cache);
       }});
  self_->send(actor, begin_watch{});
}

void supervisor_state::adopt(child c) {
  auto address = c.actor.address();
  children_.emplace(std::move(address), std::move(c));
}

void supervisor_state::end_children() {
  for (const auto& [address, c] : std::exchange(children_, {})) {
    self_->demonitor(address);
    caf::anon_send_exit(address, caf::exit_reason::user_shutdown);
  }
}

// -- failures ---------------------------------------------------------------------------

void supervisor_state::on_down(const caf::down_msg& down) {
  const auto found = children_.find(down.source);
  if (found == children_.end() || draining_) {
    return;
  }
  const auto failed = std::move(found->second);
  children_.erase(found);
  ++restarts_[failed.title];
  args_.env->metrics.actor_restarted(failed.kind);
  if (failed.kind == actor_kind::watch) {
    args_.env->log.warn("watch-actor-down", "it is started again", {{"actor", failed.title}});
  } else {
    args_.env->log.warn("pipeline-down", "all is started again", {{"actor", failed.title}});
  }
  if (!may_restart()) {
    args_.env->log.error("too-many-failures", "the controller gives up", {{"actor", failed.title}});
    finish(1);
    return;
  }
  if (failed.respawn) {
    due_.push_back(failed.respawn);
  } else {
    end_children();
    due_.clear();
    pipeline_due_ = true;
    ++generation_;
  }
  self_->delayed_send(self_, args_.env->limits.respawn_delay, restart_due{generation_});
}

bool supervisor_state::may_restart() {
  const auto now = self_->clock().now();
  const auto& limits = args_.env->limits;
  failures_.push_back(now);
  while (failures_.front() + limits.restart_window < now) {
    failures_.pop_front();
  }
  return failures_.size() <= limits.restarts_max;
}

void supervisor_state::on_restart(const restart_due& m) {
  if (m.generation != generation_ || draining_) {
    return;
  }
  if (std::exchange(pipeline_due_, false)) {
    spawn_pipeline();
  }
  for (const auto& respawn : std::exchange(due_, {})) {
    respawn();
  }
}

// -- the end ------------------------------------------------------------------------------

void supervisor_state::on_drain(const drain&) {
  if (std::exchange(draining_, true)) {
    return;
  }
  args_.env->log.info("draining", "watches stop, requests in flight are finished");
  const auto keep = api_ ? api_.address() : caf::actor_addr{};
  for (const auto& [address, c] : children_) {
    if (address != keep) {
      caf::anon_send_exit(address, caf::exit_reason::user_shutdown);
    }
  }
  if (!api_ || pipeline_due_) {
    finish(0);
    return;
  }
  self_->send(api_, drain{});
  self_->delayed_send(self_, args_.env->limits.drain_deadline, drain_timeout{});
}

void supervisor_state::on_drained(const drained&) {
  args_.env->log.info("drained", "every request has its answer");
  finish(0);
}

void supervisor_state::on_drain_timeout(const drain_timeout&) {
  args_.env->log.warn("drain-timeout", "requests in flight were given up");
  finish(0);
}

void supervisor_state::finish(int code) {
  draining_ = true;
  end_children();
  api_ = messages::api_actor{};
  if (auto finished = std::exchange(args_.finished, {})) {
    finished(code);
  }
  self_->quit();
}

// -- status -------------------------------------------------------------------------------

void supervisor_state::on_status(const status_requested& m) {
  std::vector<named_actor> actors;
  actors.reserve(children_.size());
  for (const auto& [address, c] : children_) {
    const auto restarts = restarts_.find(c.title);
    actors.push_back({c.title, c.actor, restarts == restarts_.end() ? 0 : restarts->second});
  }
  const auto uptime = std::chrono::duration<double>(self_->clock().now() - started_).count();
  collect_status(self_->system(), std::move(actors), *args_.env, uptime, m.done);
}

void supervisor_state::fill(actor_reports& out) const {
  out.actor.state = draining_ ? "draining" : "supervising";
}

supervisor_actor::behavior_type supervisor(supervisor_state::pointer self, supervisor_args args) {
  self->state.start(std::move(args));
  return {on(self, &supervisor_state::on_status),
          on(self, &supervisor_state::on_restart),
          on(self, &supervisor_state::on_drain),
          on(self, &supervisor_state::on_drained),
          on(self, &supervisor_state::on_drain_timeout),
          on_report_request(self)};
}

}  // namespace btc::actors
