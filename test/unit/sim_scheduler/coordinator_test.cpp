#include "test/sim/scheduler/coordinator.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace btc::sim {
namespace {

using std::chrono_literals::operator""s;
using testing::ElementsAre;
using words = std::vector<std::string>;

/// Writes every number it gets behind its name.
caf::behavior writer(caf::event_based_actor*, words* out, const std::string& name) {
  return {[out, name](int n) { out->push_back(name + std::to_string(n)); }};
}

/// Sends itself a timer for ever.
caf::behavior ticker(caf::event_based_actor* self, int* ticks) {
  self->delayed_send(self, 10s, 1);
  return {[self, ticks](int) {
    ++*ticks;
    self->delayed_send(self, 10s, 1);
  }};
}

class Coordinator : public testing::Test {
 protected:
  ~Coordinator() override {
    scheduler.kill_all();
    system.await_actors_before_shutdown(false);
  }

  void run_all(choice_source& choices) {
    while (scheduler.runnable() > 0) {
      scheduler.run_at(choices.choose(scheduler.runnable()));
    }
  }
  /// Two writers with two numbers each.
  words interleaving(choice_source& choices) {
    words out;
    const auto a = system.spawn(writer, &out, "a");
    const auto b = system.spawn(writer, &out, "b");
    for (const int n : {1, 2}) {
      caf::anon_send(a, n);
      caf::anon_send(b, n);
    }
    run_all(choices);
    scheduler.kill_all();
    return out;
  }

  simulation_config config{};
  caf::actor_system system{config};
  coordinator& scheduler{coordinator::of(system)};
};

TEST_F(Coordinator, RunsOneMessageAStep) {
  words out;
  const auto a = system.spawn(writer, &out, "a");
  caf::anon_send(a, 1);
  caf::anon_send(a, 2);
  scheduler.run_at(0);
  EXPECT_THAT(out, ElementsAre("a1"));
  scheduler.run_at(0);
  EXPECT_THAT(out, ElementsAre("a1", "a2"));
}

TEST_F(Coordinator, TakesTurnsWhenEveryChoiceIsPlain) {
  replayed_choices plain{{}};
  EXPECT_THAT(interleaving(plain), ElementsAre("a1", "b1", "a2", "b2"));
}

TEST_F(Coordinator, ReachesEveryInterleavingButNeverSwapsOneSendersMessages) {
  exhaustive_choices all;
  std::set<words> seen;
  do {
    seen.insert(interleaving(all));
  } while (all.next_run());
  EXPECT_EQ(seen.size(), 6U);  // 4! / (2! 2!)
}

TEST_F(Coordinator, GivesTheSameOrderForTheSameSeed) {
  random_choices first{5};
  random_choices second{5};
  EXPECT_EQ(interleaving(first), interleaving(second));
}

TEST_F(Coordinator, MovesTimeOnlyWhenATimerIsFired) {
  int ticks = 0;
  const auto begin = scheduler.clock().now();
  static_cast<void>(system.spawn(ticker, &ticks));
  random_choices choices{1};
  run_all(choices);
  EXPECT_EQ(scheduler.clock().now(), begin);
  ASSERT_EQ(scheduler.clock().pending(), 1U);
  EXPECT_EQ(scheduler.clock().next_due(), begin + 10s);

  EXPECT_TRUE(scheduler.clock().fire_one(choices));
  EXPECT_EQ(scheduler.clock().now(), begin + 10s);
  EXPECT_EQ(ticks, 0) << "a timer only enqueues";
  run_all(choices);
  EXPECT_EQ(ticks, 1);
}

TEST_F(Coordinator, LetsTheSourceBreakTiesBetweenTimers) {
  std::set<words> seen;
  exhaustive_choices all;
  do {
    words out;
    const auto a = system.spawn(writer, &out, "a");
    const auto b = system.spawn(writer, &out, "b");
    const auto due = scheduler.clock().now() + 1s;
    for (const auto& actor : {a, b}) {
      scheduler.clock().schedule_message(
          due,
          caf::actor_cast<caf::strong_actor_ptr>(actor),
          caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, 1));
    }
    replayed_choices plain{{}};
    run_all(plain);  // both are up
    while (!scheduler.clock().empty()) {
      scheduler.clock().fire_one(all);
      run_all(plain);
    }
    seen.insert(out);
    scheduler.kill_all();
  } while (all.next_run());
  EXPECT_THAT(seen, ElementsAre(words{"a1", "b1"}, words{"b1", "a1"}));
}

TEST_F(Coordinator, KillsBeforeTheMailIsRead) {
  words out;
  const auto a = system.spawn(writer, &out, "a");
  replayed_choices plain{{}};
  run_all(plain);
  caf::anon_send(a, 1);
  scheduler.kill(caf::actor_cast<caf::strong_actor_ptr>(a));
  run_all(plain);
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(scheduler.living().empty());
}

TEST_F(Coordinator, EndsActorsThatArmATimerForEver) {
  int ticks = 0;
  static_cast<void>(system.spawn(ticker, &ticks));
  replayed_choices plain{{}};
  run_all(plain);
  scheduler.kill_all();
  EXPECT_TRUE(scheduler.living().empty());
  EXPECT_TRUE(scheduler.clock().empty());
  EXPECT_EQ(ticks, 0);
}

TEST_F(Coordinator, KnowsTheActorsThatOthersSpawned) {
  const auto parent = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
    return {[](int) {}};
  });
  replayed_choices plain{{}};
  run_all(plain);
  EXPECT_EQ(scheduler.living().size(), 2U);
  caf::anon_send_exit(parent, caf::exit_reason::user_shutdown);
  run_all(plain);
  EXPECT_EQ(scheduler.living().size(), 1U);
}

// -- a race that needs an exact interleaving ------------------------------------------

struct cell {
  int value{0};
};
using read_it = caf::atom_constant<caf::atom("read")>;
using write_it = caf::atom_constant<caf::atom("write")>;

caf::behavior store(caf::stateful_actor<cell>* self) {
  return {[self](read_it) { return self->state.value; },
          [self](write_it, int value) { self->state.value = value; }};
}

/// Reads, then writes one more: the classic lost update.
caf::behavior increment(caf::event_based_actor* self, const caf::actor& cell) {
  self->request(cell, 10s, read_it::value).then([self, cell](int value) {
    self->send(cell, write_it::value, value + 1);
    self->quit();
  });
  return {[](int) {}};
}

TEST_F(Coordinator, FindsEveryOutcomeOfARaceExhaustively) {
  exhaustive_choices all;
  std::set<int> outcomes;
  do {
    const auto shared = system.spawn(store);
    static_cast<void>(system.spawn(increment, shared));
    static_cast<void>(system.spawn(increment, shared));
    run_all(all);
    auto* state = caf::actor_cast<caf::stateful_actor<cell>*>(shared);
    outcomes.insert(state->state.value);
    scheduler.kill_all();
  } while (all.next_run());
  EXPECT_THAT(outcomes, ElementsAre(1, 2));
}

}  // namespace
}  // namespace btc::sim
