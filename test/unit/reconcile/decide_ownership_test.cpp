#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::a_rich_spec;
using test::an_observation;
using test::json;
using test::observation;

/// A network with every optional field, created by POST and never applied.
observation a_rich_network() {
  return an_observation().with_spec(a_rich_spec()).at_rest();
}

struct ownership_case {
  const char* name;
  json edit;  ///< of spec
  const char* plan;
};

class DecideOwnership : public testing::TestWithParam<ownership_case> {};

TEST_P(DecideOwnership, IsTakenOverWhereAFieldGoes) {
  EXPECT_EQ(to_string(decide(a_rich_network().with_spec(GetParam().edit).build())),
            GetParam().plan);
}

constexpr const char* taken = "own StatefulSet, apply StatefulSet";
constexpr const char* left = "apply StatefulSet";

INSTANTIATE_TEST_SUITE_P(
    FieldTakenOut,
    DecideOwnership,
    testing::Values(
        ownership_case{"PullSecrets", {{"imagePullSecrets", nullptr}}, taken},
        ownership_case{"AllOfPod", {{"pod", nullptr}}, taken},
        ownership_case{"Label", {{"pod", {{"labels", nullptr}}}}, taken},
        ownership_case{"Annotation", {{"pod", {{"annotations", {{"note", nullptr}}}}}}, taken},
        ownership_case{"Tolerations", {{"pod", {{"tolerations", nullptr}}}}, taken},
        ownership_case{"Affinity", {{"pod", {{"affinity", nullptr}}}}, taken},
        ownership_case{"PriorityClass", {{"pod", {{"priorityClassName", nullptr}}}}, taken},
        ownership_case{"Limit",
                       {{"resources", {{"limits", {{"memory", nullptr}}}}}},
                       "apply conf, own StatefulSet, apply StatefulSet"},
        ownership_case{"PullSecretByAnother",
                       {{"imagePullSecrets", json::array({{{"name", "other"}}})}},
                       taken},
        ownership_case{"SpreadConstraintByAnother",
                       {{"pod",
                         {{"topologySpreadConstraints",
                           json::array({{{"maxSkew", 1},
                                         {"topologyKey", "host"},
                                         {"whenUnsatisfiable", "DoNotSchedule"}}})}}}},
                       taken}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ValueChanged,
    DecideOwnership,
    testing::Values(ownership_case{"Nodes", {{"nodes", 7}}, left},
                    ownership_case{"Image", {{"image", "example/bitcoin:2"}}, left},
                    ownership_case{"PullPolicy", {{"imagePullPolicy", "Never"}}, left},
                    ownership_case{"Label", {{"pod", {{"labels", {{"team", "blue"}}}}}}, left},
                    ownership_case{
                        "NodeSelector", {{"pod", {{"nodeSelector", {{"disk", "hdd"}}}}}}, left},
                    ownership_case{"Limit",
                                   {{"resources", {{"limits", {{"memory", "2Gi"}}}}}},
                                   "apply conf, apply StatefulSet"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideOwnershipTest, IsNotTakenWhereNoPostLeftAnEntry) {
  auto o = a_rich_network();
  (*o.stateful_set)["metadata"]["managedFields"] =
      json::array({{{"manager", k8s::field_manager}, {"operation", "Apply"}}});

  EXPECT_EQ(to_string(decide(o.with_spec({{"pod", nullptr}}).build())), left);
}

TEST(DecideOwnershipTest, TurnsTheEntryOfThePostIntoAnApplys) {
  auto o = a_rich_network();
  auto& fields = (*o.stateful_set)["metadata"]["managedFields"];
  fields.insert(fields.begin(),
                json::object({{"manager", "kubectl-edit"}, {"operation", "Update"}}));

  const auto plan = decide(o.with_spec({{"pod", nullptr}}).build());

  EXPECT_EQ(test::actions_of<take_ownership>(plan).at(0).operations, json::parse(R"([
    {"op": "test", "path": "/metadata/resourceVersion", "value": "10"},
    {"op": "test", "path": "/metadata/managedFields/1/manager", "value": "bitcoin-controller"},
    {"op": "test", "path": "/metadata/managedFields/1/operation", "value": "Update"},
    {"op": "replace", "path": "/metadata/managedFields/1/operation", "value": "Apply"}])"));
}

TEST(DecideOwnershipTest, DropsTheEntryOfThePostOnceWeHaveApplied) {
  auto o = a_rich_network();
  auto& fields = (*o.stateful_set)["metadata"]["managedFields"];
  fields.insert(fields.begin(),
                json::object({{"manager", k8s::field_manager}, {"operation", "Apply"}}));

  const auto plan = decide(o.with_spec({{"pod", nullptr}}).build());

  EXPECT_EQ(test::actions_of<take_ownership>(plan).at(0).operations, json::parse(R"([
    {"op": "test", "path": "/metadata/resourceVersion", "value": "10"},
    {"op": "test", "path": "/metadata/managedFields/1/manager", "value": "bitcoin-controller"},
    {"op": "test", "path": "/metadata/managedFields/1/operation", "value": "Update"},
    {"op": "remove", "path": "/metadata/managedFields/1"}])"));
}

TEST(DecideOwnershipTest, LeavesEntriesOfOthersAlone) {
  auto o = a_rich_network();
  (*o.stateful_set)["metadata"]["managedFields"] = json::array(
      {{{"manager", "kubectl-edit"}, {"operation", "Update"}},
       {{"manager", k8s::field_manager}, {"operation", "Update"}, {"subresource", "status"}}});

  EXPECT_EQ(to_string(decide(o.with_spec({{"pod", nullptr}}).build())), left);
}

}  // namespace
}  // namespace btc::reconcile
