#include "test/support/reconcile_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;

class ReconcileTriggers : public test::reconcile_fixture {};

// -- triggers -------------------------------------------------------------------------

TEST_F(ReconcileTriggers, RunsOnceForTenTriggersWhileBusy) {
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

TEST_F(ReconcileTriggers, PatchesTheStatusAtABoundedPace) {
  converge();
  int patches = 0;
  const auto move_pod = [&](int i) {
    change_pod(0, "10.0.2." + std::to_string(i));
    patches += static_cast<int>(serve_all().size());
  };

  for (int i = 0; i < 100; ++i) {
    move_pod(i);
  }
  EXPECT_LE(patches, reconcile::status_budget::burst);
  EXPECT_EQ(metric("workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}"), 0)
      << "what waits for a timer is not due";

  edit_child(k8s::kind::stateful_set, "net-sts", {{"spec", {{"replicas", 1}}}});
  EXPECT_THAT(serve_all(), Contains("apply StatefulSet")) << "drift does not wait";
  advance(2s);
  EXPECT_THAT(serve_all(), Contains("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.2.99");
}

TEST_F(ReconcileTriggers, PutsAChangedFieldBackAtOnce) {
  converge();

  edit_child(k8s::kind::stateful_set, "net-sts", {{"spec", {{"replicas", 1}}}});

  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 3);
  EXPECT_THAT(announced(), ElementsAre("DriftCorrected"));
  EXPECT_EQ(metric("bitcoin_controller_drift_corrections_total{kind=\"StatefulSet\"}"), 1);
}

TEST_F(ReconcileTriggers, PutsBackAtABoundedPaceWhatIsUndoneAgainAndAgain) {
  converge();
  int applies = 0;
  for (int i = 0; i < 100; ++i) {
    edit_child(k8s::kind::stateful_set, "net-sts", {{"spec", {{"replicas", 1}}}});
    applies += static_cast<int>(serve_all().size());
  }
  EXPECT_EQ(applies, reconcile::correction_budget::burst);

  advance(reconcile::correction_budget::refill);

  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 3);
}

TEST_F(ReconcileTriggers, FollowsTheSpec) {
  converge();

  edit_spec({{"nodes", 5}});

  EXPECT_THAT(serve_all(), Contains("apply StatefulSet"));
  EXPECT_EQ(children["net-sts"]["spec"]["replicas"], 5);
  EXPECT_THAT(announced(), ElementsAre("Scaled"));
}

TEST_F(ReconcileTriggers, MakesADeletedChildAnew) {
  converge();

  children["net-svc"]["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::service, children["net-svc"], true);

  EXPECT_THAT(serve_all(), Contains("create Service"));
}

TEST_F(ReconcileTriggers, IgnoresAWatchEventOlderThanItsOwnWrite) {
  load();
  const auto older = next_version();
  static_cast<void>(serve_all());
  auto stale = children["net-sts"];
  stale["metadata"]["resourceVersion"] = older;
  stale["spec"]["replicas"] = 1;

  change(k8s::kind::stateful_set, stale);

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileTriggers, IgnoresAnAnswerToACallThatItNoLongerWaitsFor) {
  load();
  const auto call = api.take();
  serve(call);
  const auto waiting = api.waiting();

  refuse(call, 403, "Forbidden");

  EXPECT_EQ(api.waiting(), waiting);
  EXPECT_EQ(report().last_error, "");
}

// -- the network goes -------------------------------------------------------------------

TEST_F(ReconcileTriggers, WritesNothingForANetworkThatIsBeingDeleted) {
  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";

  load();

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileTriggers, StopsItsPlanWhenTheNetworkGoesMeanwhile) {
  load();
  const auto create = api.take();
  ASSERT_EQ(short_text(*create.request), "create Service");

  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  network["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::bitcoin_network, network);
  serve(create);

  EXPECT_EQ(api.waiting(), 0U);
}
}  // namespace
}  // namespace btc::actors
