#pragma once

#include "actors/actor_base.hpp"
#include "messages/protocol.hpp"

namespace btc::actors {

struct recorder_args {
  const environment* env{nullptr};
  messages::api_actor api{};
};

class recorder_state;

/// Owns: the correlation of Events (pure: reconcile/event_correlator), the queue of unsent ones.
/// Accepts: record_event, api_answer, recorder_timer.
/// Sends: api_call in the background lane.
/// Timers: recorder_timer for the next try of Events whose sending failed.
/// On failure: an Event that cannot be sent is tried a bounded number of times, then dropped and
///   counted; nobody waits for one.
[[nodiscard]] messages::recorder_actor::behavior_type recorder(
    messages::recorder_actor::stateful_pointer<recorder_state> self, recorder_args args);

}  // namespace btc::actors
