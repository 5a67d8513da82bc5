#pragma once

#include "test/sim/scheduler/virtual_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace caf {
class scheduled_actor;
}

namespace btc::sim {

/// A scheduler for CAF 0.17.6 without threads and without a will of its own: one step is one
/// message of one runnable actor, and the caller says which.
///
/// All legal interleavings of a CAF program come from which actor runs next and when completions
/// and timers arrive; inside a mailbox the order per sender is CAF's guarantee. What is particular
/// to 0.17 (job queue, execution unit, clock) stays in this folder.
class coordinator final : public caf::scheduler::test_coordinator {
 public:
  using super = caf::scheduler::test_coordinator;

  explicit coordinator(caf::actor_system& system);
  ~coordinator() override;

  /// Found by actor_system_config::load.
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>);
  [[nodiscard]] static coordinator& of(caf::actor_system& system);

  [[nodiscard]] virtual_clock& clock() noexcept override { return clock_; }

  [[nodiscard]] std::size_t runnable() const noexcept { return jobs.size(); }
  /// The actor that run_at(i) would run; nullptr for what is no actor.
  [[nodiscard]] caf::scheduled_actor* actor_at(std::size_t i) const noexcept;
  /// Runs one message of the i-th runnable actor. One that has more mail queues up again at the
  /// end.
  void run_at(std::size_t i);

  /// Every actor that ever was scheduled and has not ended, in the order of their birth.
  [[nodiscard]] const std::vector<caf::strong_actor_ptr>& living();
  /// Ends an actor as a fault would: the signal overtakes its mail, which is never read.
  void kill(const caf::strong_actor_ptr& actor);
  /// A process that dies: no actor handles another message, no timer fires.
  void kill_all();

  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

 protected:
  /// Unlike the base class, never runs an actor's code: its loop would not end for an actor that
  /// arms a timer again and again.
  void stop() override;
  void enqueue(caf::resumable* job) override;

 private:
  class unit;

  void push(caf::resumable* job);
  void note_birth(caf::resumable* job);

  virtual_clock clock_{};
  std::unique_ptr<unit> unit_;
  std::vector<caf::strong_actor_ptr> actors_{};
  std::uint64_t newest_{0};  ///< highest actor id seen; ids only grow
  std::uint64_t steps_{0};
};

/// The configuration of an actor system that runs on a coordinator. Made once and used for many
/// systems: parsing it costs more than a system does.
class simulation_config : public caf::actor_system_config {
 public:
  simulation_config();
};

}  // namespace btc::sim
