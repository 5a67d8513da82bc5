#include "actors/watch_actor.hpp"
#include "test/support/actor_fixture.hpp"
#include "test/support/documents.hpp"
#include "test/support/shown_changes.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using test::a_bookmark;
using test::a_network;
using test::a_status;
using test::watch_line;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Watch : public test::actor_fixture {
 protected:
  void begin() {
    watch_ = spawn(watch, watch_args{&env, k8s::kind::bitcoin_network, {"", ""}, cache_.handle()});
    tell(watch_, begin_watch{});
  }
  /// Up to the end of the initial events, with one network at version 100.
  std::shared_ptr<test::stream_control> begin_watching() {
    begin();
    auto stream = transport.take_opening().accept();
    run();
    stream->give_lines({watch_line("ADDED", a_network()), a_bookmark("100", true)});
    run();
    return stream;
  }
  /// What the cache heard: "=name@version …" for a replace, "+name@version", "-name@version".
  [[nodiscard]] std::vector<std::string> heard() const {
    std::vector<std::string> out;
    for (const auto& m : cache_.all<objects_replaced>()) {
      std::string text{"="};
      for (const auto& object : *m.objects) {
        text += test::shown(*object) + " ";
      }
      out.push_back(text + "at " + m.resource_version);
    }
    for (const auto& m : cache_.all<objects_changed>()) {
      for (const auto& change : *m.changes) {
        out.push_back(test::shown(change));
      }
    }
    return out;
  }
  [[nodiscard]] double undecodable() {
    return metric("bitcoin_controller_decode_errors_total{kind=\"BitcoinNetwork\"}");
  }

  test::probe<cache_actor> cache_{make_probe<cache_actor>()};
  watch_actor watch_{};
};

TEST_F(Watch, BeginsWithAWatchList) {
  begin();

  const auto opening = transport.take_opening();
  EXPECT_THAT(opening.request.target, HasSubstr("sendInitialEvents=true"));
  EXPECT_THAT(opening.request.target, HasSubstr("allowWatchBookmarks=true"));
  EXPECT_THAT(opening.life_deadline, testing::Ge(175s));
}

TEST_F(Watch, DeliversTheInitialEventsAsOneState) {
  begin();
  const auto stream = transport.take_opening().accept();
  run();
  stream->give_lines({watch_line("ADDED", a_network("a", "90"))});
  run();
  EXPECT_THAT(heard(), IsEmpty());

  stream->give_lines({watch_line("ADDED", a_network("b", "80")), a_bookmark("100", true)});
  run();

  EXPECT_THAT(heard(), ElementsAre("=a@90 b@80 at 100"));
  EXPECT_TRUE(cache_.all<objects_replaced>()[0].consistent);
}

TEST_F(Watch, GoesOnWithTheSameStreamAfterTheInitialEvents) {
  const auto stream = begin_watching();
  cache_.got().clear();

  stream->give_lines({watch_line("MODIFIED", a_network("net", "101")),
                      watch_line("DELETED", a_network("net", "102"))});
  run();

  EXPECT_THAT(heard(), ElementsAre("+net@101", "-net@102"));
  EXPECT_THAT(transport.openings, IsEmpty());
}

TEST_F(Watch, FallsBackToAListWhereTheServerKnowsNoWatchList) {
  begin();

  transport.take_opening().refuse(422, a_status(422, "Invalid"));
  run();

  const auto list = transport.take_call();
  EXPECT_THAT(list.request.target, Not(HasSubstr("watch=true")));
  EXPECT_THAT(list.request.target, HasSubstr("limit="));
}

TEST_F(Watch, FallsBackToAListWhenTheInitialEventsNeverEnd) {
  begin();
  const auto stream = transport.take_opening().accept();
  run();

  advance(20s);

  EXPECT_TRUE(stream->closed());
  EXPECT_THAT(transport.calls, testing::SizeIs(1));
}

TEST_F(Watch, ReadsAListPageByPageAndWatchesFromItsVersion) {
  begin();
  transport.take_opening().refuse(400, a_status(400, "BadRequest"));
  run();

  transport.take_call().answer(200, test::list_of({a_network("a", "10")}, "50", "more"));
  run();
  const auto second = transport.take_call();
  EXPECT_THAT(second.request.target, HasSubstr("continue=more"));
  second.answer(200, test::list_of({a_network("b", "20")}, "50"));
  run();

  EXPECT_THAT(heard(), ElementsAre("=a@10 b@20 at 50"));
  EXPECT_THAT(transport.take_opening().request.target, HasSubstr("resourceVersion=50"));
}

TEST_F(Watch, ListsAgainAfterGone) {
  const auto stream = begin_watching();

  stream->give_lines({watch_line("ERROR", a_status(410, "Expired"))});
  run();

  EXPECT_TRUE(stream->closed());
  const auto again = transport.take_opening();
  EXPECT_THAT(again.request.target, HasSubstr("sendInitialEvents=true"));
  EXPECT_THAT(again.request.target, HasSubstr("resourceVersion=100"));
  EXPECT_EQ(metric("bitcoin_controller_watch_restarts_total"
                   "{cause=\"gone\",kind=\"BitcoinNetwork\"}"),
            1);
}

TEST_F(Watch, OpensAgainAtItsVersionAfterACleanEnd) {
  const auto stream = begin_watching();
  advance(180s);

  stream->end();
  run();

  const auto again = transport.take_opening();
  EXPECT_THAT(again.request.target, HasSubstr("resourceVersion=100"));
  EXPECT_THAT(again.request.target, Not(HasSubstr("sendInitialEvents")));
}

TEST_F(Watch, BacksOffAfterALostConnection) {
  const auto stream = begin_watching();
  advance(10s);

  stream->end(k8s::api_error{0, std::string{k8s::reason_connection_lost}, "reset"});
  run();
  EXPECT_THAT(transport.openings, IsEmpty());

  advance(1600ms);
  EXPECT_THAT(transport.openings, testing::SizeIs(1));
}

TEST_F(Watch, SkipsAPoisonedLineAndGoesOn) {
  const auto stream = begin_watching();
  cache_.got().clear();

  k8s::stream_batch batch;
  batch.lines.push_back({"{\"type\": nonsense", nullptr});
  batch.lines.push_back({watch_line("MODIFIED", a_network("net", "101")).dump(), nullptr});
  stream->give(std::move(batch));
  run();

  EXPECT_THAT(heard(), ElementsAre("+net@101"));
  EXPECT_EQ(undecodable(), 1);
  EXPECT_EQ(log.count("watch-undecodable"), 1U);
  EXPECT_TRUE(stream->reading());
}

TEST_F(Watch, CountsAnOversizedLineAndGoesOn) {
  const auto stream = begin_watching();

  k8s::stream_batch batch;
  batch.oversized_lines = 1;
  stream->give(std::move(batch));
  run();

  EXPECT_EQ(undecodable(), 1);
  EXPECT_TRUE(stream->reading());
}

TEST_F(Watch, LogsTheFirstOfManyPoisonedLinesOnly) {
  const auto stream = begin_watching();
  for (int i = 0; i < 5; ++i) {
    stream->give_lines({watch_line("MODIFIED", {{"kind", "Pod"}})});
    run();
  }

  EXPECT_EQ(undecodable(), 5);
  EXPECT_EQ(log.count("watch-undecodable"), 1U);
}

TEST_F(Watch, ReadsOnOnlyWhenABatchIsProcessed) {
  const auto stream = begin_watching();
  const auto reads = stream->reads();
  EXPECT_TRUE(stream->reading());

  stream->give_lines({watch_line("MODIFIED", a_network("net", "101"))});
  EXPECT_FALSE(stream->reading());  // the batch waits in the mailbox
  EXPECT_EQ(stream->reads(), reads);

  run();
  EXPECT_TRUE(stream->reading());
}

TEST_F(Watch, DropsABatchOfAnEarlierStream) {
  static_cast<void>(begin_watching());
  cache_.got().clear();

  auto stale = std::make_shared<k8s::stream_batch>();
  stale->lines.push_back({watch_line("MODIFIED", a_network("net", "101")).dump(), nullptr});
  tell(watch_, stream_read{0, stale});

  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(Watch, IgnoresWhatFollowsAnErrorInTheSameBatch) {
  const auto stream = begin_watching();
  cache_.got().clear();

  stream->give_lines({watch_line("ERROR", a_status(410, "Expired")),
                      watch_line("MODIFIED", a_network("net", "101"))});
  run();

  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(Watch, RemembersTheVersionOfABookmark) {
  const auto stream = begin_watching();
  stream->give_lines({a_bookmark("150")});
  run();
  advance(180s);

  stream->end();
  run();

  EXPECT_THAT(transport.take_opening().request.target, HasSubstr("resourceVersion=150"));
}

TEST_F(Watch, ReportsSinceWhenThereIsNoContact) {
  const auto stream = begin_watching();
  advance(40s);

  const auto report = report_of(watch_);
  EXPECT_EQ(report->watch->last_contact_age_seconds, 40);
  EXPECT_EQ(report->watch->state, "watching");
  EXPECT_EQ(report->watch->resource_version, "100");
}

TEST_F(Watch, TellsAFailureFromBeingLost) {
  const auto stream = begin_watching();
  advance(40s);
  stream->end();
  run();
  advance(1s);

  const auto report = report_of(watch_);
  EXPECT_EQ(report->watch->last_contact_age_seconds, 41);
  EXPECT_EQ(report->watch->last_outcome_age_seconds, 1);
}

}  // namespace
}  // namespace btc::actors
