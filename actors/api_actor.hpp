#pragma once

#include "actors/actor_base.hpp"
#include "k8s/backoff_steps.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace btc::actors {

struct api_args {
  const environment* env{nullptr};
  messages::supervisor_actor supervisor{};
};

/// Owns: the queue of requests to the API server, and how many are in flight. The only writer.
/// Accepts: api_call, request_ended, drain.
/// Sends: api_answer, once per call; drained.
/// Timers: none; every request has the transport's deadline.
/// On failure: the supervisor starts the whole pipeline again; an answer that is lost with it was
///   of unknown outcome anyway.
///
/// Calls of the background lane (Events) go out only while no other waits, so that a thousand
/// networks converge before anybody is told of it. Identical reads that wait or are in flight are
/// joined: a thousand networks that share a Secret read it once. A server to which no connection
/// could be made a moment ago is not tried for each of a thousand networks either: for a pause
/// their calls have the answer of the one that tried, and every network its own back-off.
class api_state {
 public:
  using pointer = messages::api_actor::stateful_pointer<api_state>;
  using outcome = std::shared_ptr<const k8s::result<k8s::payload>>;
  static constexpr const char* name = "btc.api";
  /// From a network's own first step, so that a moment's absence is noticed as early as ever, to a
  /// fifth of its longest (backoff_limits::most_unreachable).
  static constexpr k8s::backoff_limits away_pauses{std::chrono::milliseconds{50},
                                                   std::chrono::milliseconds{1'000},
                                                   std::chrono::milliseconds{1'000}};

  explicit api_state(pointer self) : self_(self) {}
  void start(api_args args);

  void on_call(const messages::api_call& m);
  void on_ended(const messages::request_ended& m);
  void on_drain(const messages::drain& m);

  [[nodiscard]] static std::string title() { return "api"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  struct caller {
    messages::api_client sender{};
    std::uint64_t id{0};
  };
  struct slot {
    std::shared_ptr<const k8s::request> request{};
    bool background{false};
    std::vector<caller> waiters{};
  };

  /// True when `m` could be joined to a read that is queued or in flight.
  [[nodiscard]] bool join(const messages::api_call& m);
  void send_some();
  void send(std::uint64_t id);
  /// No connection could be made, and nothing is under way that could tell otherwise.
  [[nodiscard]] bool is_away() const;
  void learn_from(const outcome& of);
  void finish(const slot& ended, const outcome& with);

  pointer self_;
  api_args args_{};
  std::map<std::uint64_t, slot> slots_{};         ///< queued and in flight
  std::map<std::string, std::uint64_t> reads_{};  ///< target → slot, of every GET in slots_
  std::deque<std::uint64_t> control_{};
  std::deque<std::uint64_t> background_{};
  std::uint64_t last_slot_{0};
  std::size_t inflight_{0};
  std::size_t inflight_background_{0};
  outcome unreachable_{};  ///< of the request that found no server; nullptr since one was found
  std::chrono::steady_clock::time_point try_again_at_{};  ///< while unreachable_ is set
  k8s::backoff_steps pauses_{away_pauses};
  bool draining_{false};
};

[[nodiscard]] messages::api_actor::behavior_type api(api_state::pointer self, api_args args);

}  // namespace btc::actors
