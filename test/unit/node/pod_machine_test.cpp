#include "test/node/pod_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>
#include <string>

namespace btc::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// One word a command.
[[nodiscard]] std::string word(const pod_command& command) {
  struct speller {
    std::string operator()(const prepare&) const { return "prepare"; }
    std::string operator()(const start_container& c) const {
      return "start" + std::to_string(c.run);
    }
    std::string operator()(const send_signal& c) const {
      return c.number == SIGKILL ? "KILL" : "TERM";
    }
    std::string operator()(const run_probe& c) const {
      return c.which == probe_kind::startup     ? "startup?"
             : c.which == probe_kind::readiness ? "readiness?"
                                                : "liveness?";
    }
    std::string operator()(const remove_pod&) const { return "remove"; }
  };
  return std::visit(speller{}, command);
}

class PodMachine : public testing::Test {
 protected:
  [[nodiscard]] static pod_spec simple() {
    pod_spec spec;
    spec.image = "bitcoin/bitcoin:29.0";
    spec.grace = seconds{120};
    return spec;
  }

  [[nodiscard]] static pod_spec probed_pod() {
    auto spec = simple();
    spec.startup = probe_spec{.period = seconds{2}, .failure_threshold = 2};
    spec.readiness = probe_spec{.period = seconds{5}, .failure_threshold = 1};
    spec.liveness = probe_spec{.period = seconds{10}, .failure_threshold = 1};
    return spec;
  }

  void make(pod_spec spec, int restarts = 0) { machine_.emplace(std::move(spec), restarts, now_); }

  /// The commands that follow, joined by spaces.
  std::string give(const pod_input& input) {
    std::ostringstream out;
    for (const auto& command : machine_->step(input, now_)) {
      out << (out.tellp() > 0 ? " " : "") << word(command);
    }
    return out.str();
  }

  /// Goes to the machine's deadline.
  std::string go_on() {
    const auto deadline = machine_->deadline();
    EXPECT_TRUE(deadline) << "it waits for nothing";
    now_.steady = std::max(now_.steady, deadline.value_or(now_.steady));
    return give(time_passed{});
  }

  void run(pod_spec spec) {
    make(std::move(spec));
    ASSERT_EQ("prepare", give(time_passed{}));
    ASSERT_THAT(give(prepared{"10.0.0.2"}), testing::StartsWith("start1"));
  }

  [[nodiscard]] const pod_state& state() const { return machine_->state(); }
  [[nodiscard]] std::string waits_for() const {
    const auto* waiting = std::get_if<waiting_state>(&state().container);
    return waiting == nullptr ? "" : waiting->reason;
  }

  instant now_{time_point{seconds{1000}}, wall_time{seconds{1'700'000'000}}};
  std::optional<pod_machine> machine_{};
};

TEST_F(PodMachine, PreparesThenStarts) {
  make(simple());
  EXPECT_EQ("ContainerCreating", waits_for());

  EXPECT_EQ("prepare", give(time_passed{}));
  EXPECT_EQ("start1", give(prepared{"10.0.0.2"}));

  EXPECT_EQ("10.0.0.2", state().ip);
  EXPECT_EQ(pod_phase::running, state().phase);
  EXPECT_TRUE(state().ready) << "without probes it is ready as soon as it runs";
  EXPECT_EQ(0, state().restarts);
}

TEST_F(PodMachine, PreparesAgainAfterAFailure) {
  make(simple());
  give(time_passed{});
  EXPECT_EQ("", give(preparation_failed{"ContainerCreating", "secret \"x\" not found"}));
  EXPECT_EQ(pod_phase::pending, state().phase);
  EXPECT_EQ("", give(time_passed{})) << "not before its time";
  EXPECT_EQ("prepare", go_on());
}

TEST_F(PodMachine, WaitsForAnImageThatIsNotThere) {
  auto spec = simple();
  spec.image = "example.org/other:1";
  make(spec);
  give(time_passed{});

  EXPECT_EQ("", give(prepared{"10.0.0.2"}));
  EXPECT_EQ("ErrImagePull", waits_for());
  EXPECT_EQ("prepare", go_on());
  EXPECT_EQ("", give(prepared{"10.0.0.2"}));
  EXPECT_EQ("ImagePullBackOff", waits_for());
  EXPECT_EQ(pod_phase::pending, state().phase);
  EXPECT_EQ("remove", give(deletion{seconds{30}}));
}

TEST_F(PodMachine, GatesReadinessAndLivenessByTheStartupProbe) {
  make(probed_pod());
  give(time_passed{});
  EXPECT_EQ("start1 startup?", give(prepared{"10.0.0.2"}));
  EXPECT_FALSE(state().started);

  EXPECT_EQ("", give(probed{probe_kind::startup, 1, false}));
  EXPECT_EQ("startup?", go_on());
  EXPECT_EQ("readiness? liveness?", give(probed{probe_kind::startup, 1, true}));
  EXPECT_TRUE(state().started);
  EXPECT_FALSE(state().ready);

  give(probed{probe_kind::readiness, 1, true});
  EXPECT_TRUE(state().ready);
}

TEST_F(PodMachine, IsNotReadyWhileReadinessFails) {
  run(probed_pod());
  give(probed{probe_kind::startup, 1, true});
  give(probed{probe_kind::readiness, 1, true});
  give(probed{probe_kind::liveness, 1, true});

  EXPECT_EQ("readiness?", go_on());
  give(probed{probe_kind::readiness, 1, false});

  EXPECT_FALSE(state().ready);
  EXPECT_EQ(pod_phase::running, state().phase) << "readiness restarts nothing";
}

TEST_F(PodMachine, RestartsWhenLivenessFails) {
  run(probed_pod());
  give(probed{probe_kind::startup, 1, true});

  EXPECT_EQ("TERM", give(probed{probe_kind::liveness, 1, false}));
  EXPECT_EQ("", give(exited{0, 0}));
  EXPECT_EQ("prepare", go_on());
  EXPECT_EQ("start2 startup?", give(prepared{"10.0.0.2"}));

  EXPECT_EQ(1, state().restarts);
  EXPECT_FALSE(state().started);
}

TEST_F(PodMachine, RestartsWhenStartupFails) {
  run(probed_pod());
  give(probed{probe_kind::startup, 1, false});
  go_on();
  EXPECT_EQ("TERM", give(probed{probe_kind::startup, 1, false}));
}

TEST_F(PodMachine, DropsTheResultOfAnOlderRunsProbe) {
  run(probed_pod());
  give(exited{1, 0});
  go_on();
  give(prepared{"10.0.0.2"});

  give(probed{probe_kind::startup, 1, true});

  EXPECT_FALSE(state().started);
}

TEST_F(PodMachine, CountsARestartAndKeepsHowTheLastRunEnded) {
  run(simple());

  give(exited{0, SIGKILL});
  EXPECT_EQ("CrashLoopBackOff", waits_for());
  EXPECT_FALSE(state().ready);
  go_on();
  give(prepared{"10.0.0.2"});

  EXPECT_EQ(1, state().restarts);
  ASSERT_TRUE(state().last);
  EXPECT_EQ(SIGKILL, state().last->signal);
  EXPECT_EQ(0, state().last->restarts);
  EXPECT_EQ("10.0.0.2", state().ip) << "the pod keeps its address";
}

TEST_F(PodMachine, WaitsLongerAfterEachCrash) {
  run(simple());
  for (const auto expected : {0, 1000, 2000, 4000, 8000, 8000}) {
    give(exited{1, 0});
    EXPECT_EQ(now_.steady + milliseconds{expected}, machine_->deadline());
    go_on();
    give(prepared{"10.0.0.2"});
  }
  now_.steady += backoff_forgotten_after;
  give(exited{1, 0});
  EXPECT_EQ(now_.steady, machine_->deadline()) << "forgotten after a long run";
}

TEST_F(PodMachine, GoesOnCountingWhereAnEarlierLifeEnded) {
  make(simple(), 4);
  give(time_passed{});
  give(prepared{"10.0.0.2"});
  EXPECT_EQ(4, state().restarts);
}

TEST_F(PodMachine, HonoursTheRestartPolicy) {
  struct row {
    restart_policy policy;
    int code;
    pod_phase expected;
  };
  for (const auto& r : {row{restart_policy::never, 0, pod_phase::succeeded},
                        row{restart_policy::never, 1, pod_phase::failed},
                        row{restart_policy::on_failure, 0, pod_phase::succeeded},
                        row{restart_policy::on_failure, 1, pod_phase::running},
                        row{restart_policy::always, 0, pod_phase::running}}) {
    auto spec = simple();
    spec.restart = r.policy;
    run(spec);
    give(exited{r.code, 0});
    EXPECT_EQ(r.expected, state().phase) << static_cast<int>(r.policy) << ' ' << r.code;
    EXPECT_EQ(r.expected == pod_phase::running, machine_->deadline().has_value());
    EXPECT_EQ("remove", give(deletion{seconds{1}}));
  }
}

TEST_F(PodMachine, EndsWithinItsGracePeriod) {
  run(simple());
  EXPECT_EQ("TERM", give(deletion{seconds{120}}));
  EXPECT_EQ(now_.steady + seconds{120}, machine_->deadline());
  EXPECT_TRUE(state().ready) << "until it has ended";

  EXPECT_EQ("remove", give(exited{0, 0}));

  EXPECT_TRUE(machine_->finished());
  EXPECT_EQ(pod_phase::succeeded, state().phase);
  EXPECT_FALSE(state().ready);
}

TEST_F(PodMachine, IsKilledWhenTheGracePeriodIsOver) {
  run(simple());
  give(deletion{seconds{120}});
  EXPECT_EQ("KILL", go_on());
  EXPECT_EQ(std::nullopt, machine_->deadline()) << "one is enough";
  EXPECT_EQ("remove", give(exited{0, SIGKILL}));
  EXPECT_EQ(pod_phase::failed, state().phase);
}

TEST_F(PodMachine, ShortensTheGracePeriodButNeverPutsItOff) {
  run(simple());
  give(deletion{seconds{30}});
  give(deletion{seconds{300}});
  EXPECT_EQ(now_.steady + seconds{30}, machine_->deadline());
  give(deletion{seconds{5}});
  EXPECT_EQ(now_.steady + seconds{5}, machine_->deadline());
  EXPECT_EQ("KILL", give(deletion{seconds{0}}));
}

TEST_F(PodMachine, IsKilledAtOnceWhenItsObjectIsGone) {
  run(simple());
  EXPECT_EQ("KILL", give(object_gone{}));
  EXPECT_EQ("remove", give(exited{0, SIGKILL}));
}

TEST_F(PodMachine, LetsAPreparationEndBeforeItIsRemoved) {
  make(simple());
  give(time_passed{});
  EXPECT_EQ("", give(deletion{seconds{30}}));
  EXPECT_EQ("remove", give(prepared{"10.0.0.2"}));
}

TEST_F(PodMachine, IsRemovedAtOnceWhileItWaits) {
  make(simple());
  EXPECT_EQ("remove", give(deletion{seconds{30}}));
  EXPECT_EQ("", give(object_gone{})) << "only once";
}

}  // namespace
}  // namespace btc::node
