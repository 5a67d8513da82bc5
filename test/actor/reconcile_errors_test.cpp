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

using ReconcileErrors = test::reconcile_fixture;

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

}  // namespace
}  // namespace btc::actors
