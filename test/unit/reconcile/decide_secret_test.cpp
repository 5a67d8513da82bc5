#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using state = secret_view::state;
using test::an_observation;
using test::observation;

struct secret_case {
  const char* name;
  observation given;
  const char* plan;
  const char* degraded{""};
};

class DecideSecret : public testing::TestWithParam<secret_case> {};

TEST_P(DecideSecret, ComesBeforeTheStatefulSetThatReadsIt) {
  const auto plan = decide(GetParam().given.build());

  EXPECT_EQ(to_string(plan), GetParam().plan);
  EXPECT_EQ(test::told_condition(plan, "Degraded"), GetParam().degraded);
}

observation named(state is, std::vector<std::string> missing = {}) {
  return an_observation().with_secret(is, std::move(missing));
}

observation generated(state is, std::vector<std::string> missing = {}) {
  return named(is, std::move(missing)).with_spec({{"secret", ""}});
}

INSTANTIATE_TEST_SUITE_P(
    NamedByTheUser,
    DecideSecret,
    testing::Values(
        secret_case{
            "UnknownIsRead", named(state::unknown), "create Service, read Secret credentials"},
        secret_case{
            "UnreadIsRead", named(state::unread), "create Service, read Secret credentials"},
        secret_case{"UsableLetsTheChildrenBeMade",
                    named(state::usable),
                    "create Service, create StatefulSet"},
        secret_case{"AbsentIsTold",
                    named(state::absent),
                    "announce SecretInvalid, patch status, look again",
                    "True SecretInvalid: Secret credentials does not exist; create it with the "
                    "keys BC_RPC_USER and BC_RPC_PASSWORD"},
        secret_case{"IncompleteIsTold",
                    named(state::incomplete, {"BC_RPC_USER", "BC_RPC_PASSWORD"}),
                    "announce SecretInvalid, patch status, look again",
                    "True SecretInvalid: Secret credentials lacks BC_RPC_USER, BC_RPC_PASSWORD; "
                    "give each key a value that is not empty"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Generated,
    DecideSecret,
    testing::Values(
        secret_case{"UnknownIsCreated", generated(state::unknown), "create Service, create Secret"},
        secret_case{
            "UnreadIsRead", generated(state::unread), "create Service, read Secret net-rpc"},
        secret_case{"UsableLetsTheChildrenBeMade",
                    generated(state::usable),
                    "create Service, create StatefulSet"},
        secret_case{"ForeignIsTold",
                    generated(state::foreign),
                    "announce ChildNotOwned, patch status, look again",
                    "True ChildNotOwned: Secret net-rpc exists and is not controlled by this "
                    "network; delete it or name it in spec.secret"},
        secret_case{"OfAPredecessorIsWaitedFor",
                    generated(state::predecessor),
                    "patch status, look again",
                    "False AsExpected: "},
        secret_case{"IncompleteIsTold",
                    generated(state::incomplete, {"BC_RPC_PASSWORD"}),
                    "announce SecretInvalid, patch status, look again",
                    "True SecretInvalid: Secret net-rpc lacks BC_RPC_PASSWORD; give each key a "
                    "value that is not empty"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WhileTheStatefulSetIsThere,
    DecideSecret,
    testing::Values(
        secret_case{
            "ItsSecretIsNotLookedAt", an_observation().at_rest().with_secret(state::unknown), ""},
        secret_case{"AnotherChangeDoesNotLookAtIt",
                    an_observation().at_rest().with_secret(state::unknown).with_nodes(5),
                    "apply StatefulSet"},
        secret_case{
            "AnotherSecretIsReadFirst",
            an_observation().at_rest().with_spec({{"secret", "other"}}).with_secret(state::unknown),
            "read Secret other"},
        secret_case{"AnotherSecretThatIsUsableIsTaken",
                    an_observation().at_rest().with_spec({{"secret", "other"}}),
                    "apply StatefulSet"},
        secret_case{
            "PodsAreNotMovedOntoOneThatIsAbsent",
            an_observation().at_rest().with_spec({{"secret", "other"}}).with_secret(state::absent),
            "announce SecretInvalid, patch status, look again",
            "True SecretInvalid: Secret other does not exist; create it with the keys "
            "BC_RPC_USER and BC_RPC_PASSWORD"},
        secret_case{
            "ANameThatIsTakenOutMakesAGeneratedOne",
            an_observation().at_rest().with_spec({{"secret", nullptr}}).with_secret(state::unknown),
            "create Secret"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideSecretTest, TellsOfAMissingSecretOnce) {
  const degradation told{"SecretInvalid",
                         "Secret credentials does not exist; create it with the keys BC_RPC_USER "
                         "and BC_RPC_PASSWORD"};

  EXPECT_EQ(to_string(decide(named(state::absent).with_status(told).build())), "look again");
}

TEST(DecideSecretTest, CreatesNothingMoreWhileTheSecretIsKnownToBeMissing) {
  const auto plan = decide(named(state::absent).build());

  EXPECT_TRUE(test::actions_of<create_child>(plan).empty());
}

TEST(DecideSecretTest, DemandsOwnershipOfAGeneratedSecretOnly) {
  const auto mine = test::actions_of<read_secret>(decide(generated(state::unread).build()));
  const auto theirs = test::actions_of<read_secret>(decide(named(state::unread).build()));

  EXPECT_TRUE(mine.at(0).must_be_ours);
  EXPECT_FALSE(theirs.at(0).must_be_ours);
}

}  // namespace
}  // namespace btc::reconcile
