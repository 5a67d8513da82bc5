#include "test/support/reconcile_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
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
  EXPECT_THAT(announced(), ElementsAre("SuccessfulCreate", "SuccessfulCreate", "SuccessfulCreate"));
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

// -- triggers -------------------------------------------------------------------------

TEST_F(Reconcile, RunsOnceForTenTriggersWhileBusy) {
  converge();
  change_pod(0, "10.0.0.1");
  const auto busy = api.take();

  for (int i = 0; i < 10; ++i) {
    change_pod(0, "10.0.1." + std::to_string(i));
  }
  EXPECT_EQ(api.waiting(), 0U);
  serve(busy);

  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.1.9");
}

TEST_F(Reconcile, PutsAChangedFieldBackAtOnce) {
  converge();

  edit_child(k8s::kind::stateful_set, "net-sts", {{"spec", {{"replicas", 1}}}});

  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 3);
  EXPECT_THAT(announced(), ElementsAre("DriftCorrected"));
  EXPECT_EQ(metric("bitcoin_controller_drift_corrections_total{kind=\"StatefulSet\"}"), 1);
}

TEST_F(Reconcile, FollowsTheSpec) {
  converge();

  edit_spec({{"nodes", 5}});

  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 5);
  EXPECT_THAT(announced(), ElementsAre("Scaled"));
}

TEST_F(Reconcile, MakesADeletedChildAnew) {
  converge();

  children["net-svc"]["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::service, children["net-svc"], true);

  EXPECT_THAT(serve_all(), Contains("create Service"));
}

TEST_F(Reconcile, IgnoresAWatchEventOlderThanItsOwnWrite) {
  load();
  const auto older = next_version();
  static_cast<void>(serve_all());
  auto stale = children["net-sts"];
  stale["metadata"]["resourceVersion"] = older;
  stale["spec"]["replicas"] = 1;

  change(k8s::kind::stateful_set, stale);

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(Reconcile, IgnoresAnAnswerToACallThatItNoLongerWaitsFor) {
  load();
  const auto call = api.take();
  serve(call);
  const auto waiting = api.waiting();

  refuse(call, 403, "Forbidden");

  EXPECT_EQ(api.waiting(), waiting);
  EXPECT_EQ(report().last_error, "");
}

// -- the network goes -------------------------------------------------------------------

TEST_F(Reconcile, WritesNothingForANetworkThatIsBeingDeleted) {
  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";

  load();

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(Reconcile, StopsItsPlanWhenTheNetworkGoesMeanwhile) {
  load();
  const auto create = api.take();
  ASSERT_EQ(short_text(*create.request), "create Service");

  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  network["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::bitcoin_network, network);
  serve(create);

  EXPECT_EQ(api.waiting(), 0U);
}

// -- errors of the API server -----------------------------------------------------------

TEST_F(Reconcile, TriesAgainAfterABadMoment) {
  load();
  refuse(api.take(), 503, "ServiceUnavailable");
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_EQ(report().consecutive_failures, 1U);
  EXPECT_THAT(report().last_error, HasSubstr("503"));

  advance(50ms);

  EXPECT_THAT(serve_all(), SizeIs(5));
  EXPECT_EQ(report().consecutive_failures, 0U);
  EXPECT_EQ(report().last_error, "");
}

TEST_F(Reconcile, BacksOffUpToALimit) {
  load();

  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(api.waiting(), 1U) << i;
    refuse(api.take(), 500, "InternalError");
    ASSERT_THAT(report().next_retry_seconds.value(), AllOf(Ge(0.025), Le(30.0))) << i;
    advance(30s);
  }

  EXPECT_EQ(report().consecutive_failures, 20U);
  EXPECT_LT(log.count("request-failed"), 10U);
}

TEST_F(Reconcile, WaitsAsLongAsTheServerAsks) {
  load();
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);

  advance(4900ms);
  EXPECT_EQ(api.waiting(), 0U);
  advance(100ms);
  EXPECT_EQ(api.waiting(), 1U);
}

TEST_F(Reconcile, DoesNotWriteEarlierBecauseSomethingElseChanged) {
  load();
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);
  run();

  change_pod(0, "10.0.0.1");
  tell(actor, resync{});

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(Reconcile, TellsOfARefusalInTheStatusAndTriesAgainSlowly) {
  load();
  refuse(api.take(), 403, "Forbidden");

  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True Forbidden");
  EXPECT_THAT(announced(), ElementsAre("Forbidden"));

  advance(22s);
  EXPECT_EQ(api.waiting(), 0U);
  advance(16s);
  EXPECT_THAT(serve_all(), Contains("create Service"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(Reconcile, AnnouncesARefusalThatLastsOnlyOnce) {
  load();

  for (int i = 0; i < 5; ++i) {
    for (auto waiting = api.waiting(); waiting > 0; waiting = api.waiting()) {
      const auto call = api.take();
      if (call.request->verb == "create") {
        refuse(call, 403, "Forbidden");
      } else {
        serve(call);
      }
    }
    advance(40s);
  }

  EXPECT_THAT(announced(), ElementsAre("Forbidden"));
}

TEST_F(Reconcile, EndsARefusalWhenTheUserEditsTheSpec) {
  load();
  serve(api.take());
  serve(api.take());
  serve(api.take());
  refuse(api.take(), 422, "Invalid");
  static_cast<void>(serve_all());

  edit_spec({{"nodes", 2}});

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
}

TEST_F(Reconcile, LooksAtAChildThatExistsThoughNoCacheShowsIt) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(),
              ElementsAre("get Service",
                          "get Secret",
                          "create conf",
                          "create StatefulSet",
                          "patch BitcoinNetwork"));
}

TEST_F(Reconcile, LooksAgainAtAChildThatNoWatchTellsOf) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  refuse(create, 409, "AlreadyExists");
  static_cast<void>(serve_all());

  children.erase("net-svc");
  advance(env.limits.refused_retry * 5 / 4);
  EXPECT_THAT(serve_all(), ElementsAre("get Service"));
  advance(1s);  // time for a deletion to be over

  EXPECT_THAT(serve_all(), Contains("create Service"));
}

TEST_F(Reconcile, LeavesAForeignChildAlone) {
  load();
  const auto create = api.take();
  auto& foreign = children["net-svc"] = test::stored(*create.request->body, next_version());
  foreign["metadata"].erase("ownerReferences");

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(), ElementsAre("get Service", "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True ChildNotOwned");
}

TEST_F(Reconcile, LooksAgainAtAForeignChildUntilItIsGone) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  children["net-svc"]["metadata"].erase("ownerReferences");
  refuse(create, 409, "AlreadyExists");
  static_cast<void>(serve_all());

  for (int i = 0; i < 60 && api.waiting() == 0; ++i) {
    advance(1s);
  }
  const auto look = api.take();
  ASSERT_EQ(short_text(*look.request), "get Service");
  refuse(look, 404, "NotFound");
  advance(30s);

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(Reconcile, FindsItsOwnWriteWhoseAnswerWasLost) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  refuse(create, 0, std::string{k8s::reason_connection_lost});
  advance(1s);

  serve(api.take());  // the Secret or the Service, whatever comes first
  while (api.waiting() > 0) {
    const auto call = api.take();
    if (short_text(*call.request) == "create Service") {
      refuse(call, 409, "AlreadyExists");
    } else {
      serve(call);
    }
  }

  EXPECT_TRUE(children.contains("net-sts"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(Reconcile, DoesNotSpinWhenAChildExistsAndCannotBeTaken) {
  const auto known = std::to_string(5'000);  // the store went back in time: what is there is older
  load();
  change(k8s::kind::service, test::a_child(k8s::kind::service, "net-svc", known), true);

  int calls = 0;
  for (; api.waiting() > 0 && calls < 50; ++calls) {
    const auto call = api.take();
    if (short_text(*call.request) == "create Service") {
      children["net-svc"] = test::stored(*call.request->body, next_version());
      refuse(call, 409, "AlreadyExists");
    } else {
      serve(call);
    }
  }

  EXPECT_LT(calls, 10);
  EXPECT_TRUE(report().next_retry_seconds.has_value());
}

TEST_F(Reconcile, DoesNotSpinWhenItsOwnershipCannotBeTaken) {
  network["spec"]["imagePullSecrets"] = {{{"name", "registry"}}};
  converge();
  edit_child(
      k8s::kind::stateful_set,
      "net-sts",
      {{"metadata",
        {{"managedFields", {{{"manager", "bitcoin-controller"}, {"operation", "Update"}}}}}}});
  static_cast<void>(serve_all());
  edit_spec({{"imagePullSecrets", nullptr}});

  int refused = 0;
  for (int calls = 0; api.waiting() > 0 && calls < 50; ++calls) {
    const auto call = api.take();
    if (short_text(*call.request) == "patch StatefulSet") {
      ++refused;
      refuse(call, 403, "Forbidden");
    } else {
      serve(call);
    }
  }

  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 5);
  EXPECT_EQ(condition("Degraded"), "True Forbidden");
}

TEST_F(Reconcile, WaitsForAMissingSecretAndGoesOnWhenItAppears) {
  load();
  serve(api.take());
  refuse(api.take(), 404, "NotFound");
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True SecretInvalid");

  advance(30s);

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(Reconcile, WritesAStatusThatConflictsAnewFromTheNewerNetwork) {
  converge();
  change_pod(0, "10.0.0.1");
  const auto patch = api.take();
  network["metadata"]["labels"] = {{"somebody", "else"}};
  network["metadata"]["resourceVersion"] = next_version();

  refuse(patch, 409, "Conflict");
  change(k8s::kind::bitcoin_network, network);
  advance(1s);

  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.0.1");
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
