#pragma once

#include "test/sim/scheduler/choice.hpp"

#include <caf/detail/test_actor_clock.hpp>

#include <optional>

namespace btc::sim {

/// The clock of the simulated actors. Time moves only when the driver fires a timer or sets it.
class virtual_clock final : public caf::detail::test_actor_clock {
 public:
  [[nodiscard]] bool empty() const noexcept { return schedule_.empty(); }
  [[nodiscard]] std::size_t pending() const noexcept { return schedule_.size(); }
  /// When the earliest timer is due; nothing when none is pending.
  [[nodiscard]] std::optional<time_point> next_due() const;
  /// How many timers share the earliest due time.
  [[nodiscard]] std::size_t due_together() const;

  /// Time passes up to the earliest due time, and one of the timers that share it fires; the
  /// source breaks the tie. No handler runs in here: a timer only enqueues a message. Gives who
  /// receives it, or nothing when no timer is pending.
  caf::strong_actor_ptr fire_one(choice_source& choices);

  /// Time passes without a timer, never backwards.
  void advance_to(time_point t) noexcept;
};

}  // namespace btc::sim
