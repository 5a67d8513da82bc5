#include "actors/reconcile/decide.hpp"
#include "actors/reconcile/image_trouble.hpp"
#include "actors/reconcile/status.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<int> ordinals_of(const k8s::network_status& s) {
  std::vector<int> ordinals;
  for (const auto& node : s.nodes) {
    ordinals.push_back(node.ordinal);
  }
  return ordinals;
}

k8s::network_status status_of(const observation& o) {
  return reconcile::status_of(o.build(), {});
}

TEST(StatusNodes, TellWhereANodeIs) {
  const auto s = status_of(an_observation().at_rest());

  EXPECT_EQ(s.nodes.at(1), (k8s::node_status{1, true, "10.0.0.1", "worker", "net-sts-1.net-svc"}));
  EXPECT_EQ(s.replicas, 3);
  EXPECT_EQ(s.ready_nodes, 3);
  EXPECT_EQ(s.selector, "app=net");
}

TEST(StatusNodes, AreSortedByNumberNotByName) {
  auto o = an_observation().with_nodes(11).at_rest();
  std::reverse(o.pods.begin(), o.pods.end());

  EXPECT_THAT(ordinals_of(status_of(o)), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST(StatusNodes, AreNotReadyWhileTheyTerminate) {
  auto o = an_observation().at_rest();
  o.pods[0]["metadata"]["deletionTimestamp"] = test::this_moment;

  const auto s = status_of(o);

  EXPECT_FALSE(s.nodes.at(0).ready);
  EXPECT_EQ(s.ready_nodes, 2);
}

TEST(StatusNodes, LeaveOutPodsThatOnlyCarryOurLabel) {
  auto o = an_observation().at_rest();
  o.pods[0]["metadata"].erase("ownerReferences");
  o.pods[1]["metadata"]["ownerReferences"][0]["kind"] = "ReplicaSet";

  EXPECT_THAT(ordinals_of(status_of(o)), ElementsAre(2));
}

TEST(StatusNodes, LeaveOutPodsOfADeletedStatefulSet) {
  auto o = an_observation().at_rest();
  (*o.stateful_set)["metadata"]["uid"] = "new-uid";

  EXPECT_THAT(ordinals_of(status_of(o)), IsEmpty());
}

TEST(StatusNodes, LeaveOutPodsOfAnotherForm) {
  auto o = an_observation().at_rest();
  o.pods[0]["metadata"]["name"] = "net-sts-01";
  o.pods[1]["metadata"]["name"] = "other-1";
  o.pods[2]["metadata"]["name"] = "net-sts-";

  EXPECT_THAT(ordinals_of(status_of(o)), IsEmpty());
}

TEST(StatusNodes, OfAPredecessorMakeNoNewNetworkReady) {
  auto o = an_observation().at_rest();
  o.network["metadata"]["uid"] = "new-uid";

  const auto s = status_of(o);

  EXPECT_EQ(s.phase, "Pending");
  EXPECT_EQ(s.replicas, 0);
  EXPECT_THAT(s.nodes, IsEmpty());
}

TEST(StatusNodes, GoWithTheStatefulSet) {
  auto o = an_observation().at_rest();
  o.stateful_set.reset();

  const auto s = status_of(o);

  EXPECT_EQ(s.phase, "Pending");
  EXPECT_EQ(s.ready_nodes, 0);
  EXPECT_THAT(s.nodes, IsEmpty());
}

// -- transitions and patches ----------------------------------------------------------------

std::string transition_of(const k8s::network_status& s, std::string_view type) {
  return k8s::find_condition(s, type)->last_transition_time;
}

TEST(StatusTransition, IsKeptWhileTheConditionsStatusIsTheSame) {
  auto o = an_observation().at_rest().with_nodes(5);

  const auto s = status_of(o.with_status().with_nodes(4));

  EXPECT_EQ(transition_of(s, condition_ready), test::an_earlier_moment);
}

TEST(StatusTransition, MovesWithTheConditionsStatusAlone) {
  auto o = an_observation().at_rest();
  o.pods.pop_back();

  const auto s = status_of(o);

  EXPECT_EQ(transition_of(s, condition_ready), test::this_moment);
  EXPECT_EQ(transition_of(s, condition_degraded), test::an_earlier_moment);
}

TEST(StatusTransition, IsSetWhereAnOlderConditionHasNone) {
  auto o = an_observation().at_rest();
  o.network["status"]["conditions"][0].erase("lastTransitionTime");

  EXPECT_EQ(transition_of(status_of(o), condition_ready), test::this_moment);
}

json patch_of(const observation& o) {
  const auto patches = test::actions_of<patch_status>(decide(o.build()));
  return patches.empty() ? json{} : patches.front().patch.at("status");
}

TEST(StatusPatch, IsNoneWhenNothingDiffers) {
  EXPECT_EQ(patch_of(an_observation().at_rest()), json{});
}

TEST(StatusPatch, OfANewNetworkIsTheWholeStatus) {
  const auto patch = patch_of(an_observation().paused());

  for (const auto* field : {"observedGeneration",
                            "phase",
                            "replicas",
                            "readyNodes",
                            "selector",
                            "nodes",
                            "conditions"}) {
    EXPECT_TRUE(patch.contains(field)) << field;
  }
}

TEST(StatusPatch, HoldsOnlyTheFieldsThatDiffer) {
  auto o = an_observation().at_rest();
  o.pods[0]["status"]["podIP"] = "10.9.9.9";

  const auto patch = patch_of(o);

  ASSERT_EQ(patch.size(), 1U);
  EXPECT_EQ(patch["nodes"][0]["ip"], "10.9.9.9");
}

TEST(StatusPatch, PutsBackWhatSomebodyWrote) {
  auto o = an_observation().at_rest();
  o.network["status"]["phase"] = "Wonderful";

  EXPECT_EQ(patch_of(o), (json{{"phase", "Ready"}}));
}

TEST(StatusPatch, IsNoneWhenOnlyTheOrderOfThePodsDiffers) {
  auto o = an_observation().at_rest();
  std::reverse(o.pods.begin(), o.pods.end());

  EXPECT_EQ(patch_of(o), json{});
}

TEST(StatusPatch, IsNoneWhileTheKubeletRetriesAnImage) {
  auto o = an_observation().at_rest();
  const auto waiting = [&](const char* reason) {
    o.pods[0]["status"] = {
        {"containerStatuses", json::array({{{"state", {{"waiting", {{"reason", reason}}}}}}})}};
  };
  waiting("ErrImagePull");
  o.with_status(image_trouble(o.build()).value());
  waiting("ImagePullBackOff");

  EXPECT_EQ(patch_of(o), json{});
}

TEST(WhyNotReady, NamesTheDegradationFirst) {
  EXPECT_EQ(why_not_ready(reconcile::status_of(an_observation().build(), {"SecretInvalid", "x"})),
            "SecretInvalid: x");
  EXPECT_EQ(why_not_ready(status_of(an_observation())),
            "Pending: the StatefulSet does not exist yet");
  EXPECT_EQ(why_not_ready(status_of(an_observation().at_rest())), "");
  EXPECT_EQ(why_not_ready({}), "not reconciled yet");
}

}  // namespace
}  // namespace btc::reconcile
