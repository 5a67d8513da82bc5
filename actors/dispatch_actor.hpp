#pragma once

#include "actors/actor_base.hpp"
#include "actors/degraded_count.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace btc::actors {

struct dispatch_args {
  const environment* env{nullptr};
  messages::api_actor api{};
  messages::recorder_actor recorder{};
  messages::peer_actor peer{};
};

/// Owns: which networks there are, one reconcile actor for each, and whose turn it is.
/// Accepts: begin_dispatch, objects_changed, cache_synced, objects_replayed, turn_wanted,
///   turn_over, resync_due, respawn_due.
/// Sends: network_changed, objects_replayed, turn_granted, resync to reconcile actors;
///   replay_objects to caches; network_gone to peer, because a reconcile actor that is told to end
///   sends nothing more.
/// Timers: resync_due; respawn_due after a reconcile actor failed.
/// On failure: the supervisor starts the whole pipeline again. A reconcile actor that fails is
///   started again by this actor after a delay, and no other network is touched.
///
/// No reconcile actor starts before every cache is complete: a child that is not listed yet would
/// look absent.
class dispatch_state {
 public:
  using pointer = messages::dispatch_actor::stateful_pointer<dispatch_state>;
  static constexpr const char* name = "btc.dispatch";

  explicit dispatch_state(pointer self) : self_(self) {}
  dispatch_state(const dispatch_state&) = delete;
  dispatch_state& operator=(const dispatch_state&) = delete;
  /// Ends the reconcile actors, however this actor ended.
  ~dispatch_state();
  void start(dispatch_args args);

  void on_begin(const messages::begin_dispatch& m);
  void on_changed(const messages::objects_changed& m);
  void on_synced(const messages::cache_synced& m);
  void on_replayed(const messages::objects_replayed& m);
  void on_turn_wanted(const messages::turn_wanted& m);
  void on_turn_over(const messages::turn_over& m);
  void on_resync(const messages::resync_due& m);
  void on_respawn(const messages::respawn_due& m);

  [[nodiscard]] static std::string title() { return "dispatch"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  /// A network that exists; `actor` is empty while it waits to be started.
  struct network {
    messages::reconcile_actor actor{};
    caf::actor_addr address{};
    std::optional<telemetry::degraded_reason> degraded{};
  };

  void route(const messages::object_change& change);
  void track(const messages::object_change& change);
  void spawn(const k8s::object_key& key);
  void retire(const k8s::object_key& key);
  void grant_turns();
  /// The network's turn, or its wish for one, ends with it.
  void forget_turn(const k8s::object_key& key);
  void on_down(const caf::down_msg& down);
  [[nodiscard]] bool ready() const noexcept { return synced_.size() == k8s::watched_kinds; }

  pointer self_;
  dispatch_args args_{};
  std::shared_ptr<const messages::cache_handles> caches_{};
  std::set<k8s::kind> synced_{};
  std::unordered_map<k8s::object_key, network, k8s::object_key_hash> networks_{};
  std::deque<k8s::object_key> waiting_{};  ///< for a turn, first come first served
  std::unordered_set<k8s::object_key, k8s::object_key_hash> acting_{};
  degraded_count degraded_{};
};

[[nodiscard]] messages::dispatch_actor::behavior_type dispatch(dispatch_state::pointer self,
                                                               dispatch_args args);

}  // namespace btc::actors
