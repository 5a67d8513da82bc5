#pragma once

#include "actors/actor_base.hpp"
#include "actors/outgoing_event.hpp"
#include "actors/reconcile/event_correlator.hpp"
#include "actors/telemetry/log_limiter.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace btc::actors {

struct recorder_args {
  const environment* env{nullptr};
  messages::api_actor api{};
};

/// Owns: the correlation of Events (pure: reconcile/event_correlator), the queue of unsent ones.
/// Accepts: record_event, api_answer, recorder_timer.
/// Sends: api_call in the background lane.
/// Timers: recorder_timer for the next try after a sending failed.
/// On failure: the supervisor starts the whole pipeline again; unsent Events are lost. An Event
///   that cannot be sent is tried a bounded number of times, then dropped and counted; nobody
///   waits.
///
/// A failure that a retry may mend is one of the API server rather than of the Event, so it pauses
/// the whole queue: the order stays, and a server that is away is asked once per pause.
class recorder_state {
 public:
  using pointer = messages::recorder_actor::stateful_pointer<recorder_state>;
  static constexpr const char* name = "btc.recorder";
  // As in client-go, tools/record/event.go, but for the spread of the pause.
  static constexpr std::uint32_t tries_max = 12;
  static constexpr std::chrono::milliseconds pause{10'000};
  static constexpr double pause_spread = 0.25;

  explicit recorder_state(pointer self) : self_(self) {}
  void start(recorder_args args);

  void on_record(const messages::record_event& m);
  void on_answer(const messages::api_answer& m);
  void on_timer(const messages::recorder_timer& m);

  [[nodiscard]] static std::string title() { return "recorder"; }
  void fill(messages::actor_reports& out) const;

  vitals vitals_{};

 private:
  void send_some();
  void send(outgoing_event event);
  void on_failure(outgoing_event event, const k8s::api_error& error);
  void pause_sending(const k8s::api_error& error);
  /// `kind` of reason: what is logged once for all of it, since `why` may name the Event.
  void drop(telemetry::event_result as,
            const k8s::object_key& subject,
            std::string_view why,
            std::string_view kind);

  pointer self_;
  recorder_args args_{};
  reconcile::event_correlator correlator_{};
  event_ids ids_{};
  telemetry::log_limiter limiter_{};
  std::unique_ptr<random_numbers> random_{};
  std::deque<outgoing_event> queue_{};
  std::map<std::uint64_t, outgoing_event> inflight_{};  ///< by id of the api_call
  std::uint64_t call_id_{0};
  std::uint64_t timer_{0};  ///< generation of the pause that counts
  bool paused_{false};
  std::uint64_t dropped_{0};
};

[[nodiscard]] messages::recorder_actor::behavior_type recorder(recorder_state::pointer self,
                                                               recorder_args args);

}  // namespace btc::actors
