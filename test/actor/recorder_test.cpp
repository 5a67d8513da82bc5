#include "actors/recorder_actor.hpp"
#include "test/support/api_probe.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using telemetry::event_result;
using testing::HasSubstr;
using testing::StartsWith;

class Recorder : public test::actor_fixture {
 protected:
  Recorder() { env.limits.inflight_events_max = 2; }

  [[nodiscard]] static record_event an_event(const std::string& network,
                                             const std::string& message) {
    return {{{"default", network}, "uid-" + network, "42"},
            {reconcile::announcement::severity::warning, "SecretInvalid", message}};
  }
  void record(const std::string& network, const std::string& message) {
    tell(recorder_, an_event(network, message));
  }
  void succeed(const api_call& call) {
    test::api_probe::answer(call, nlohmann::json::object());
    run();
  }
  void refuse(const api_call& call, int code, const std::string& reason) {
    test::api_probe::refuse(call, {code, reason, "no"});
    run();
  }
  [[nodiscard]] double events(const std::string& result) {
    return metric("bitcoin_controller_events_total{result=\"" + result + "\"}");
  }

  test::api_probe api_{make_probe<api_actor>()};
  recorder_actor recorder_{spawn(recorder, recorder_args{&env, api_.handle()})};
};

TEST_F(Recorder, PostsAnEventOfTheCoreApiAsClientGoDoes) {
  record("net", "Secret default/x is missing");

  const auto call = api_.take();
  EXPECT_EQ(call.priority, api_call::lane::background);
  EXPECT_THAT(test::text_of(*call.request), StartsWith("POST /api/v1/namespaces/default/events?"));
  auto body = *call.request->body;
  EXPECT_THAT(body["metadata"]["name"].get<std::string>(), StartsWith("net.1886"));
  body["metadata"].erase("name");
  EXPECT_EQ(body, nlohmann::json::parse(R"({
    "apiVersion": "v1", "kind": "Event", "metadata": {"namespace": "default"},
    "involvedObject": {
      "apiVersion": "bitcoincontroller.christianb93.github.com/v1", "kind": "BitcoinNetwork",
      "namespace": "default", "name": "net", "uid": "uid-net", "resourceVersion": "42"},
    "type": "Warning", "reason": "SecretInvalid", "message": "Secret default/x is missing",
    "count": 1, "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z",
    "source": {"component": "bitcoin-controller"},
    "reportingComponent": "bitcoin-controller", "reportingInstance": "bitcoin-controller"})"));
}

TEST_F(Recorder, CountsARepeatOnTheEventThatIsThere) {
  record("net", "again");
  const auto first = api_.take();
  succeed(first);
  advance(std::chrono::seconds{90});

  record("net", "again");

  const auto repeat = api_.take();
  EXPECT_THAT(test::text_of(*repeat.request),
              StartsWith("PATCH /api/v1/namespaces/default/events/"
                         + first.request->body->at("metadata")["name"].get<std::string>()));
  EXPECT_EQ(*repeat.request->body,
            nlohmann::json::parse(R"({"count": 2, "lastTimestamp": "2026-01-01T00:01:30Z"})"));
  succeed(repeat);
  EXPECT_EQ(events("sent"), 1);
  EXPECT_EQ(events("aggregated"), 1);
  EXPECT_EQ(metric("bitcoin_controller_writes_total{kind=\"Event\",verb=\"create\"}"), 1);
  EXPECT_EQ(metric("bitcoin_controller_writes_total{kind=\"Event\",verb=\"patch\"}"), 1);
}

TEST_F(Recorder, SendsTheRequestsOfOneEventOneAfterTheOther) {
  record("net", "again");
  record("net", "again");

  const auto first = api_.take();
  EXPECT_EQ(api_.waiting(), 0U);

  succeed(first);
  EXPECT_EQ(api_.waiting(), 1U);
}

TEST_F(Recorder, MakesAnExpiredEventAnew) {
  record("net", "again");
  succeed(api_.take());
  record("net", "again");

  refuse(api_.take(), 404, "NotFound");

  const auto anew = api_.take();
  EXPECT_EQ(anew.request->method, k8s::method::post);
  EXPECT_EQ(anew.request->body->at("count"), 2);
}

TEST_F(Recorder, CombinesManyMessagesOfOneReason) {
  for (int i = 0; i < 12; ++i) {
    record("net", "message " + std::to_string(i));
    if (i < 10) {
      succeed(api_.take());
    }
  }

  const auto combined = api_.take();
  EXPECT_EQ(combined.request->body->at("message"), "(combined from similar events): message 10");
  succeed(combined);
  const auto next = api_.take();
  EXPECT_EQ(next.request->method, k8s::method::patch);
  EXPECT_EQ(next.request->body->at("message"), "(combined from similar events): message 11");
}

TEST_F(Recorder, LosesNoWordOfEventsInANamespaceThatEnds) {
  record("net", "one");
  record("net", "two");
  for (int i = 0; i < 2; ++i) {
    auto ends = k8s::api_error{403, "Forbidden", "no"};
    ends.with_causes({{"NamespaceTerminating", "metadata.namespace", "it ends"}});
    test::api_probe::refuse(api_.take(), ends);
    run();
  }

  EXPECT_EQ(log.count("event-lost"), 0U);
  EXPECT_EQ(events("failed"), 2);
  EXPECT_EQ(api_.waiting(), 0U);
}

TEST_F(Recorder, DropsWhatIsTooMuchAboutOneObject) {
  for (int i = 0; i < 30; ++i) {
    record("net", "again");
  }

  EXPECT_EQ(events("dropped"), 5);
  EXPECT_EQ(report_of(recorder_)->queue->dropped, 5U);
  EXPECT_EQ(log.count("event-lost"), 3U);  // the 1st, 2nd and 4th
}

TEST_F(Recorder, HoldsOnlyAFewInFlightAndABoundedQueue) {
  env.limits.queued_events_max = 3;

  for (int i = 0; i < 8; ++i) {
    record("net-" + std::to_string(i), "hello");
  }

  EXPECT_EQ(api_.waiting(), 2U);
  const auto report = report_of(recorder_);
  EXPECT_EQ(report->queue->in_flight, 2U);
  EXPECT_EQ(report->queue->depth, 3U);
  EXPECT_EQ(events("dropped"), 3);
}

TEST_F(Recorder, PausesForAServerThatIsAwayAndKeepsTheOrder) {
  record("a", "one");
  record("b", "two");
  record("c", "three");
  refuse(api_.take(), 503, "ServiceUnavailable");
  succeed(api_.take());
  EXPECT_EQ(api_.waiting(), 0U);
  EXPECT_EQ(report_of(recorder_)->actor.state, "waiting to try again");

  advance(std::chrono::seconds{7});
  EXPECT_EQ(api_.waiting(), 0U);
  advance(std::chrono::seconds{6});

  EXPECT_EQ(api_.take().request->body->at("message"), "one");
  EXPECT_EQ(api_.take().request->body->at("message"), "three");
}

TEST_F(Recorder, WaitsAsLongAsTheServerAsks) {
  record("a", "one");
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(std::chrono::seconds{40});
  test::api_probe::refuse(api_.take(), busy);

  advance(std::chrono::seconds{39});
  EXPECT_EQ(api_.waiting(), 0U);
  advance(std::chrono::seconds{1});
  EXPECT_EQ(api_.waiting(), 1U);
}

TEST_F(Recorder, GivesUpAfterTwelveTries) {
  record("a", "one");

  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(api_.waiting(), 1U) << "try " << i;
    refuse(api_.take(), 500, "InternalError");
    advance(std::chrono::seconds{13});
  }

  EXPECT_EQ(api_.waiting(), 0U);
  EXPECT_EQ(events("failed"), 1);
}

TEST_F(Recorder, DropsAnEventThatTheServerRefuses) {
  record("a", "one");
  record("b", "two");
  refuse(api_.take(), 403, "Forbidden");
  refuse(api_.take(), 404, "NotFound");  // the namespace

  advance(std::chrono::seconds{60});

  EXPECT_EQ(api_.waiting(), 0U);
  EXPECT_EQ(events("failed"), 2);
}

TEST_F(Recorder, TakesAlreadyExistsForAnEarlierTryThatCameThrough) {
  record("a", "one");

  refuse(api_.take(), 409, "AlreadyExists");

  EXPECT_EQ(events("sent"), 1);
  EXPECT_EQ(api_.waiting(), 0U);
}

TEST_F(Recorder, CutsALongMessageBetweenCharacters) {
  std::string message(1023, 'x');
  message += "\u00fc and more";
  record("a", message);

  EXPECT_EQ(api_.take().request->body->at("message"), std::string(1023, 'x'));
}

TEST_F(Recorder, ShortensALongNameSoThatTheEventsNameIsValid) {
  record(std::string(235, 'n') + ".tail-that-is-too-long", "one");

  const auto name = api_.take().request->body->at("metadata")["name"].get<std::string>();
  EXPECT_EQ(name.size(), 235U + 17U);
}

}  // namespace
}  // namespace btc::actors
