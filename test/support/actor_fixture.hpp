#pragma once

#include "actors/environment.hpp"
#include "actors/telemetry/capture_sink.hpp"
#include "test/support/fake_rpc.hpp"
#include "test/support/fake_transport.hpp"
#include "test/support/probe.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace btc::test {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// CAF's own test scheduler: no thread, nothing runs but in run() and advance().
class virtual_time_config : public caf::actor_system_config {
 public:
  virtual_time_config() {
    set("scheduler.policy", caf::atom("testing"));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

/// One actor, or a few, under a virtual clock, with everything around them replaced.
class actor_fixture : public testing::Test {
 protected:
  actor_fixture() {
    env.log = telemetry::logger{log, telemetry::log_level::debug};
    env.wall_clock = [this] { return wall_start + (clock().now() - start_); };
    env.seed = [this] { return ++seeds_; };
    env.password = [] { return std::string{"a-password"}; };
    env.version = "1.2.3";
    env.api_server = "https://cluster:6443";
  }

  /// Ends every actor, so that none re-arms a timer for ever and no handler outlives the system.
  ~actor_fixture() override {
    transport.calls.clear();
    transport.openings.clear();
    rpc.posts.clear();
    clock().cancel_all();
    for (const auto& actor : actors_) {
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    }
    run();
    clock().cancel_all();
  }

  /// Spawns an actor and runs it until it waits.
  template <class Factory, class Args>
  auto spawn(Factory factory, Args args) {
    auto handle = system.spawn(factory, std::move(args));
    own(handle);
    run();
    return handle;
  }
  template <class Handle>
  [[nodiscard]] probe<Handle> make_probe() {
    probe<Handle> out{system};
    own(out.handle());
    run();
    return out;
  }
  /// The actor ends with the test.
  template <class Handle>
  void own(const Handle& handle) {
    actors_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
  }

  /// Sends a message from nowhere and runs until everybody waits.
  template <class Handle, class Message>
  void tell(const Handle& to, Message m) {
    caf::anon_send(to, std::move(m));
    run();
  }
  template <class Handle>
  void kill(const Handle& handle) {
    caf::anon_send_exit(handle, caf::exit_reason::kill);
    run();
  }

  void run() { scheduler().run(); }
  /// Lets time pass from timer to timer, so that each handler sees the time its timer was due at.
  /// (CAF's own advance_time jumps to the end first.)
  void advance(std::chrono::nanoseconds time) {
    const auto end = clock().now() + time;
    run();
    while (!clock().schedule().empty() && clock().schedule().begin()->first <= end) {
      const auto due = clock().schedule().begin()->first;
      clock().advance_time(std::max(due - clock().now(), caf::timespan{0}));
      run();
    }
    clock().advance_time(end - clock().now());
    run();
  }

  /// An actor's answer to report_request.
  template <class Handle>
  [[nodiscard]] messages::report report_of(const Handle& actor) {
    messages::report out;
    const auto asker = system.spawn(
        [](caf::event_based_actor* self, const Handle& asked, messages::report* answer) {
          self->request(asked, 1s, messages::report_request{})
              .then([answer](const messages::report& r) { *answer = r; });
        },
        actor,
        &out);
    own(asker);
    run();
    return out;
  }

  [[nodiscard]] caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }
  [[nodiscard]] caf::detail::test_actor_clock& clock() { return scheduler().clock(); }
  /// A counter or gauge as /metrics shows it; -1 when there is none of that name.
  [[nodiscard]] double metric(const std::string& name_and_labels) {
    const auto text = '\n' + metrics.expose(clock().now());
    const auto at = text.find('\n' + name_and_labels + ' ');
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name_and_labels.size() + 2));
  }

  /// 2026-01-01T00:00:00Z, when each test begins.
  static constexpr std::chrono::system_clock::time_point wall_start{
      std::chrono::seconds{1'767'225'600}};

  telemetry::capture_sink log{};
  telemetry::metrics metrics{{"1.2.3", "cluster:6443", 100}};
  fake_transport transport{};
  fake_rpc rpc{};
  actors::environment env{transport, rpc, metrics};
  virtual_time_config config{};
  caf::actor_system system{config};

 private:
  std::vector<caf::strong_actor_ptr> actors_{};
  std::uint64_t seeds_{0};
  std::chrono::steady_clock::time_point start_{clock().now()};
};

}  // namespace btc::test
