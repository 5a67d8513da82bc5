#include "actors/app/event_loop_scheduler.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace btc::app {
namespace {

using namespace std::chrono_literals;

/// Far more than any of this takes: a bound for what goes wrong.
constexpr auto patience = 20s;

class EventLoopScheduler : public ::testing::Test {
 protected:
  EventLoopScheduler() : system_(configured()) {}

  ~EventLoopScheduler() override {
    for (const auto& actor : actors_) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    actors_.clear();
    loop_.restart();
    loop_.poll();
    loop_.stop();
  }

  /// An actor that keeps the numbers that it is sent.
  caf::actor collector() {
    return keep(system_.spawn(
        [this]() -> caf::behavior { return {[this](int number) { seen_.push_back(number); }}; }));
  }

  caf::actor keep(caf::actor actor) {
    actors_.push_back(actor);
    return actor;
  }

  void run_until(const std::function<bool()>& done) {
    const auto work = boost::asio::make_work_guard(loop_);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < end) {
      loop_.run_one_until(end);
    }
    ASSERT_TRUE(done());
  }

  boost::asio::io_context loop_{1};
  caf::actor_system_config config_{};
  caf::actor_system system_;
  std::vector<caf::actor> actors_{};
  std::vector<int> seen_{};

 private:
  caf::actor_system_config& configured() {
    event_loop_scheduler::install(config_, loop_);
    config_.set("logger.verbosity", caf::atom("quiet"));
    return config_;
  }
};

TEST_F(EventLoopScheduler, RunsActorsWhereTheLoopRuns) {
  caf::anon_send(collector(), 1);
  EXPECT_TRUE(seen_.empty());
  loop_.poll();
  EXPECT_EQ(seen_, std::vector<int>{1});
}

TEST_F(EventLoopScheduler, KeepsTheOrderOfMessagesLongerThanATurn) {
  const auto to = collector();
  std::vector<int> sent;
  for (int i = 0; i < static_cast<int>(3 * messages_per_turn); ++i) {
    caf::anon_send(to, i);
    sent.push_back(i);
  }
  loop_.poll();
  EXPECT_EQ(seen_, sent);
}

TEST_F(EventLoopScheduler, TakesMessagesFromOtherThreads) {
  constexpr int count = 1000;
  const auto to = collector();
  std::thread sender{[&to] {
    for (int i = 0; i < count; ++i) {
      caf::anon_send(to, i);
    }
  }};
  run_until([this] { return seen_.size() == count; });
  sender.join();
}

TEST_F(EventLoopScheduler, DeliversDelayedMessagesWhenTheyAreDue) {
  const auto to = collector();
  auto& clock = system_.clock();
  const auto begin = clock.now();  // of all three: between two delays this thread may have to wait
  const auto at = [&](std::chrono::milliseconds delay) {
    clock.schedule_message(
        begin + delay,
        caf::actor_cast<caf::strong_actor_ptr>(to),
        caf::make_mailbox_element(
            nullptr, caf::make_message_id(), caf::no_stages, static_cast<int>(delay.count())));
  };
  at(30ms);
  at(10ms);  // the loop waits for the other one already
  at(20ms);
  for (std::size_t count = 1; count <= 3; ++count) {
    run_until([&] { return seen_.size() >= count; });
    EXPECT_GE(clock.now(), begin + std::chrono::milliseconds{seen_[count - 1]});
  }
  EXPECT_EQ(seen_, (std::vector<int>{10, 20, 30}));
}

TEST_F(EventLoopScheduler, ATimerThatWasCancelledDoesNotHoldUpTheNext) {
  const auto echo =
      keep(system_.spawn([]() -> caf::behavior { return {[](double answer) { return answer; }}; }));
  keep(system_.spawn([this, echo](caf::event_based_actor* self) -> caf::behavior {
    self->request(echo, 10ms, 1.0).then([](double) {}, [](const caf::error&) {});
    self->delayed_send(self, 20ms, 20);
    return {[this](int number) { seen_.push_back(number); }};
  }));
  run_until([this] { return !seen_.empty(); });
  EXPECT_EQ(seen_, std::vector<int>{20});
}

TEST_F(EventLoopScheduler, SocketsHaveTheirTurnBesideAnActorThatNeverRests) {
  const auto restless = keep(system_.spawn([this](caf::event_based_actor* self) -> caf::behavior {
    return {[this, self](int number) {
      seen_.push_back(number);
      self->send(self, number + 1);
    }};
  }));
  caf::anon_send(restless, 0);
  while (seen_.empty()) {
    loop_.run_one();
  }
  bool served = false;
  boost::asio::post(loop_, [&served] { served = true; });
  seen_.clear();
  loop_.run_one();
  loop_.run_one();
  EXPECT_TRUE(served);
  EXPECT_LE(seen_.size(), turns_per_look * messages_per_turn);
}

TEST_F(EventLoopScheduler, AnActorHasItsTurnBesideOneThatNeverRests) {
  const auto restless = keep(system_.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](int number) { self->send(self, number + 1); }};
  }));
  caf::anon_send(restless, 0);
  caf::anon_send(collector(), 7);
  constexpr int few = 8;
  for (int i = 0; i < few; ++i) {
    loop_.run_one();
  }
  EXPECT_EQ(seen_, std::vector<int>{7});
}

TEST(EventLoopSchedulerEnd, WhatNeverRanEndsWithTheSystem) {
  const auto token = std::make_shared<int>(1);
  boost::asio::io_context loop{1};
  {
    caf::actor_system_config config;
    event_loop_scheduler::install(config, loop);
    config.set("logger.verbosity", caf::atom("quiet"));
    caf::actor_system system{config};
    system.await_actors_before_shutdown(false);
    const auto actor = system.spawn([token]() -> caf::behavior { return {[](int) {}}; });
    caf::anon_send(actor, 1);
    loop.poll_one();  // the actor is known to the scheduler, and has not had its turn
    EXPECT_GT(token.use_count(), 1);
    loop.stop();
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace btc::app
