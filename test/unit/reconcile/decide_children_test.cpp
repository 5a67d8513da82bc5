#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::a_rich_spec;
using test::an_observation;
using test::json;
using test::observation;

struct children_case {
  const char* name;
  observation given;
  const char* plan;
};

class DecideChildren : public testing::TestWithParam<children_case> {};

TEST_P(DecideChildren, WritesWhatDiffers) {
  EXPECT_EQ(to_string(decide(GetParam().given.build())), GetParam().plan);
}

observation without_labels(observation o) {
  for (auto* child : {&*o.service, &*o.stateful_set}) {
    (*child)["metadata"].erase("labels");
  }
  return o;
}

observation with_annotation(observation o, const json& value) {
  (*o.stateful_set)["metadata"]["annotations"][std::string{applied_annotation}] = value;
  return o;
}

INSTANTIATE_TEST_SUITE_P(
    AbsentChildren,
    DecideChildren,
    testing::Values(
        children_case{"All", an_observation(), "create Service, create conf, create StatefulSet"},
        children_case{"Service", an_observation().with_stateful_set(), "create Service"},
        children_case{
            "StatefulSet", an_observation().with_service().with_conf(), "create StatefulSet"},
        children_case{
            "ServiceWhileTheSetHasDrifted",
            an_observation().with_stateful_set().with_stateful_set_field("/spec/replicas", 9),
            "create Service, apply StatefulSet"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    SpecChange,
    DecideChildren,
    testing::Values(
        children_case{"MoreNodes", an_observation().at_rest().with_nodes(5), "apply StatefulSet"},
        children_case{"NoNodes", an_observation().at_rest().with_nodes(0), "apply StatefulSet"},
        children_case{"Image",
                      an_observation().at_rest().with_spec({{"image", "example/other"}}),
                      "apply StatefulSet"},
        children_case{
            "Chain",
            an_observation().at_rest().with_spec({{"chain", "signet"}}),
            "own Service, apply Service, apply conf, own StatefulSet, apply StatefulSet"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Metadata,
    DecideChildren,
    testing::Values(children_case{"LabelsStripped",
                                  without_labels(an_observation().at_rest()),
                                  "apply Service, apply StatefulSet"},
                    children_case{"AnnotationOfAnotherContent",
                                  with_annotation(an_observation().at_rest(),
                                                  "0000000000000001-0000000000000002"),
                                  "own StatefulSet, apply StatefulSet"},
                    children_case{"AnnotationThatIsNone",
                                  with_annotation(an_observation().at_rest(), "tampered"),
                                  "own StatefulSet, apply StatefulSet"},
                    children_case{"AnnotationRemoved",
                                  with_annotation(an_observation().at_rest(), nullptr),
                                  "own StatefulSet, apply StatefulSet"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OthersFields,
    DecideChildren,
    testing::Values(
        children_case{"ServerDefaults", an_observation().at_rest(), ""},
        children_case{
            "EveryFieldOfTheSpec", an_observation().with_spec(a_rich_spec()).at_rest(), ""},
        children_case{"DefaultsOfAClaim",
                      an_observation().with_spec({{"storage", {{"size", "1Gi"}}}}).at_rest(),
                      ""},
        children_case{
            "ForeignLabel",
            an_observation().at_rest().with_stateful_set_field("/metadata/labels/theirs", "x"),
            ""},
        children_case{
            "ForeignAnnotation",
            an_observation().at_rest().with_service_field("/metadata/annotations/theirs", "x"),
            ""},
        children_case{
            "RevisionHistory",
            an_observation().at_rest().with_stateful_set_field("/spec/revisionHistoryLimit", 3),
            ""},
        children_case{
            "Sidecar",
            an_observation().at_rest().with_stateful_set_field("/spec/template/spec/containers/1",
                                                               {{"name", "sidecar"}}),
            ""},
        children_case{
            "SidecarInFront",
            an_observation().at_rest().with_stateful_set_field("/spec/template/spec/initContainers",
                                                               {{{"name", "first"}}}),
            ""},
        children_case{
            "VariableInOurContainer",
            an_observation().at_rest().with_stateful_set_field(
                "/spec/template/spec/containers/0/env", {{{"name", "X"}, {"value", "1"}}}),
            ""},
        children_case{
            "PodAnnotation",
            an_observation().at_rest().with_stateful_set_field(
                "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt", "now"),
            ""},
        children_case{
            "FurtherPortOfTheService",
            an_observation().at_rest().with_service_field("/spec/ports/2",
                                                          {{"name", "metrics"}, {"port", 9000}}),
            ""},
        children_case{"SamePortOfAnotherProtocol",
                      an_observation().at_rest().with_service_field(
                          "/spec/ports/2", {{"name", "udp"}, {"port", 18443}, {"protocol", "UDP"}}),
                      ""}),
    [](const auto& row) { return row.param.name; });

// -- what the API server writes in its own way ---------------------------------------------

struct rewritten_case {
  const char* name;
  json spec;
  const char* pointer;
  json stored;
};

class DecideRewritten : public testing::TestWithParam<rewritten_case> {};

TEST_P(DecideRewritten, IsNoDifference) {
  auto o = an_observation().with_spec(GetParam().spec).at_rest();
  const json::json_pointer pointer{GetParam().pointer};
  if (GetParam().stored.is_null()) {
    o.stateful_set->at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    o.stateful_set->at(pointer) = GetParam().stored;
  }

  EXPECT_EQ(to_string(decide(o.build())), "");
}

json resources(const char* kind, const json& amounts) {
  return {{"resources", {{kind, amounts}}}};
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideRewritten,
    testing::Values(rewritten_case{"MilliCpu",
                                   resources("limits", {{"cpu", "1000m"}}),
                                   "/spec/template/spec/containers/0/resources/limits/cpu",
                                   "1"},
                    rewritten_case{"FractionOfMemory",
                                   resources("requests", {{"memory", "0.5Gi"}}),
                                   "/spec/template/spec/containers/0/resources/requests/memory",
                                   "512Mi"},
                    rewritten_case{"CpuAsNumber",
                                   resources("requests", {{"cpu", 2}}),
                                   "/spec/template/spec/containers/0/resources/requests/cpu",
                                   "2"},
                    rewritten_case{"MapOfLimitsThatIsEmpty",
                                   resources("limits", json::object()),
                                   "/spec/template/spec/containers/0/resources/limits",
                                   nullptr},
                    rewritten_case{"PriorityClassThatIsEmpty",
                                   {{"pod", {{"priorityClassName", ""}}}},
                                   "/spec/template/spec/priorityClassName",
                                   nullptr},
                    rewritten_case{
                        "TolerationWithAnEmptyValue",
                        {{"pod", {{"tolerations", json::array({{{"key", "k"}, {"value", ""}}})}}}},
                        "/spec/template/spec/tolerations/0/value",
                        nullptr}),
    [](const auto& row) { return row.param.name; });

// -- what the writes carry -----------------------------------------------------------------

TEST(DecideChildrenTest, CreatesTheManifestAsItIsDesired) {
  const auto o = an_observation().build();

  const auto creates = test::actions_of<create_child>(decide(o));

  ASSERT_EQ(creates.size(), 3U);
  EXPECT_EQ(*creates[0].manifest, o.desired->service()->json);
  EXPECT_EQ(*creates[1].manifest, o.desired->conf()->json);
  EXPECT_EQ(*creates[2].manifest, o.desired->stateful_set()->json);
  EXPECT_EQ(creates[2].content, o.desired->stateful_set()->digest.content);
}

TEST(DecideChildrenTest, AppliesTheWholeManifestOverWhatWasSeenAndNothingElse) {
  const auto o = an_observation().at_rest().with_nodes(5).build();

  const auto applies = test::actions_of<apply_child>(decide(o));

  ASSERT_EQ(applies.size(), 1U);
  auto wanted = o.desired->stateful_set()->json;
  wanted["metadata"]["resourceVersion"] = o.stateful_set->meta.resource_version;
  EXPECT_EQ(*applies[0].manifest, wanted);
}

TEST(DecideChildrenTest, WritesTheStatusOnlyAfterTheChildren) {
  const auto plan = decide(an_observation().at_rest().with_nodes(5).build());

  EXPECT_TRUE(test::actions_of<patch_status>(plan).empty());
  EXPECT_EQ(plan.because, "children");
}

TEST(DecideChildrenTest, ToldApartFromDriftByTheContentThatWasWritten) {
  const auto spec =
      test::actions_of<apply_child>(decide(an_observation().at_rest().with_nodes(5).build()));
  const auto drift = test::actions_of<apply_child>(
      decide(an_observation().at_rest().with_stateful_set_field("/spec/replicas", 5).build()));

  EXPECT_FALSE(spec.at(0).drift);
  EXPECT_TRUE(drift.at(0).drift);
}

TEST(DecideChildrenTest, NothingDiffersIsAnEmptyPlan) {
  const auto plan = decide(an_observation().at_rest().build());

  EXPECT_TRUE(plan.empty());
  EXPECT_FALSE(plan.look_again);
  EXPECT_EQ(plan.because, "");
}

TEST(DecideChildrenTest, StatusThatDiffersIsOnePatch) {
  auto o = an_observation().at_rest();
  o.pods.pop_back();

  EXPECT_EQ(to_string(decide(o.build())), "patch status");
}

}  // namespace
}  // namespace btc::reconcile
