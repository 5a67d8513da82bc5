#include "actors/reconcile/storage_steps.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using state = claim_view::state;
using test::an_observation;
using test::json;
using test::observation;

/// Three nodes with a volume of 10Gi each, and then a spec that says otherwise.
observation stored(const json& storage_patch) {
  return an_observation()
      .with_spec({{"storage", {{"size", "10Gi"}, {"storageClassName", "fast"}}}})
      .at_rest()
      .with_spec({{"storage", storage_patch}});
}

observation with_claims(observation o, std::vector<claim_view> claims) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    o.claims[static_cast<std::int32_t>(i)] = std::move(claims[i]);
  }
  return o;
}

observation grown(std::vector<claim_view> claims = {}) {
  return with_claims(stored({{"size", "20Gi"}}), std::move(claims));
}

const claim_view unknown_claim{};
const claim_view small{state::present, "10Gi", {}};
const claim_view large{state::present, "20Gi", {}};
const claim_view larger{state::present, "0.5Ti", {}};
const claim_view unbound{state::present, "10Gi", {}, false, "fast"};
const claim_view absent{state::absent, {}, {}};
const claim_view refused{state::refused, {}, "the class does not allow it"};

struct storage_case {
  const char* name;
  observation given;
  const char* plan;
  const char* degraded{""};
  storage_class_view storage_class{};
};

class DecideStorage : public testing::TestWithParam<storage_case> {};

TEST_P(DecideStorage, FollowsTheSpecAsFarAsVolumesCan) {
  auto observed = GetParam().given.build();
  observed.storage_class = GetParam().storage_class;
  const auto plan = decide(observed);

  EXPECT_EQ(to_string(plan), GetParam().plan);
  EXPECT_EQ(test::told_condition(plan, "Degraded"), GetParam().degraded);
}

INSTANTIATE_TEST_SUITE_P(Growing,
                         DecideStorage,
                         testing::Values(storage_case{"TheSameSizeLooksAtNoClaim",
                                                      stored(json::object()),
                                                      "patch status",
                                                      "False AsExpected: "},
                                         storage_case{"TheSameSizeInOtherUnits",
                                                      stored({{"size", "10240Mi"}}),
                                                      "apply StatefulSet"},
                                         storage_case{
                                             "EveryClaimIsLookedAt", grown(), "apply StatefulSet"}),
                         [](const auto& row) { return row.param.name; });

/// The StatefulSet was written once more, with its templates as they are.
observation settled(observation o) {
  const auto wanted = o.wanted();
  (*o.stateful_set)["metadata"]["annotations"] =
      wanted.stateful_set()->json["metadata"]["annotations"];
  return o;
}

INSTANTIATE_TEST_SUITE_P(
    GrowingClaims,
    DecideStorage,
    testing::Values(storage_case{"AreLookedAtFirst",
                                 settled(grown()),
                                 "read claim data-net-sts-0, read claim data-net-sts-1, read claim "
                                 "data-net-sts-2"},
                    storage_case{"AreAllKnownBeforeTheFirstAsksForMore",
                                 settled(grown({unknown_claim, small, small})),
                                 "read claim data-net-sts-0"},
                    storage_case{"AskForMoreWhereTheyAskForLess",
                                 settled(grown({small, large, larger})),
                                 "grow claim data-net-sts-0"},
                    storage_case{"AreAtRestWhenAllAreLargeEnough",
                                 settled(grown({large, large, larger})),
                                 "patch status",
                                 "False AsExpected: "},
                    storage_case{"ThatDoNotExistYetAreLookedAtLater",
                                 settled(grown({large, large, absent})),
                                 "patch status, look again",
                                 "False AsExpected: "},
                    storage_case{"WithoutAVolumeAreLookedAtLater",
                                 settled(grown({large, large, unbound})),
                                 "patch status, look again",
                                 "False AsExpected: "},
                    storage_case{
                        "ThatMayNotGrowAreTold",
                        settled(grown({refused, small, small})),
                        "announce StorageNotGrown, patch status, look again",
                        "True StorageNotGrown: PersistentVolumeClaim data-net-sts-0 cannot grow to "
                        "20Gi: the class does not allow it; set allowVolumeExpansion in its "
                        "StorageClass if its volumes can grow"},
                    storage_case{"ThatMayNotGrowHoldBackNoScaling",
                                 settled(grown({refused, small, small})).with_nodes(4),
                                 "apply StatefulSet"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WhatVolumesCannotDo,
    DecideStorage,
    testing::Values(
        storage_case{"Shrink",
                     settled(stored({{"size", "5Gi"}})),
                     "announce ImmutableField, patch status",
                     "True ImmutableField: spec.storage.size is \"5Gi\" and may only grow, the "
                     "volumes were made with 10Gi; undo it, or make a new network"},
        storage_case{"ChangeTheirClass",
                     settled(stored({{"storageClassName", "slow"}})),
                     "announce ImmutableField, patch status",
                     "True ImmutableField: spec.storage.storageClassName is \"slow\" and cannot be "
                     "changed, the volumes are of class \"fast\"; undo it, or make a new network"},
        storage_case{"Appear",
                     an_observation().at_rest().with_spec({{"storage", {{"size", "1Gi"}}}}),
                     "announce ImmutableField, patch status",
                     "True ImmutableField: spec.storage cannot be added or taken away later; undo "
                     "it, or make a new network"},
        storage_case{"BeTakenAway",
                     stored(nullptr),
                     "announce ImmutableField, patch status",
                     "True ImmutableField: spec.storage cannot be added or taken away later; undo "
                     "it, or make a new network"}),
    [](const auto& row) { return row.param.name; });

/// The scheduler finds no place for the pod of this ordinal.
observation unplaced(std::size_t ordinal, claim_view claim) {
  auto o = stored(json::object());
  o.pods[ordinal]["status"] = {
      {"conditions",
       {{{"type", "PodScheduled"},
         {"status", "False"},
         {"reason", "Unschedulable"},
         {"message", "0/3 nodes are available: pod has unbound immediate claims."}}}}};
  o.claims[static_cast<std::int32_t>(ordinal)] = std::move(claim);
  return o;
}

const claim_view of_no_class{state::present, "10Gi", {}, false, ""};
const claim_view bound{state::present, "10Gi", {}, true, "fast"};
const storage_class_view missing_class{storage_class_view::state::absent, "fast"};
const storage_class_view hidden_class{storage_class_view::state::hidden, "fast"};
const storage_class_view present_class{storage_class_view::state::present, "fast"};
const storage_class_view other_class{storage_class_view::state::absent, "slow"};

INSTANTIATE_TEST_SUITE_P(
    NodesWithoutAPlace,
    DecideStorage,
    testing::Values(
        storage_case{"LookAtTheirClaim", unplaced(1, unknown_claim), "read claim data-net-sts-1"},
        storage_case{
            "LookAtTheClassOfAClaimThatWaits", unplaced(1, unbound), "read StorageClass fast"},
        storage_case{"LookAtTheClassThatTheClaimHasNow",
                     unplaced(1, unbound),
                     "read StorageClass fast",
                     "",
                     other_class},
        storage_case{"TellThatThereIsNoSuchClass",
                     unplaced(1, unbound),
                     "announce StorageClassMissing, patch status, look again",
                     "True StorageClassMissing: spec.storage.storageClassName is \"fast\", and no "
                     "StorageClass of that name exists; create it, or make a new network with a "
                     "class that exists; until then the claims of the nodes have no volumes",
                     missing_class},
        storage_case{"TellThatThereIsNoDefault",
                     unplaced(1, of_no_class),
                     "announce StorageClassMissing, patch status, look again",
                     "True StorageClassMissing: spec.storage.storageClassName is not set, and the "
                     "cluster has no default StorageClass; make one the default, or make a new "
                     "network with a class that exists; until then the claims of the nodes have "
                     "no volumes"},
        storage_case{"AreNotExplainedByAClassThatExists",
                     unplaced(1, unbound),
                     "patch status",
                     "False AsExpected: ",
                     present_class},
        storage_case{"AreNotExplainedByAClassThatMayNotBeSeen",
                     unplaced(1, unbound),
                     "patch status",
                     "False AsExpected: ",
                     hidden_class},
        storage_case{"AreNotExplainedByAClaimThatHasItsVolume",
                     unplaced(1, bound),
                     "patch status",
                     "False AsExpected: "},
        storage_case{"AreLookedAtLaterWhileTheirClaimIsNotThere",
                     unplaced(1, absent),
                     "patch status, look again",
                     "False AsExpected: "},
        storage_case{"StillScale",
                     unplaced(1, unbound).with_nodes(4),
                     "apply StatefulSet",
                     "",
                     missing_class}),
    [](const auto& row) { return row.param.name; });

TEST(DecideStorageTest, GrowsAClaimByWhatTheSpecSays) {
  const auto grows =
      test::actions_of<grow_claim>(decide(settled(grown({small, large, large})).build()));
  ASSERT_EQ(grows.size(), 1U);
  EXPECT_EQ(grows[0].key, (k8s::object_key{"default", "data-net-sts-0"}));
  EXPECT_EQ(grows[0].size, "20Gi");
  EXPECT_EQ(grows[0].done.message,
            "PersistentVolumeClaim data-net-sts-0 asks for 20Gi instead of 10Gi");
}

struct claim_case {
  const char* name;
  const char* document;
  const char* size;
};

class CheckClaim : public testing::TestWithParam<claim_case> {};

TEST_P(CheckClaim, ReadsTheSizeThatItAsksFor) {
  k8s::payload body;
  body.text = GetParam().document;

  EXPECT_EQ(check_claim(body).size, GetParam().size);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    CheckClaim,
    testing::Values(
        claim_case{"Text", R"({"spec": {"resources": {"requests": {"storage": "1Gi"}}}})", "1Gi"},
        claim_case{"Number", R"({"spec": {"resources": {"requests": {"storage": 5}}}})", "5"},
        claim_case{"None", R"({"spec": {}})", ""},
        claim_case{"NoJson", "hello", ""}),
    [](const auto& row) { return row.param.name; });

TEST(CheckClaim, ReadsWhetherItHasAVolumeAndOfWhichClass) {
  k8s::payload body;
  body.text = R"({"spec": {"storageClassName": "fast"}, "status": {"phase": "Pending"}})";
  const auto pending = check_claim(body);
  EXPECT_FALSE(pending.bound);
  EXPECT_EQ(pending.storage_class, "fast");

  body.text = R"({"spec": {}, "status": {"phase": "Bound"}})";
  const auto bound_claim = check_claim(body);
  EXPECT_TRUE(bound_claim.bound);
  EXPECT_EQ(bound_claim.storage_class, "");
}

}  // namespace
}  // namespace btc::reconcile
