#include "test/support/reconcile_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

class ReconcileErrors : public test::reconcile_fixture {
 protected:
  /// Somebody edits the Service that we made by POST: first a JSON patch makes way for the apply.
  [[nodiscard]] api_call patch_that_makes_way() {
    converge();
    edit_child(
        k8s::kind::service,
        "net-svc",
        {{"spec", {{"selector", {{"app", "other"}}}}},
         {"metadata",
          {{"annotations", nullptr},
           {"managedFields", {{{"manager", "bitcoin-controller"}, {"operation", "Update"}}}}}}});
    return api.take();
  }
};

// -- errors of the API server -----------------------------------------------------------

TEST_F(ReconcileErrors, TriesAgainAfterABadMoment) {
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

TEST_F(ReconcileErrors, BacksOffUpToALimit) {
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

TEST_F(ReconcileErrors, DoesNotWaitLongForAServerThatCannotBeReached) {
  load();

  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(api.waiting(), 1U) << i;
    refuse(api.take(), 0, std::string{k8s::reason_unreachable});
    ASSERT_THAT(report().next_retry_seconds.value(), AllOf(Ge(0.025), Le(5.0))) << i;
    advance(5s);
  }

  EXPECT_EQ(report().consecutive_failures, 20U);
}

TEST_F(ReconcileErrors, WaitsAsLongAsTheServerAsks) {
  load();
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);

  advance(4900ms);
  EXPECT_EQ(api.waiting(), 0U);
  advance(100ms);
  EXPECT_EQ(api.waiting(), 1U);
}

TEST_F(ReconcileErrors, DoesNotWriteEarlierBecauseSomethingElseChanged) {
  load();
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);
  run();

  change_pod(0, "10.0.0.1");
  tell(actor, resync{});

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileErrors, TellsOfARefusalInTheStatusAndTriesAgainSlowly) {
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

TEST_F(ReconcileErrors, AnnouncesARefusalThatLastsOnlyOnce) {
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

TEST_F(ReconcileErrors, EndsARefusalWhenTheUserEditsTheSpec) {
  load();
  serve(api.take());
  serve(api.take());
  serve(api.take());
  refuse(api.take(), 422, "Invalid");
  static_cast<void>(serve_all());

  edit_spec({{"nodes", 2}});

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
}

TEST_F(ReconcileErrors, LooksAtAChildThatExistsThoughNoCacheShowsIt) {
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

TEST_F(ReconcileErrors, LooksAgainAtAChildThatNoWatchTellsOf) {
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

TEST_F(ReconcileErrors, LeavesAForeignChildAlone) {
  load();
  const auto create = api.take();
  auto& foreign = children["net-svc"] = test::stored(*create.request->body, next_version());
  foreign["metadata"].erase("ownerReferences");

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(), ElementsAre("get Service", "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True ChildNotOwned");
}

TEST_F(ReconcileErrors, LooksAgainAtAForeignChildUntilItIsGone) {
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

TEST_F(ReconcileErrors, FindsItsOwnWriteWhoseAnswerWasLost) {
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

TEST_F(ReconcileErrors, DoesNotSpinWhenAChildExistsAndCannotBeTaken) {
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

TEST_F(ReconcileErrors, DoesNotSpinWhenItsOwnershipCannotBeTaken) {
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

TEST_F(ReconcileErrors, AppliesNothingAfterAPatchThatAProxySwallowed) {
  const auto patch = patch_that_makes_way();
  ASSERT_EQ(short_text(*patch.request), "patch Service");

  succeed(patch, "everything is fine");

  advance(1s);
  EXPECT_EQ(short_text(*api.take().request), "patch Service");
}

TEST_F(ReconcileErrors, AppliesToWhatItsPatchHasMadeAndToNothingElse) {
  const auto patch = patch_that_makes_way();
  ASSERT_EQ(short_text(*patch.request), "patch Service");
  auto made = children.at("net-svc");
  made["metadata"]["resourceVersion"] = "7001";
  auto taken = made;
  taken["metadata"]["resourceVersion"] = "7002";
  change(k8s::kind::service, taken);  // while the answer is on its way

  succeed(patch, made);

  const auto apply = api.take();
  EXPECT_EQ(short_text(*apply.request), "apply Service");
  EXPECT_EQ(apply.request->body->at("metadata").at("resourceVersion"), "7001");
}

TEST_F(ReconcileErrors, WaitsForAMissingSecretAndGoesOnWhenItAppears) {
  load();
  serve(api.take());
  refuse(api.take(), 404, "NotFound");
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True SecretInvalid");

  advance(30s);

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileErrors, WritesAStatusThatConflictsAnewFromTheNewerNetwork) {
  converge();
  change_pod(0, "10.0.0.1");
  const auto patch = api.take();
  network["metadata"]["labels"] = {{"somebody", "else"}};
  network["metadata"]["resourceVersion"] = next_version();

  refuse(patch, 409, "Conflict");
  EXPECT_EQ(api.waiting(), 0U) << "it would be refused again";
  change(k8s::kind::bitcoin_network, network);

  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork")) << "at once";
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.0.1");
  EXPECT_EQ(metric("controller_runtime_reconcile_errors_total{controller=\"bitcoinnetwork\"}"), 0);
}

TEST_F(ReconcileErrors, LooksAtWhatItWaitsForWhenAResyncIsDue) {
  load();
  serve(api.take());
  refuse(api.take(), 404, "NotFound");
  static_cast<void>(serve_all());
  ASSERT_EQ(condition("Degraded"), "True SecretInvalid");

  tell(actor, resync{});

  EXPECT_THAT(api.waiting(), testing::Gt(0U));
}

TEST_F(ReconcileErrors, CountsItsWorkOnceWhateverItLooksAt) {
  const std::string active = "controller_runtime_active_workers{controller=\"bitcoinnetwork\"}";
  converge();
  ASSERT_EQ(metric(active), 0);
  change_pod(0, "10.0.0.1");
  EXPECT_EQ(metric(active), 1);
  static_cast<void>(serve_all());
  EXPECT_EQ(metric(active), 0);
}

// -- a namespace that is being deleted ------------------------------------------------------

TEST_F(ReconcileErrors, MakesNothingMoreInANamespaceThatEnds) {
  load();
  const auto refuse_for_good = [this] {
    auto ends = k8s::api_error{403, "Forbidden", "it is being terminated"};
    ends.with_causes({{"NamespaceTerminating", "metadata.namespace", "it ends"}});
    test::api_probe::refuse(api.take(), ends);
    run();
  };
  refuse_for_good();

  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True NamespaceTerminating");
  EXPECT_THAT(announced(), testing::IsEmpty());
  EXPECT_EQ(log.count("namespace-ends"), 1U);
  EXPECT_EQ(log.count("write-refused"), 0U);

  for (int i = 0; i < 4; ++i) {
    change_pod(0, "10.0.3." + std::to_string(i));
    advance(30s);
    tell(actor, resync{});
    EXPECT_EQ(api.waiting(), 0U) << i;
  }
  advance(5min);
  refuse_for_good();
  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_EQ(log.count("namespace-ends"), 1U);
  EXPECT_THAT(announced(), testing::IsEmpty());
}

// -- the work queue: what waits for a timer is not in it ---------------------------------------

constexpr const char* queue_depth =
    "workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";
constexpr const char* queue_seconds =
    "workqueue_queue_duration_seconds_sum{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";
constexpr const char* queue_retries =
    "workqueue_retries_total{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";

TEST_F(ReconcileErrors, IsNotInTheWorkQueueWhileItBacksOff) {
  load();
  change_pod(0, "10.0.0.1");  // while a request is under way
  EXPECT_EQ(metric(queue_depth), 1);
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);
  run();
  EXPECT_EQ(metric(queue_depth), 0);

  change_pod(0, "10.0.0.2");
  EXPECT_EQ(metric(queue_depth), 0);
  EXPECT_EQ(metric(queue_retries), 1);

  advance(5s);
  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(metric(queue_depth), 0);
  EXPECT_LT(metric(queue_seconds), 1);
}

TEST_F(ReconcileErrors, IsNotInTheWorkQueueWhileAStatusThatIsRefusedWaits) {
  converge();
  change_pod(0, "10.0.0.1");
  const auto patch = api.take();
  change_pod(0, "10.0.0.2");
  refuse(patch, 403, "Forbidden");

  EXPECT_EQ(metric(queue_depth), 0);
  advance(40s);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.0.2");
}
}  // namespace
}  // namespace btc::actors
