#include "actors/status_collector.hpp"

#include "test/support/actor_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using testing::ElementsAre;
using testing::SizeIs;

class StatusCollector : public test::actor_fixture {
 protected:
  /// An actor that answers with `content`.
  [[nodiscard]] reporting_actor an_actor(actor_reports content) {
    const reporting_actor out = system.spawn(
        [](const report& answer) -> reporting_actor::behavior_type {
          return {[answer](const report_request&) { return answer; }};
        },
        report{std::make_shared<const actor_reports>(std::move(content))});
    own(out);
    return out;
  }
  /// An actor that has the question and never answers.
  [[nodiscard]] reporting_actor a_hanging_actor() {
    const reporting_actor out = system.spawn(
        [](reporting_actor::pointer self, int) -> reporting_actor::behavior_type {
          return {[self](const report_request&) -> caf::result<report> {
            return self->make_response_promise<report>();
          }};
        },
        0);
    own(out);
    return out;
  }
  [[nodiscard]] static actor_reports a_report(const std::string& name) {
    actor_reports out;
    out.actor.name = name;
    out.actor.state = "idle";
    return out;
  }
  [[nodiscard]] named_actor a_network_actor(const std::string& key, double longest) {
    auto content = a_report("network " + key);
    content.actor.messages_handled = 10;
    content.actor.handling_seconds_max = longest;
    content.network = telemetry::network_report{.key = key};
    return {"network " + key, an_actor(std::move(content)), 0};
  }
  void collect(std::vector<named_actor> actors) {
    collect_status(system,
                   std::move(actors),
                   env,
                   12.5,
                   std::make_shared<const std::function<void(report)>>([this](const report& r) {
                     ++answers_;
                     status_ = r->status.value();
                   }));
    run();
  }
  [[nodiscard]] std::vector<std::string> silent() const {
    std::vector<std::string> out;
    for (const auto& actor : status_.actors) {
      if (!actor.responding) {
        out.push_back(actor.name);
      }
    }
    return out;
  }

  int answers_{0};
  telemetry::status_report status_{};
};

TEST_F(StatusCollector, AnswersOnceWithTheReportsOfAll) {
  auto a_watch = a_report("watch pods");
  a_watch.watch = telemetry::watch_report{.kind = "Pod"};
  auto a_cache = a_report("cache pods");
  a_cache.cache = telemetry::cache_report{"Pod", 7, true, "42"};

  collect({{"watch pods", an_actor(a_watch), 3}, {"cache pods", an_actor(a_cache), 0}});

  EXPECT_EQ(answers_, 1);
  EXPECT_EQ(status_.version, "1.2.3");
  EXPECT_EQ(status_.api_server, "https://cluster:6443");
  EXPECT_EQ(status_.uptime_seconds, 12.5);
  ASSERT_THAT(status_.actors, SizeIs(2));
  EXPECT_EQ(status_.actors[0].restarts, 3U);
  EXPECT_THAT(silent(), ElementsAre());
  EXPECT_THAT(status_.watches, SizeIs(1));
  EXPECT_EQ(status_.caches.at(0).objects, 7U);
}

TEST_F(StatusCollector, TellsTheQueueOfRequestsFromThatOfEvents) {
  auto api = a_report("api");
  api.queue = telemetry::queue_report{1, 2, 0};
  auto recorder = a_report("recorder");
  recorder.queue = telemetry::queue_report{3, 4, 5};

  collect({{"recorder", an_actor(recorder), 0}, {"api", an_actor(api), 0}});

  EXPECT_EQ(status_.api.in_flight, 2U);
  EXPECT_EQ(status_.events.dropped, 5U);
}

TEST_F(StatusCollector, MakesOneLineOfAThousandReconcileActorsAndListsEachNetwork) {
  auto dispatch = a_report("dispatch");
  for (int i = 0; i < 1'000; ++i) {
    dispatch.children.push_back(a_network_actor("ns/net-" + std::to_string(1'999 - i), i * 0.001));
  }

  collect({{"dispatch", an_actor(dispatch), 0}});

  ASSERT_THAT(status_.actors, SizeIs(2));
  const auto& line = status_.actors[1];
  EXPECT_EQ(line.name, "reconcile (1000)");
  EXPECT_EQ(line.state, "1000 idle");
  EXPECT_EQ(line.messages_handled, 10'000U);
  EXPECT_EQ(line.handling_seconds_max, 0.999);
  ASSERT_THAT(status_.networks, SizeIs(1'000));
  EXPECT_EQ(status_.networks.front().key, "ns/net-1000");
  EXPECT_EQ(status_.networks.back().key, "ns/net-1999");
}

TEST_F(StatusCollector, NamesWhoDoesNotAnswerInTime) {
  auto dispatch = a_report("dispatch");
  dispatch.children = {a_network_actor("ns/good", 0), {"network ns/bad", a_hanging_actor(), 0}};

  collect({{"dispatch", an_actor(dispatch), 0}, {"cache pods", a_hanging_actor(), 1}});
  EXPECT_EQ(answers_, 0);
  advance(env.limits.report_deadline);

  EXPECT_EQ(answers_, 1);
  EXPECT_THAT(silent(), ElementsAre("cache pods", "network ns/bad"));
  EXPECT_THAT(status_.networks, SizeIs(1));
}

TEST_F(StatusCollector, ShowsADeadActorAtOnce) {
  const auto dead = an_actor(a_report("api"));
  kill(dead);

  collect({{"api", dead, 0}});

  EXPECT_EQ(answers_, 1);
  EXPECT_THAT(silent(), ElementsAre("api"));
}

TEST_F(StatusCollector, LeavesOutANetworkThatEndedMeanwhile) {
  auto dispatch = a_report("dispatch");
  dispatch.children = {a_network_actor("ns/deleted", 0)};
  kill(dispatch.children[0].actor);

  collect({{"dispatch", an_actor(dispatch), 0}});

  EXPECT_EQ(answers_, 1);
  EXPECT_THAT(silent(), ElementsAre());
  EXPECT_THAT(status_.actors, SizeIs(1));
}

TEST_F(StatusCollector, AnswersThoughThereIsNobodyToAsk) {
  collect({});
  advance(env.limits.report_deadline);

  EXPECT_EQ(answers_, 1);
}

}  // namespace
}  // namespace btc::actors
