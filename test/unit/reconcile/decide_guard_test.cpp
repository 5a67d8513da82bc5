#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;

struct guard_case {
  const char* name;
  observation given;
  const char* plan;
  const char* degraded{""};  ///< the condition that the plan tells; empty: none is written
};

class DecideGuard : public testing::TestWithParam<guard_case> {};

TEST_P(DecideGuard, StopsBeforeTheChildren) {
  const auto plan = decide(GetParam().given.build());

  EXPECT_EQ(to_string(plan), GetParam().plan);
  EXPECT_EQ(test::told_condition(plan, "Degraded"), GetParam().degraded);
}

observation foreign(observation o, const char* child) {
  auto& document = std::string{child} == "service" ? *o.service : *o.stateful_set;
  document["metadata"].erase("ownerReferences");
  return o;
}

observation of_a_predecessor(observation o) {
  for (auto* child : {&*o.service, &*o.stateful_set}) {
    (*child)["metadata"]["ownerReferences"][0]["uid"] = "uid-of-old";
  }
  return o;
}

observation controlled_by(const char* kind, const char* name) {
  auto o = an_observation().with_children();
  auto& owner = (*o.stateful_set)["metadata"]["ownerReferences"][0];
  owner["kind"] = kind;
  owner["name"] = name;
  return o;
}

observation without_image(observation o) {
  o.pods[0]["status"] = {
      {"containerStatuses",
       json::array({{{"state", {{"waiting", {{"reason", "InvalidImageName"}}}}}}})}};
  return o;
}

constexpr const char* foreign_set =
    "True ChildNotOwned: StatefulSet net-sts exists and is not controlled by this network; delete "
    "it (with --cascade=orphan its pods and claims stay) or rename it, it is left alone";
constexpr const char* as_expected = "False AsExpected: ";

INSTANTIATE_TEST_SUITE_P(
    NetworkThatGoes,
    DecideGuard,
    testing::Values(
        guard_case{"GoneWithChildrenLeft", an_observation().with_children().gone(), ""},
        guard_case{"Gone", an_observation().gone(), ""},
        guard_case{"DeletingWithoutChildren", an_observation().deleting(), ""},
        guard_case{
            "DeletingWithDrift",
            an_observation().at_rest().with_stateful_set_field("/spec/replicas", 9).deleting(),
            ""},
        guard_case{
            "DeletingWhileInvalid", an_observation().with_spec({{"nodes", -1}}).deleting(), ""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    PausedNetwork,
    DecideGuard,
    testing::Values(
        guard_case{"NewOne", an_observation().paused(), "patch status", as_expected},
        guard_case{"WithDrift",
                   an_observation().at_rest().paused().with_status().with_stateful_set_field(
                       "/spec/replicas", 9),
                   ""},
        guard_case{"WithoutTheStatefulSet",
                   an_observation().with_service().paused(),
                   "patch status",
                   as_expected},
        guard_case{"AtRest", an_observation().at_rest().paused().with_status(), ""},
        guard_case{"WithMissingSecret",
                   an_observation().paused().with_secret(secret_view::state::absent).with_status(),
                   "announce SecretInvalid, patch status, look again",
                   "True SecretInvalid: Secret credentials does not exist; create it with the keys "
                   "BC_RPC_USER and BC_RPC_PASSWORD"},
        guard_case{"WithoutItsImage",
                   without_image(an_observation().at_rest().paused()),
                   "announce ImageNotPulled, patch status",
                   "True ImageNotPulled: spec.image is \"bitcoin/bitcoin:30.2\" and is not the "
                   "name of an image; give one such as bitcoin/bitcoin:30.2 (InvalidImageName)"},
        guard_case{"WithAForeignChild",
                   foreign(an_observation().with_children().paused(), "set"),
                   "announce ChildNotOwned, patch status, look again",
                   foreign_set},
        guard_case{"WithASecretThatIsToBeRead",
                   an_observation().at_rest().paused().with_secret(secret_view::state::unread),
                   "read Secret credentials"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    InvalidSpec,
    DecideGuard,
    testing::Values(
        guard_case{"OfANewNetwork",
                   an_observation().with_spec({{"nodes", -1}}),
                   "announce InvalidSpec, patch status",
                   "True InvalidSpec: spec.nodes is -1; give a whole number from 0 to 500"},
        guard_case{"OfARunningNetwork",
                   an_observation().at_rest().with_spec({{"image", ""}}),
                   "announce InvalidSpec, patch status",
                   "True InvalidSpec: spec.image is \"\"; give a string that is not empty"},
        guard_case{"TellsEveryProblem",
                   an_observation().with_spec({{"nodes", "3"}, {"chain", "main"}}),
                   "announce InvalidSpec, patch status",
                   "True InvalidSpec: spec.nodes is \"3\"; give a whole number from 0 to 500, "
                   "spec.chain is \"main\"; give one of regtest signet testnet4"},
        guard_case{"LeavesDriftAlone",
                   an_observation()
                       .at_rest()
                       .with_spec({{"nodes", -1}})
                       .with_stateful_set_field("/spec/replicas", 9),
                   "announce InvalidSpec, patch status",
                   "True InvalidSpec: spec.nodes is -1; give a whole number from 0 to 500"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ForeignChild,
    DecideGuard,
    testing::Values(
        guard_case{"StatefulSetWithoutOwner",
                   foreign(an_observation().with_children(), "set"),
                   "announce ChildNotOwned, patch status, look again",
                   foreign_set},
        guard_case{"ServiceWithoutOwner",
                   foreign(an_observation().with_children(), "service"),
                   "announce ChildNotOwned, patch status, look again",
                   "True ChildNotOwned: Service net-svc exists and is not controlled by this "
                   "network; delete or rename it, it is left alone"},
        guard_case{"ServiceStopsTheStatefulSetToo",
                   foreign(an_observation().with_service(), "service"),
                   "announce ChildNotOwned, patch status, look again",
                   "True ChildNotOwned: Service net-svc exists and is not controlled by this "
                   "network; delete or rename it, it is left alone"},
        guard_case{"ControlledByAnotherNetwork",
                   controlled_by("BitcoinNetwork", "other"),
                   "announce ChildNotOwned, patch status, look again",
                   foreign_set},
        guard_case{"ControlledByAnotherKind",
                   controlled_by("Deployment", "net"),
                   "announce ChildNotOwned, patch status, look again",
                   foreign_set},
        guard_case{"OfAPredecessorIsWaitedFor",
                   of_a_predecessor(an_observation().with_children()),
                   "patch status, look again",
                   as_expected}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RefusedWrite,
    DecideGuard,
    testing::Values(
        guard_case{"IsTold",
                   an_observation().refused({"create StatefulSet", "Forbidden", "no rule"}),
                   "announce Forbidden, patch status, look again",
                   "True Forbidden: create StatefulSet: no rule"},
        guard_case{"IsTriedAgainWhenItsTimeHasCome",
                   an_observation().with_status({"Forbidden", "create StatefulSet: no rule"}),
                   "create Service, create conf, create StatefulSet"}),
    [](const auto& row) { return row.param.name; });

// -- what a degraded network says twice, and when it recovers ----------------------------

struct blocked_case {
  const char* name;
  std::function<observation()> given;
  degradation told;
};

class DecideBlocked : public testing::TestWithParam<blocked_case> {};

TEST_P(DecideBlocked, WritesNothingOnceTold) {
  const auto plan = decide(GetParam().given().with_status(GetParam().told).build());

  EXPECT_TRUE(plan.empty()) << to_string(plan);
}

TEST_P(DecideBlocked, AnnouncesAgainWhenTheReasonIsAnother) {
  const auto plan = decide(GetParam().given().with_status({"Other", "for another reason"}).build());

  EXPECT_EQ(test::actions_of<announce>(plan).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideBlocked,
    testing::Values(
        blocked_case{"InvalidSpec",
                     [] {
                       return an_observation().at_rest().with_spec({{"nodes", 501}});
                     },
                     {"InvalidSpec", "spec.nodes is 501; give a whole number from 0 to 500"}},
        blocked_case{"ForeignChild",
                     [] { return foreign(an_observation().with_children(), "set"); },
                     {"ChildNotOwned", std::string{foreign_set}.substr(20)}},
        blocked_case{"RefusedWrite",
                     [] {
                       return an_observation().refused({"apply Service", "Invalid", "x"});
                     },
                     {"Invalid", "apply Service: x"}}),
    [](const auto& row) { return row.param.name; });

TEST(DecideGuardTest, RecoversWithTheNextValidEdit) {
  const auto o = an_observation()
                     .at_rest()
                     .with_spec({{"nodes", -1}})
                     .with_status({"InvalidSpec", "spec.nodes is -1"});

  const auto plan = decide(observation{o}.with_nodes(4).build());

  EXPECT_EQ(to_string(plan), "apply StatefulSet");
}

TEST(DecideGuardTest, RecoversFromAForeignChildOnceItIsGone) {
  auto o = foreign(an_observation().with_children(), "set").with_status({"ChildNotOwned", "told"});
  o.stateful_set.reset();

  EXPECT_EQ(to_string(decide(o.build())), "create StatefulSet");
}

TEST(DecideGuardTest, TellsNothingOfANamespaceThatEnds) {
  const auto o =
      an_observation().refused({"create Service", std::string{reason_ending}, "it is going"});

  const auto plan = decide(o.build());

  EXPECT_EQ(to_string(plan), "patch status, look again");
  EXPECT_EQ(test::told_condition(plan, "Degraded"),
            "True NamespaceTerminating: create Service: it is going");
}

TEST(DecideGuardTest, ResumesWhereAPausedNetworkHasDrifted) {
  const auto o = an_observation().at_rest().paused().with_status().with_stateful_set_field(
      "/spec/replicas", 9);

  const auto plan = decide(observation{o}.with_spec({{"paused", nullptr}}).build());

  EXPECT_EQ(to_string(plan), "apply StatefulSet");
}

}  // namespace
}  // namespace btc::reconcile
