#include "actors/cache_actor.hpp"

#include <algorithm>
#include <utility>

namespace btc::actors {

using namespace messages;

void cache_state::start(cache_args args) {
  args_ = std::move(args);
  unsynced_ = args_.env->namespaces;
  if (unsynced_.empty()) {
    unsynced_.emplace_back();  // one scope: all namespaces
  }
  fail_visibly(self_, *args_.env, title());
  show();
}

std::string cache_state::title() const {
  return "cache " + std::string{k8s::info(args_.kind).plural};
}

void cache_state::on_changed(const objects_changed& m) {
  push(store_.change(*m.changes, m.ns, m.resource_version));
}

void cache_state::on_replaced(const objects_replaced& m) {
  push(store_.replace(*m.objects, m.ns, m.resource_version, m.consistent));
  if (std::erase(unsynced_, m.ns) > 0 && unsynced_.empty()) {
    self_->send(args_.dispatch, cache_synced{args_.kind});
  }
  show();
}

void cache_state::on_written(const object_written& m) {
  push(store_.written(m.object, args_.env->namespaces.empty() ? "" : m.object->meta.key.ns));
  show();
}

void cache_state::on_replay(const replay_objects& m) {
  self_->send(args_.dispatch,
              objects_replayed{m.network,
                               args_.kind,
                               std::make_shared<const std::vector<k8s::object_ptr>>(
                                   store_.owned_by(m.network))});
}

void cache_state::push(std::vector<object_change> changes) {
  if (changes.empty()) {
    return;
  }
  self_->send(args_.dispatch,
              objects_changed{
                  std::make_shared<const std::vector<object_change>>(std::move(changes)), {}, {}});
  show();
}

void cache_state::show() const {
  args_.env->metrics.set_cache(args_.kind, store_.size(), unsynced_.empty());
}

void cache_state::fill(actor_reports& out) const {
  out.actor.state = unsynced_.empty() ? "synced" : "waiting for the first list";
  out.cache = telemetry::cache_report{std::string{k8s::info(args_.kind).name},
                                      store_.size(),
                                      unsynced_.empty(),
                                      store_.resource_version()};
}

cache_actor::behavior_type cache(cache_state::pointer self, cache_args args) {
  self->state.start(std::move(args));
  return {on(self, &cache_state::on_changed),
          on(self, &cache_state::on_replaced),
          on(self, &cache_state::on_written),
          on(self, &cache_state::on_replay),
          on_report_request(self)};
}

}  // namespace btc::actors
