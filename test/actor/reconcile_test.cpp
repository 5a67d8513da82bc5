#include "test/support/reconcile_fixture.hpp"

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Reconcile : public test::reconcile_fixture {};

// -- the way to rest ------------------------------------------------------------------

TEST_F(Reconcile, WaitsUntilEveryCacheHasSentWhatItHas) {
  replay(k8s::kind::bitcoin_network, {network});
  replay(k8s::kind::stateful_set, {});
  replay(k8s::kind::service, {});
  EXPECT_EQ(api.waiting(), 0U);

  replay(k8s::kind::pod, {});
  EXPECT_EQ(api.waiting(), 1U);
}

TEST_F(Reconcile, CreatesServiceConfigurationAndStatefulSetThenWritesTheStatusOnce) {
  load();

  EXPECT_THAT(serve_all(),
              ElementsAre("create Service",
                          "get Secret",
                          "create conf",
                          "create StatefulSet",
                          "patch BitcoinNetwork"));
  ASSERT_THAT(announced(), ElementsAre("SuccessfulCreate"));
  EXPECT_EQ(recorder.all<messages::record_event>()[0].event.message,
            "Created Service net-svc; Created Secret net-conf; Created StatefulSet net-sts");
}

TEST_F(Reconcile, TellsWhatWasCreatedBeforeAFailure) {
  load();
  serve(api.take());  // the Service
  serve(api.take());  // the credentials

  refuse(api.take(), 500, "InternalError");

  ASSERT_THAT(announced(), ElementsAre("SuccessfulCreate"));
  EXPECT_EQ(recorder.all<messages::record_event>()[0].event.message, "Created Service net-svc");
}

TEST_F(Reconcile, MakesCredentialsWhereTheSpecNamesNone) {
  network["spec"].erase("secret");
  load();
  serve(api.take());

  const auto create = api.take();
  EXPECT_EQ(short_text(*create.request), "create Secret");
  EXPECT_EQ(create.request->body->at("metadata")["name"], "net-rpc");
  EXPECT_THAT(create.request->body->dump(), HasSubstr("a-password"));

  serve(create);
  EXPECT_THAT(serve_all(),
              ElementsAre("create conf", "create StatefulSet", "patch BitcoinNetwork"));
}

TEST_F(Reconcile, GivesEveryTurnBack) {
  load();
  EXPECT_EQ(dispatch.count<turn_wanted>(), 1U);
  EXPECT_EQ(dispatch.count<turn_over>(), 0U);

  static_cast<void>(serve_all());
  change_pod(0, "10.0.0.1");
  refuse(api.take(), 500, "InternalError");

  EXPECT_EQ(dispatch.count<turn_over>(), dispatch.count<turn_wanted>());
}

TEST_F(Reconcile, GivesATurnBackThatItsPredecessorAskedFor) {
  tell(actor, turn_granted{});  // still loading
  EXPECT_EQ(dispatch.count<turn_over>(), 1U);

  load();
  EXPECT_EQ(api.waiting(), 1U);
}

TEST_F(Reconcile, DecidesNothingBeforeItsTurn) {
  dispatch.got().react(nullptr);
  load();
  change_pod(0, "10.0.0.1");
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_EQ(dispatch.count<turn_wanted>(), 1U);

  tell(actor, turn_granted{});
  EXPECT_EQ(api.waiting(), 1U);
}

TEST_F(Reconcile, SendsOneCallAtATime) {
  load();

  while (api.waiting() > 0) {
    ASSERT_EQ(api.waiting(), 1U);
    serve(api.take());
  }
}

TEST_F(Reconcile, TellsTheCachesOfItsOwnWrites) {
  converge();

  const auto& services = caches[static_cast<std::size_t>(k8s::kind::service)];
  ASSERT_EQ(services.count<object_written>(), 1U);
  EXPECT_EQ(services.all<object_written>()[0].object->meta.key.name, "net-svc");
}

TEST_F(Reconcile, WritesNothingAtRest) {
  converge();

  tell(actor, resync{});
  change(k8s::kind::service, children["net-svc"]);
  change(k8s::kind::bitcoin_network, network);
  advance(3min);  // less than until the Secrets are read again

  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_THAT(announced(), IsEmpty());
}

// -- the spec says no ---------------------------------------------------------------------

TEST_F(Reconcile, TouchesNoChildOfAnInvalidSpecAndRecoversByTheNextEdit) {
  converge();

  edit_spec({{"nodes", -1}});
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True InvalidSpec");

  edit_spec({{"nodes", 4}});
  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(Reconcile, WritesOnlyStatusWhilePaused) {
  converge();

  edit_spec({{"paused", true}, {"nodes", 7}});

  EXPECT_THAT(serve_all(), Each("patch BitcoinNetwork"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 3);
}

// -- what it reports ----------------------------------------------------------------------

TEST_F(Reconcile, NamesTheNetworkInItsEvents) {
  load();
  static_cast<void>(serve_all());

  const auto event = recorder.all<record_event>().at(0);
  EXPECT_EQ(event.subject.key, (k8s::object_key{"default", "net"}));
  EXPECT_EQ(event.subject.uid, "uid-net");
}

TEST_F(Reconcile, ReportsWhatItWaitsForAndItsLastWrites) {
  converge();

  const auto r = report();
  EXPECT_EQ(r.key, "default/net");
  EXPECT_THAT(r.waiting_for, HasSubstr("0 of 3"));
  EXPECT_THAT(r.last_writes, SizeIs(4));
}

TEST_F(Reconcile, LeavesTheWorkQueueEmptyAtRestAndAtItsEnd) {
  converge();
  EXPECT_EQ(metric("workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}"), 0);

  change_pod(0, "10.0.0.1");
  kill(actor);

  EXPECT_EQ(metric("workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}"), 0);
}

TEST_F(Reconcile, CountsItselfOnceInTheWorkQueueThroughRefusals) {
  load();
  while (api.waiting() > 0) {
    change_pod(0, next_version());
    refuse(api.take(), 403, "Forbidden");
  }
  advance(40s);
  static_cast<void>(serve_all());

  EXPECT_EQ(metric("workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}"), 0);
}
}  // namespace
}  // namespace btc::actors
