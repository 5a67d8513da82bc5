#pragma once

#include "k8s/watch_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace btc::k8s {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

/// A command as a line of text, so that a whole step can be compared at once.
struct shown_watch_command {
  std::string operator()(const send_list& c) const {
    return "list limit=" + std::to_string(c.limit) + " version=" + c.resource_version
           + (c.continue_token.empty() ? "" : " continue=" + c.continue_token);
  }
  std::string operator()(const open_watch& c) const {
    return (c.send_initial_events ? "watch list version=" : "watch version=") + c.resource_version;
  }
  std::string operator()(const close_stream&) const { return "close"; }
  std::string operator()(const start_timer& c) const {
    return "timer " + std::to_string(c.delay.count());
  }
  std::string operator()(const discard_collected&) const { return "discard"; }
  std::string operator()(const deliver_replace& c) const {
    return "replace at " + c.resource_version + (c.consistent ? " consistent" : "");
  }
  std::string operator()(const deliver_event& c) const {
    return c.initial ? "initial event" : "event";
  }
};

inline const api_error expired{410, "Expired", "too old"};
inline const api_error unsupported{422, "Invalid", "sendInitialEvents is forbidden"};
inline const api_error unreachable{0, "Unreachable", "refused"};

class watch_machine_fixture : public testing::Test {
 protected:
  std::vector<std::string> give(const watch_input& input) {
    std::vector<std::string> out;
    for (const auto& command : machine_.step(input, now_)) {
      out.push_back(std::visit(shown_watch_command{}, command));
      if (const auto* timer = std::get_if<start_timer>(&command)) {
        timer_ = *timer;
      }
      if (const auto* watch = std::get_if<open_watch>(&command)) {
        asked_ = watch->timeout;
      }
    }
    return out;
  }
  /// The timer that was started last fires.
  std::vector<std::string> fire() {
    now_ += timer_.delay;
    return give(timer_fired{timer_.generation});
  }

  // -- ways into a phase --------------------------------------------------------------
  void to_streaming() { give(watch_started{}); }
  void to_listing() {
    to_streaming();
    give(request_failed{unsupported});
  }
  void to_watching() {
    to_streaming();
    give(watch_opened{});
    give(bookmark_arrived{"100", true});
    now_ += 10s;
  }
  void to_opening() {
    to_watching();
    give(stream_ended{});
  }
  void to_waiting() {
    to_streaming();
    give(request_failed{unreachable});
  }
  void enter(watch_phase phase) {
    switch (phase) {
      case watch_phase::idle:
        break;
      case watch_phase::listing:
        to_listing();
        break;
      case watch_phase::streaming_list:
        to_streaming();
        break;
      case watch_phase::opening:
        to_opening();
        break;
      case watch_phase::watching:
        to_watching();
        break;
      case watch_phase::waiting:
        to_waiting();
        break;
    }
    ASSERT_EQ(machine_.phase(), phase);
  }

  watch_machine::time_point now_{1h};
  double random_{0};
  watch_machine machine_{watch_limits{}, [this] { return random_; }};
  start_timer timer_{};
  std::chrono::seconds asked_{};
};

}  // namespace btc::k8s
