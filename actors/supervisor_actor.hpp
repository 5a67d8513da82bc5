#pragma once

#include "actors/actor_base.hpp"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace btc::actors {

struct supervisor_args {
  const environment* env{nullptr};
  /// Called once, on an actor's thread: the controller has ended with this exit code.
  std::function<void(int)> finished{};
};

/// Owns: the tree: api, recorder, peer, dispatch, a cache per kind, a watch per kind and namespace.
/// Accepts: status_requested, drain, drained, restart_due, drain_timeout.
/// Sends: begin_watch, begin_dispatch, drain.
/// Timers: restart_due after a failure; drain_timeout.
/// On failure: main ends the process with code 1.
///
/// A watch that fails is started again alone: it lists anew and its cache takes the difference. Any
/// other child that fails takes the whole pipeline with it: they hold each other's handles, a
/// restart costs one list per kind, and a level-based controller loses nothing by it. Too many
/// failures in a short time end the process, and its Deployment starts it afresh.
class supervisor_state {
 public:
  using pointer = messages::supervisor_actor::stateful_pointer<supervisor_state>;
  static constexpr const char* name = "btc.supervisor";

  explicit supervisor_state(pointer self) : self_(self) {}
  supervisor_state(const supervisor_state&) = delete;
  supervisor_state& operator=(const supervisor_state&) = delete;
  ~supervisor_state();
  void start(supervisor_args args);

  void on_status(const messages::status_requested& m);
  void on_restart(const messages::restart_due& m);
  void on_drain(const messages::drain& m);
  void on_drained(const messages::drained& m);
  void on_drain_timeout(const messages::drain_timeout& m);

  [[nodiscard]] static std::string title() { return "supervisor"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  struct child {
    std::string title{};
    telemetry::actor_kind kind{};
    messages::reporting_actor actor{};
    std::function<void()> respawn{};  ///< empty: its failure restarts the pipeline
  };

  void spawn_pipeline();
  void spawn_watch(k8s::kind kind, const std::string& ns, const messages::cache_actor& cache);
  void adopt(child c);
  void end_children();
  void on_down(const caf::down_msg& down);
  /// Counts a failure; false when there were too many.
  [[nodiscard]] bool may_restart();
  void finish(int code);

  pointer self_;
  supervisor_args args_{};
  std::map<caf::actor_addr, child> children_{};
  messages::api_actor api_{};
  std::vector<std::function<void()>> due_{};  ///< watches to be started at the next restart_due
  std::map<std::string, std::uint64_t> restarts_{};  ///< per title, for the status page
  std::deque<std::chrono::steady_clock::time_point> failures_{};
  std::uint64_t generation_{0};  ///< of the pipeline; a restart_due of an older one is stale
  bool pipeline_due_{false};
  bool draining_{false};
  std::chrono::steady_clock::time_point started_{};
};

[[nodiscard]] messages::supervisor_actor::behavior_type supervisor(supervisor_state::pointer self,
                                                                   supervisor_args args);

}  // namespace btc::actors
