#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;

struct immutable_case {
  const char* name;
  const char* pointer;  ///< in the observed StatefulSet
  json value;           ///< null: the field is absent
  const char* field;
};

/// A StatefulSet as an older controller may have made it.
observation with_field(const immutable_case& row) {
  auto o = an_observation().at_rest();
  const json::json_pointer pointer{row.pointer};
  if (row.value.is_null()) {
    o.stateful_set->at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    (*o.stateful_set)[pointer] = row.value;
  }
  return o;
}

class DecideImmutable : public testing::TestWithParam<immutable_case> {};

TEST_P(DecideImmutable, IsToldAndNotWritten) {
  const auto plan = decide(with_field(GetParam()).build());

  EXPECT_EQ(to_string(plan), "announce ImmutableField, patch status");
  EXPECT_EQ(test::told_condition(plan, "Degraded"),
            "True ImmutableField: " + std::string{GetParam().field}
                + " cannot be changed in place; delete the child with --cascade=orphan and it is "
                  "made anew");
}

TEST_P(DecideImmutable, LetsOtherDifferencesBeApplied) {
  const auto o = with_field(GetParam()).with_nodes(5);

  const auto applies = test::actions_of<apply_child>(decide(o.build()));

  ASSERT_EQ(applies.size(), 1U);
  EXPECT_EQ((*applies[0].manifest)["spec"]["replicas"], 5);
  EXPECT_EQ(applies[0].immutable, std::vector<std::string>{GetParam().field});
}

TEST_P(DecideImmutable, KeepsItsValueInWhatIsApplied) {
  const auto o = with_field(GetParam()).with_nodes(5);

  const auto applies = test::actions_of<apply_child>(decide(o.build()));

  const json::json_pointer pointer{"/spec/" + std::string{GetParam().field}.substr(5)};
  const auto& manifest = *applies.at(0).manifest;
  EXPECT_EQ(manifest.contains(pointer), o.stateful_set->contains(pointer));
  if (manifest.contains(pointer)) {
    EXPECT_EQ(manifest.at(pointer), o.stateful_set->at(pointer));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideImmutable,
    testing::Values(
        immutable_case{"PodManagement",
                       "/spec/podManagementPolicy",
                       "OrderedReady",
                       "spec.podManagementPolicy"},
        immutable_case{"ServiceName", "/spec/serviceName", "other", "spec.serviceName"},
        immutable_case{"ServiceNameThatWasNeverSet", "/spec/serviceName", {}, "spec.serviceName"},
        immutable_case{"Selector", "/spec/selector/matchLabels/app", "other", "spec.selector"},
        immutable_case{
            "FurtherKeyOfTheSelector", "/spec/selector/matchLabels/tier", "node", "spec.selector"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideImmutableTest, TellsOfItOnce) {
  auto o = an_observation().at_rest().with_stateful_set_field("/spec/serviceName", "other");
  o.with_status({"ImmutableField",
                 "spec.serviceName cannot be changed in place; delete the child with "
                 "--cascade=orphan and it is made anew",
                 false});

  EXPECT_EQ(to_string(decide(o.build())), "");
}

TEST(DecideImmutableTest, TellsTheServicesFieldToo) {
  const auto o = an_observation().at_rest().with_service_field("/spec/clusterIP", "10.1.2.3");

  const auto plan = decide(o.build());

  EXPECT_EQ(to_string(plan), "announce ImmutableField, patch status");
}

TEST(DecideImmutableTest, TurnsAnExternalNameServiceBackWithItsClusterIp) {
  auto o = an_observation().at_rest();
  o.service->at("spec").erase("clusterIP");
  o.with_service_field("/spec/type", "ExternalName");

  const auto applies = test::actions_of<apply_child>(decide(o.build()));

  ASSERT_EQ(applies.size(), 1U);
  EXPECT_EQ((*applies[0].manifest)["spec"]["clusterIP"], "None");
}

TEST(DecideImmutableTest, RecoversWhenTheChildIsMadeAnew) {
  auto o = an_observation().at_rest().with_status({"ImmutableField", "spec.serviceName", false});

  const auto plan = decide(o.build());

  EXPECT_EQ(to_string(plan), "patch status");
  EXPECT_EQ(test::told_condition(plan, "Degraded"), "False AsExpected: ");
}

}  // namespace
}  // namespace btc::reconcile
