#pragma once

#include "actors/app/event_loop_clock.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <deque>

namespace boost::asio {
class io_context;
}

namespace btc::app {

/// Messages that one actor may handle before the next actor has its turn.
inline constexpr std::size_t messages_per_turn = 8;
/// Actors that may have their turn before sockets and timers are looked at, which takes a system
/// call: a change passes some seven actors.
inline constexpr int turns_per_look = 8;

/// Runs CAF's actors on the event loop that serves the sockets, so that an answer, the actors that
/// it concerns and their next requests are one thread's work: no hand-over, no lock that anybody
/// waits for, and the same order of things as in the simulation, which has one thread too
/// (docs/adr/0012).
///
/// Jobs are run first come, first served. They may come from any thread while the loop runs. The
/// loop outlives the actor system, and is stopped before the system goes.
class event_loop_scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  using super = caf::scheduler::abstract_coordinator;

  event_loop_scheduler(caf::actor_system& system, boost::asio::io_context& loop);

  /// Makes the systems that are made from `config` run on `loop`.
  static void install(caf::actor_system_config& config, boost::asio::io_context& loop);

  void enqueue(caf::resumable* job) override;
  [[nodiscard]] event_loop_clock& clock() noexcept override { return clock_; }

 protected:
  /// CAF's own starts an actor with a thread that prints for others. Ours print nothing.
  void start() override {}
  /// Ends what never got to run. No handler runs any more.
  void stop() override;

 private:
  class unit final : public caf::execution_unit {
   public:
    unit(caf::actor_system& system, event_loop_scheduler& parent)
        : caf::execution_unit(&system), parent_(parent) {}
    void exec_later(caf::resumable* job) override { parent_.enqueue(job); }

   private:
    event_loop_scheduler& parent_;
  };

  /// Only where the loop runs, or after it has ended.
  void push(caf::resumable* job);
  void post_turns();
  void take_turns();
  void run(caf::resumable* job);

  boost::asio::io_context& loop_;
  event_loop_clock clock_;
  unit unit_;
  std::deque<caf::resumable*> jobs_{};
  bool posted_{false};  ///< turns are on their way
};

}  // namespace btc::app
