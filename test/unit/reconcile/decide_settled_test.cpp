#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::observation;

/// A StatefulSet that the API server holds in another form than we write it, after our apply.
observation rewritten_and_settled() {
  auto o = an_observation().at_rest().with_stateful_set_field(
      "/spec/template/spec/containers/0/image", "as-the-server-spells-it");
  o.settled_stateful_set =
      settled_write{"sts-uid", "1", o.wanted().stateful_set()->digest.content, {}};
  return o;
}

TEST(DecideSettled, WriteIsNotComparedSoThatItCannotLoop) {
  EXPECT_EQ(to_string(decide(rewritten_and_settled().build())), "");
}

TEST(DecideSettled, ServiceWithoutGenerationIsToldByItsVersion) {
  auto o = an_observation().at_rest().with_service_field("/spec/ports/0/name", "rewritten");
  o.settled_service = settled_write{"svc-uid", "10", o.wanted().service()->digest.content, {}};

  EXPECT_EQ(to_string(decide(o.build())), "");
}

TEST(DecideSettled, WriteStillTellsOfItsImmutableFields) {
  auto o = rewritten_and_settled();
  o.settled_stateful_set->immutable = {"spec.serviceName"};

  EXPECT_EQ(to_string(decide(o.build())), "announce ImmutableField, patch status");
}

TEST(DecideSettled, WriteKeepsImmutableFieldsWhenLabelsAreStripped) {
  auto o = an_observation().at_rest().with_stateful_set_field("/spec/serviceName", "other");
  o.settled_stateful_set = settled_write{
      "sts-uid", "1", o.wanted().stateful_set()->digest.content, {"spec.serviceName"}};
  o.stateful_set->at("metadata").erase("labels");

  const auto applies = test::actions_of<apply_child>(decide(o.build()));

  ASSERT_EQ(applies.size(), 1U);
  EXPECT_EQ((*applies[0].manifest)["spec"]["serviceName"], "other");
}

struct unsettled_case {
  const char* name;
  std::function<void(observation&)> change;
};

class DecideUnsettled : public testing::TestWithParam<unsettled_case> {};

TEST_P(DecideUnsettled, IsComparedAgain) {
  auto o = rewritten_and_settled();
  GetParam().change(o);

  EXPECT_EQ(to_string(decide(o.build())), "apply StatefulSet");
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideUnsettled,
    testing::Values(
        unsettled_case{"AfterAChangeOfItsSpec",
                       [](auto& o) { o.with_stateful_set_field("/metadata/generation", 2); }},
        unsettled_case{"WhenTheChildIsAnother",
                       [](auto& o) { o.with_stateful_set_field("/metadata/uid", "new-uid"); }},
        unsettled_case{"WhenWeWantSomethingElse", [](auto& o) { o.with_nodes(4); }},
        unsettled_case{"AfterARestart", [](auto& o) { o.settled_stateful_set.reset(); }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
