#include "actors/supervisor_actor.hpp"
#include "actors/telemetry/log.hpp"
#include "test/support/actor_fixture.hpp"
#include "test/support/documents.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Supervisor : public test::actor_fixture {
 protected:
  void start() {
    supervisor_ =
        spawn(supervisor, supervisor_args{&env, [this](int code) { exit_codes_.push_back(code); }});
  }
  /// Answers the WatchList of every kind: one network, and nothing else.
  void sync() {
    while (!transport.openings.empty()) {
      const auto opening = transport.take_opening();
      const bool networks = opening.request.target.find("bitcoinnetworks") != std::string::npos;
      streams_.push_back(opening.accept());
      run();
      if (networks) {
        streams_.back()->give_lines({test::watch_line("ADDED", test::a_network())});
        run();
      }
      streams_.back()->give_lines({test::a_bookmark("100", true)});
      run();
    }
  }
  [[nodiscard]] telemetry::status_report status() {
    telemetry::status_report out;
    tell(supervisor_,
         status_requested{std::make_shared<const std::function<void(report)>>(
             [&out](const report& r) { out = r->status.value(); })});
    return out;
  }
  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> out;
    for (const auto& opening : transport.openings) {
      out.push_back(opening.request.target.substr(0, opening.request.target.find('?')));
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  supervisor_actor supervisor_{};
  std::vector<int> exit_codes_{};
  std::vector<std::shared_ptr<test::stream_control>> streams_{};
};

TEST_F(Supervisor, WatchesEveryKind) {
  start();

  EXPECT_THAT(targets(),
              ElementsAre("/api/v1/pods",
                          "/api/v1/services",
                          "/apis/apps/v1/statefulsets",
                          "/apis/bitcoincontroller.christianb93.github.com/v1/bitcoinnetworks"));
}

/// A log that cannot be written to when the supervisor drains.
class full_disk final : public telemetry::log_sink {
 public:
  void write(const telemetry::log_record& r) override {
    if (r.event == "draining") {
      throw std::runtime_error{"no space left"};
    }
  }
};

TEST_F(Supervisor, EndsTheProcessWhenItFailsItself) {
  full_disk disk;
  env.log = telemetry::logger{disk, telemetry::log_level::info};
  start();

  tell(supervisor_, drain{});

  EXPECT_THAT(exit_codes_, ElementsAre(1));
  env.log = {};
}

TEST_F(Supervisor, WatchesOnlyTheGivenNamespaces) {
  env.namespaces = {"one", "two"};

  start();

  EXPECT_THAT(targets(), SizeIs(8));
  EXPECT_THAT(targets(), Contains("/api/v1/namespaces/two/pods"));
}

TEST_F(Supervisor, TransfersOnlyWhatCarriesOurLabelButEveryNetwork) {
  start();

  for (const auto& opening : transport.openings) {
    const auto& target = opening.request.target;
    const bool networks = target.find("bitcoinnetworks") != std::string::npos;
    EXPECT_EQ(target.find("labelSelector=") == std::string::npos, networks) << target;
  }
}

TEST_F(Supervisor, StartsAFailedWatchAgainAndNothingElse) {
  start();
  transport.failing_openings = 1;
  transport.take_opening().refuse(503, test::a_status(503, "ServiceUnavailable"));
  advance(std::chrono::seconds{2});  // its back-off ends, and the next opening throws
  EXPECT_EQ(log.count("watch-actor-down"), 1U);
  EXPECT_THAT(transport.openings, SizeIs(3));

  advance(env.limits.respawn_delay);

  EXPECT_THAT(transport.openings, SizeIs(4));
  EXPECT_EQ(metric("bitcoin_controller_actor_restarts_total{actor=\"watch\"}"), 1);
  EXPECT_THAT(exit_codes_, IsEmpty());
}

TEST_F(Supervisor, StartsThePipelineAgainWhenAnyOtherActorFails) {
  start();
  transport.failing_calls = 1;
  sync();
  EXPECT_EQ(log.count("pipeline-down"), 1U);
  EXPECT_TRUE(streams_[0]->closed());

  advance(env.limits.respawn_delay);

  EXPECT_THAT(transport.openings, SizeIs(4));
  sync();
  EXPECT_THAT(transport.calls, SizeIs(1));  // the network is reconciled by the new pipeline
}

TEST_F(Supervisor, GivesUpAfterTooManyFailures) {
  transport.failing_openings = 1'000;

  start();
  advance(std::chrono::minutes{1});

  EXPECT_THAT(exit_codes_, ElementsAre(1));
  EXPECT_EQ(log.count("too-many-failures"), 1U);
}

TEST_F(Supervisor, ForgetsFailuresThatAreLongAgo) {
  env.limits.restarts_max = 2;
  env.limits.restart_window = std::chrono::seconds{5};
  start();

  for (int i = 0; i < 10; ++i) {
    sync();
    transport.failing_openings = 1;
    streams_.back()->end(k8s::api_error{0, std::string{k8s::reason_connection_lost}, "reset"});
    advance(std::chrono::seconds{6});
  }

  EXPECT_EQ(log.count("watch-actor-down"), 10U);
  EXPECT_THAT(exit_codes_, IsEmpty());
}

TEST_F(Supervisor, EndsAtOnceWhenNothingIsInFlight) {
  start();

  tell(supervisor_, drain{});

  EXPECT_THAT(exit_codes_, ElementsAre(0));
}

TEST_F(Supervisor, FinishesTheRequestsInFlightBeforeItEnds) {
  start();
  sync();
  const auto call = transport.take_call();

  tell(supervisor_, drain{});
  EXPECT_THAT(exit_codes_, IsEmpty());
  EXPECT_TRUE(streams_[0]->closed());

  call.answer(200, nlohmann::json::object());
  run();
  EXPECT_THAT(exit_codes_, ElementsAre(0));
  EXPECT_THAT(transport.calls, IsEmpty());
}

TEST_F(Supervisor, EndsAtTheDeadlineThoughAnAnswerIsMissing) {
  start();
  sync();

  tell(supervisor_, drain{});
  tell(supervisor_, drain{});
  advance(env.limits.drain_deadline);

  EXPECT_THAT(exit_codes_, ElementsAre(0));
}

TEST_F(Supervisor, EndsWhileItWaitsToStartThePipelineAgain) {
  start();
  transport.failing_calls = 1;
  sync();

  tell(supervisor_, drain{});
  advance(std::chrono::minutes{1});

  EXPECT_THAT(exit_codes_, ElementsAre(0));
  EXPECT_THAT(transport.openings, IsEmpty());
}

TEST_F(Supervisor, ReportsEveryActorAndTheNetworks) {
  start();
  sync();

  const auto s = status();

  EXPECT_THAT(s.actors, Contains(testing::Field(&telemetry::actor_report::name, "recorder")));
  EXPECT_THAT(s.actors, Contains(testing::Field(&telemetry::actor_report::name, "reconcile (1)")));
  EXPECT_THAT(s.actors, testing::Each(testing::Field(&telemetry::actor_report::responding, true)));
  EXPECT_THAT(s.watches, SizeIs(4));
  EXPECT_THAT(s.caches, SizeIs(4));
  EXPECT_THAT(s.networks, SizeIs(1));
  EXPECT_EQ(s.api.in_flight, 1U);
}

TEST_F(Supervisor, ReportsHowOftenAnActorWasStartedAgain) {
  start();
  transport.failing_openings = 1;
  transport.take_opening().refuse(503, test::a_status(503, "ServiceUnavailable"));
  advance(std::chrono::seconds{10});

  std::uint64_t restarts = 0;
  for (const auto& actor : status().actors) {
    restarts += actor.restarts;
  }
  EXPECT_EQ(restarts, 1U);
}

}  // namespace
}  // namespace btc::actors
