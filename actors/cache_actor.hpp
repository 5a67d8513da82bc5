#pragma once

#include "actors/actor_base.hpp"
#include "actors/object_store.hpp"

#include <string>
#include <vector>

namespace btc::actors {

struct cache_args {
  const environment* env{nullptr};
  k8s::kind kind{};
  messages::dispatch_actor dispatch{};
};

/// Owns: all objects of one kind (object_store), fed by one watch per scope.
/// Accepts: objects_changed, objects_replaced (watch), object_written (reconcile), replay_objects.
/// Sends: objects_changed, objects_replayed, cache_synced to dispatch; pushes, is never polled.
/// Timers: none.
/// On failure: the supervisor starts the whole pipeline again; nothing is lost, it lists anew.
class cache_state {
 public:
  using pointer = messages::cache_actor::stateful_pointer<cache_state>;
  static constexpr const char* name = "btc.cache";

  explicit cache_state(pointer self) : self_(self) {}
  void start(cache_args args);

  void on_changed(const messages::objects_changed& m);
  void on_replaced(const messages::objects_replaced& m);
  void on_written(const messages::object_written& m);
  void on_replay(const messages::replay_objects& m);

  [[nodiscard]] std::string title() const;
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  void push(std::vector<messages::object_change> changes);
  void show() const;

  pointer self_;
  cache_args args_{};
  object_store store_{};
  std::vector<std::string> unsynced_{};  ///< scopes whose first complete state is missing
};

[[nodiscard]] messages::cache_actor::behavior_type cache(cache_state::pointer self,
                                                         cache_args args);

}  // namespace btc::actors
