#include "actors/api_actor.hpp"
#include "test/support/actor_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

class Api : public test::actor_fixture {
 protected:
  Api() {
    env.limits.inflight_requests_max = 3;
    env.limits.inflight_events_max = 2;
  }

  void call(std::uint64_t id,
            const std::string& target,
            k8s::method method = k8s::method::post,
            api_call::lane lane = api_call::lane::control) {
    k8s::request request;
    request.method = method;
    request.target = target;
    tell(api_, api_call{id, std::make_shared<const k8s::request>(request), lane, client_.handle()});
  }
  void call_in_background(std::uint64_t id, const std::string& target) {
    call(id, target, k8s::method::post, api_call::lane::background);
  }
  void answer_one() {
    transport.take_call().answer(200, nlohmann::json::object());
    run();
  }
  void refuse_connection() {
    transport.take_call().fail({0, std::string{k8s::reason_unreachable}, "connection refused"});
    run();
  }
  [[nodiscard]] std::vector<std::string> in_flight() const {
    std::vector<std::string> out;
    for (const auto& c : transport.calls) {
      out.push_back(c.request.target);
    }
    return out;
  }
  [[nodiscard]] std::vector<std::uint64_t> answered() const {
    std::vector<std::uint64_t> out;
    for (const auto& m : client_.all<api_answer>()) {
      out.push_back(m.id);
    }
    return out;
  }

  test::probe<supervisor_actor> supervisor_{make_probe<supervisor_actor>()};
  test::probe<api_client> client_{make_probe<api_client>()};
  api_actor api_{spawn(api, api_args{&env, supervisor_.handle()})};
};

TEST_F(Api, SendsWithTheDeadlineAndAnswersTheCaller) {
  call(7, "/a");

  const auto sent = transport.take_call();
  EXPECT_EQ(sent.deadline, env.limits.request_deadline);
  sent.answer(201, {{"hello", "world"}});
  run();

  ASSERT_THAT(answered(), ElementsAre(7U));
  const auto answer = client_.all<api_answer>()[0];
  EXPECT_EQ(*answer.body->value().document, nlohmann::json({{"hello", "world"}}));
}

TEST_F(Api, AnswersAnErrorWithWhatTheServerSaid) {
  call(7, "/a");

  transport.take_call().answer(409, {{"kind", "Status"}, {"code", 409}, {"reason", "Conflict"}});
  run();

  EXPECT_EQ(client_.all<api_answer>()[0].body->error().reason(), "Conflict");
}

TEST_F(Api, HoldsNoMoreInFlightThanAllowed) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    call(i, "/" + std::to_string(i));
  }
  EXPECT_THAT(in_flight(), ElementsAre("/0", "/1", "/2"));

  answer_one();

  EXPECT_THAT(in_flight(), ElementsAre("/1", "/2", "/3"));
  EXPECT_EQ(report_of(api_)->queue->depth, 1U);
}

TEST_F(Api, SendsEventsOnlyWhileNothingElseWaits) {
  for (std::uint64_t i = 0; i < 4; ++i) {
    call(i, "/" + std::to_string(i));
  }
  call_in_background(9, "/event");

  answer_one();
  EXPECT_THAT(in_flight(), ElementsAre("/1", "/2", "/3"));
  answer_one();

  EXPECT_THAT(in_flight(), ElementsAre("/2", "/3", "/event"));
}

TEST_F(Api, LetsEventsFillOnlyTheirPartOfTheLimit) {
  for (std::uint64_t i = 0; i < 4; ++i) {
    call_in_background(i, "/event-" + std::to_string(i));
  }
  EXPECT_THAT(in_flight(), ElementsAre("/event-0", "/event-1"));

  call(9, "/write");

  EXPECT_THAT(in_flight(), ElementsAre("/event-0", "/event-1", "/write"));
}

TEST_F(Api, JoinsIdenticalReads) {
  call(1, "/secret", k8s::method::get);
  call(2, "/secret", k8s::method::get);
  EXPECT_THAT(in_flight(), ElementsAre("/secret"));

  answer_one();

  EXPECT_THAT(answered(), ElementsAre(1U, 2U));
}

TEST_F(Api, ReadsAgainWhenTheEarlierReadHasItsAnswer) {
  call(1, "/secret", k8s::method::get);
  answer_one();

  call(2, "/secret", k8s::method::get);

  EXPECT_THAT(in_flight(), ElementsAre("/secret"));
}

TEST_F(Api, NeverJoinsWrites) {
  call(1, "/services");
  call(2, "/services");

  EXPECT_THAT(in_flight(), SizeIs(2));
}

// -- a server that is away ------------------------------------------------------------------

TEST_F(Api, TriesAServerThatIsAwayOnceForAllThatAskWithinAPause) {
  call(1, "/a");
  refuse_connection();
  call(2, "/b", k8s::method::get);
  call_in_background(3, "/event");

  EXPECT_THAT(in_flight(), IsEmpty());
  ASSERT_THAT(answered(), ElementsAre(1U, 2U, 3U));
  for (const auto& answer : client_.all<api_answer>()) {
    EXPECT_TRUE(answer.body->error().is_unreachable()) << answer.id;
  }

  advance(api_state::away_pauses.first);
  call(4, "/b", k8s::method::get);
  call_in_background(5, "/event");
  EXPECT_THAT(in_flight(), ElementsAre("/b", "/event"));
}

TEST_F(Api, TriesAServerThatStaysAwayOnceASecondHoweverManyAsk) {
  using std::chrono_literals::operator""ms;
  const auto tries_in_ten_seconds = [this] {
    int tries = 0;
    for (auto waited = 0ms; waited < 10'000ms; waited += 10ms) {
      call(1, "/a");
      for (; !transport.calls.empty(); ++tries) {
        refuse_connection();
      }
      advance(10ms);
    }
    return tries;
  };

  EXPECT_THAT(tries_in_ten_seconds(), AllOf(Ge(13), Le(14)));  // after 50, 100, … 800 ms first
  EXPECT_THAT(tries_in_ten_seconds(), AllOf(Ge(9), Le(11)));
}

TEST_F(Api, CountsRequestsThatFailTogetherAsOneFailure) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    call(i, "/" + std::to_string(i));
  }
  refuse_connection();
  refuse_connection();
  refuse_connection();

  advance(api_state::away_pauses.first);
  call(9, "/again");

  EXPECT_THAT(in_flight(), ElementsAre("/again"));
}

TEST_F(Api, AnswersWhatWaitedForTheOneThatFoundTheServerAway) {
  env.limits.inflight_requests_max = 1;
  for (std::uint64_t i = 0; i < 3; ++i) {
    call(i, "/" + std::to_string(i));
  }

  refuse_connection();

  EXPECT_THAT(in_flight(), IsEmpty());
  EXPECT_THAT(answered(), ElementsAre(0U, 1U, 2U));
  EXPECT_EQ(report_of(api_)->queue->depth, 0U);
}

TEST_F(Api, TakesNoServerForAwayWhileOtherRequestsAreUnderWay) {
  for (std::uint64_t i = 0; i < 4; ++i) {
    call(i, "/" + std::to_string(i));
  }

  refuse_connection();

  EXPECT_THAT(in_flight(), ElementsAre("/1", "/2", "/3"));
}

TEST_F(Api, GoesOnAtOnceWhenTheServerIsBack) {
  call(1, "/a");
  refuse_connection();
  advance(api_state::away_pauses.first);
  call(2, "/b");
  answer_one();

  call(3, "/c");

  EXPECT_THAT(in_flight(), ElementsAre("/c"));
}

TEST_F(Api, AsksAgainAtOnceAServerThatOnlyRefuses) {
  call(1, "/a");
  transport.take_call().answer(503, {{"kind", "Status"}, {"code", 503}});
  run();

  call(2, "/b");

  EXPECT_THAT(in_flight(), ElementsAre("/b"));
}

TEST_F(Api, DrainsAtOnceWhenNothingIsInFlight) {
  tell(api_, drain{});

  EXPECT_EQ(supervisor_.count<drained>(), 1U);
}

TEST_F(Api, FinishesWhatIsInFlightAndStartsNothingNewWhileDraining) {
  for (std::uint64_t i = 0; i < 5; ++i) {
    call(i, "/" + std::to_string(i));
  }
  tell(api_, drain{});
  EXPECT_EQ(supervisor_.count<drained>(), 0U);

  call(9, "/late");
  answer_one();
  answer_one();
  EXPECT_EQ(supervisor_.count<drained>(), 0U);
  answer_one();

  EXPECT_EQ(supervisor_.count<drained>(), 1U);
  EXPECT_THAT(in_flight(), IsEmpty());
  EXPECT_THAT(answered(), ElementsAre(0U, 1U, 2U));
}

}  // namespace
}  // namespace btc::actors
