#pragma once

#include "test/sim/cluster/resource_type.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace caf {
class scheduled_actor;
}

namespace btc::sim {

class coordinator;

/// What a run's present state came from, as one number: two runs whose steps differ only in the
/// order of those that know nothing of each other have the same.
///
/// Each step is an event with a number of its own, made of what it depends on: an actor's step of
/// who the actor is and all messages that it got up to this one, in order; an answer of the request
/// and of the writes to the resource before it. So the number stands for a happens-before relation,
/// and equal numbers mean equal states (Musuvathi, Qadeer: "Iterative context bounding", PLDI 2007,
/// caching of happens-before). What is not told apart: resourceVersions and uids, which are
/// compared within one resource only.
class causes {
 public:
  [[nodiscard]] bool on() const noexcept { return on_; }
  void enable() noexcept { on_ = true; }

  /// A step begins; what it makes gets marks from it.
  void begin(std::uint64_t event) noexcept;
  [[nodiscard]] std::uint64_t mark() noexcept;
  /// The step is this actor's next message.
  void begin_act(std::uint32_t process, caf::scheduled_actor& actor);
  /// The present step depends on everything, and everything after it depends on it.
  void alone() noexcept { alone_ = mixed_into(alone_); }
  /// Something was written to a resource by the present step.
  void wrote(type_id type) noexcept;
  /// The step is over: who got a message by it?
  void collect(std::uint32_t process, coordinator& scheduler);

  /// The history of a resource; of all but Events, which nobody reads.
  [[nodiscard]] std::uint64_t writes(type_id type) const noexcept;
  [[nodiscard]] std::uint64_t all_writes() const noexcept;
  /// Of all mailboxes and resources.
  [[nodiscard]] std::uint64_t state() const noexcept;

 private:
  [[nodiscard]] std::uint64_t mixed_into(std::uint64_t chain) const noexcept;

  struct mailbox {
    std::uint64_t who{0};
    std::uint64_t got{0};  ///< of all messages that ever came
    std::uint64_t steps{0};
    std::deque<std::uint64_t> waiting{};  ///< `got` as it was with each that waits
  };

  bool on_{false};
  std::uint64_t event_{0};
  std::uint64_t made_{0};
  std::uint64_t alone_{0};
  std::map<std::pair<std::uint32_t, std::uint64_t>, mailbox> boxes_{};
  std::array<std::uint64_t, type_count> writes_{};
};

/// A number made of several, in this order.
[[nodiscard]] std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept;

}  // namespace btc::sim
