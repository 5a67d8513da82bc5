#include "actors/reconcile/ownership.hpp"

#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;

struct owner_case {
  const char* name;
  std::function<void(json& owner)> change;
  ownership expected;
};

class Ownership : public testing::TestWithParam<owner_case> {};

TEST_P(Ownership, IsToldByTheControllerReference) {
  auto o = an_observation().with_children();
  GetParam().change((*o.service)["metadata"]["ownerReferences"][0]);
  const auto seen = o.build();

  EXPECT_EQ(ownership_of(seen.service.get(), *seen.network), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Ownership,
    testing::Values(
        owner_case{"Ours", [](json&) {}, ownership::ours},
        owner_case{"OfADeletedNamesake",
                   [](json& owner) { owner["uid"] = "other"; },
                   ownership::predecessor},
        owner_case{
            "OfAnotherNetwork", [](json& owner) { owner["name"] = "x"; }, ownership::foreign},
        owner_case{"OfAnotherKind", [](json& owner) { owner["kind"] = "x"; }, ownership::foreign},
        owner_case{"OwnerThatDoesNotControl",
                   [](json& owner) { owner["controller"] = false; },
                   ownership::foreign}),
    [](const auto& row) { return row.param.name; });

TEST(OwnershipTest, OfNoChildIsAbsent) {
  const auto o = an_observation().build();

  EXPECT_EQ(ownership_of(o.service.get(), *o.network), ownership::absent);
}

TEST(OwnershipTest, PodBelongsToTheSetOfThatUid) {
  auto o = an_observation().at_rest();
  o.pods[1]["metadata"]["ownerReferences"][0]["uid"] = "uid-of-a-deleted-set";
  o.pods[2]["metadata"].erase("ownerReferences");
  const auto seen = o.build();

  EXPECT_TRUE(is_pod_of(*seen.pods[0], *seen.stateful_set));
  EXPECT_FALSE(is_pod_of(*seen.pods[1], *seen.stateful_set));
  EXPECT_FALSE(is_pod_of(*seen.pods[2], *seen.stateful_set));
}

TEST(OwnershipTest, OwnStatefulSetIsNobodyElses) {
  auto o = an_observation().with_children();
  EXPECT_NE(own_stateful_set(o.build()), nullptr);

  (*o.stateful_set)["metadata"]["ownerReferences"][0]["uid"] = "other";

  EXPECT_EQ(own_stateful_set(o.build()), nullptr);
  EXPECT_EQ(own_stateful_set(an_observation().build()), nullptr);
}

TEST(OwnershipTest, PatchIsEmptyWithoutAnEntryOfThePost) {
  EXPECT_TRUE(ownership_patch(k8s::object_meta{}).empty());
}

}  // namespace
}  // namespace btc::reconcile
