#pragma once

#include "actors/environment.hpp"
#include "messages/reports.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <utility>

namespace btc::actors {

/// Figures that every actor keeps about itself; part of its state, touched by no other thread.
class vitals {
 public:
  using duration = std::chrono::steady_clock::duration;

  void handled(duration took) noexcept {
    ++messages_;
    total_ += took;
    longest_ = took > longest_ ? took : longest_;
  }
  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
  [[nodiscard]] double total_seconds() const noexcept { return seconds(total_); }
  [[nodiscard]] double longest_seconds() const noexcept { return seconds(longest_); }

 private:
  [[nodiscard]] static double seconds(duration d) noexcept {
    return std::chrono::duration<double>(d).count();
  }

  std::uint64_t messages_{0};
  duration total_{};
  duration longest_{};
};

/// One row of a behaviour: a message goes to a member function of the state, and the time it took
/// goes to the state's `vitals`. An actor's behaviour is a table of these.
template <class Self, class State, class Message>
[[nodiscard]] auto on(Self* self, void (State::*handler)(const Message&)) {
  return [self, handler](const Message& m) {
    const auto begin = self->clock().now();
    auto& state = self->state;  // g++ 12 takes a wrong one under UBSan if it stands below
    (state.*handler)(m);
    state.vitals_.handled(self->clock().now() - begin);
  };
}

/// The row that every actor has: its report, with the state's own part from State::fill.
template <class Self>
[[nodiscard]] auto on_report_request(Self* self) {
  return [self](const messages::report_request&) -> messages::report {
    auto out = std::make_shared<messages::actor_reports>();
    auto& state = self->state;
    out->actor.name = state.title();
    out->actor.mailbox_depth = self->mailbox().size();
    out->actor.messages_handled = state.vitals_.messages();
    out->actor.handling_seconds_total = state.vitals_.total_seconds();
    out->actor.handling_seconds_max = state.vitals_.longest_seconds();
    state.fill(*out);
    return out;
  };
}

/// An exception in a handler is a bug: it is logged, and the actor ends with a reason that its
/// supervisor sees. Nobody else is affected. `tell` is called too, by an actor that has none.
template <class Self>
void fail_visibly(
    Self* self, const environment& env, std::string title, std::function<void()> tell = [] {}) {
  self->set_exception_handler([&env, title = std::move(title), tell = std::move(tell)](
                                  std::exception_ptr& failure) -> caf::error {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      env.log.error("actor-failed",
                    "an actor ended by an exception",
                    {{"actor", title}, {"error", std::string_view{e.what()}}});
    } catch (...) {
      env.log.error("actor-failed", "an actor ended by an exception", {{"actor", title}});
    }
    tell();
    return caf::exit_reason::unhandled_exception;
  });
}

/// Jitter source of one actor: splitmix64, seeded once by the environment.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}

  /// In [0, 1).
  [[nodiscard]] double next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1.0p-53;
  }
  /// A time around `middle`, at most this share of it away: what many would do at once is spread.
  [[nodiscard]] std::chrono::milliseconds around(std::chrono::milliseconds middle,
                                                 double share) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        middle * (1 - share + 2 * share * next()));
  }

 private:
  std::uint64_t state_;
};

}  // namespace btc::actors
