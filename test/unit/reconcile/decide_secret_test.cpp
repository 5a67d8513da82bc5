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

observation named(state is, std::vector<std::string> problems = {}) {
  return an_observation().with_secret(is, std::move(problems));
}

observation generated(state is, std::vector<std::string> problems = {}) {
  return named(is, std::move(problems)).with_spec({{"secret", ""}});
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
                    "create Service, create conf, create StatefulSet"},
        secret_case{"AbsentIsTold",
                    named(state::absent),
                    "announce SecretInvalid, patch status, look again",
                    "True SecretInvalid: Secret credentials does not exist; create it with the "
                    "keys BC_RPC_USER and BC_RPC_PASSWORD"},
        secret_case{"OfAnotherNetworkIsTold",
                    named(state::of_another, {"old"}),
                    "announce SecretInvalid, patch status, look again",
                    "True SecretInvalid: Secret credentials was made for BitcoinNetwork old and "
                    "goes with it; name a Secret of your own, or none"},
        secret_case{"OfAPredecessorIsWaitedFor",
                    named(state::predecessor),
                    "patch status, look again",
                    "False AsExpected: "},
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
                    "create Service, create conf, create StatefulSet"},
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

observation running(state is, std::vector<std::string> problems = {}) {
  return an_observation().at_rest().with_secret(is, std::move(problems));
}

observation with_other_secret(observation o) {
  return o.with_spec({{"secret", "other"}});
}

constexpr const char* absent_other =
    "True SecretInvalid: Secret other does not exist; create it with the keys BC_RPC_USER and "
    "BC_RPC_PASSWORD";

INSTANTIATE_TEST_SUITE_P(
    OfNodesThatRun,
    DecideSecret,
    testing::Values(secret_case{"IsReadAfterARestartOfTheController",
                                running(state::unknown).with_conf(conf_view::state::unknown),
                                "read Secret credentials"},
                    secret_case{"IsReadWithTheConfigurationWhenItIsTime",
                                running(state::unknown).with_conf(conf_view::state::due),
                                "read Secret credentials, read conf"},
                    secret_case{"IsReadAgainWithoutTheConfigurationThatIsKnown",
                                running(state::unknown),
                                "read Secret credentials"},
                    secret_case{"IsReadBeforeAGeneratedOneIsMadeAnew",
                                running(state::unknown).with_spec({{"secret", nullptr}}),
                                "read Secret net-rpc"},
                    secret_case{"IsMadeAnewWhenTheGeneratedOneIsGone",
                                running(state::absent).with_spec({{"secret", nullptr}}),
                                "create Secret"},
                    secret_case{"ThatRotatedIsOneChangeOfTheConfigurationAndThePods",
                                an_observation().at_rest().rotated(),
                                "apply conf, apply StatefulSet"},
                    secret_case{"ThatIsAnotherOneIsTaken",
                                with_other_secret(an_observation().at_rest().rotated()),
                                "apply conf, apply StatefulSet"},
                    secret_case{"ThatIsGoneRestartsNoPod",
                                with_other_secret(running(state::absent)),
                                "announce SecretInvalid, patch status, look again",
                                absent_other},
                    secret_case{"ThatIsGoneHoldsBackNoScaling",
                                with_other_secret(running(state::absent)).with_nodes(5),
                                "apply StatefulSet"},
                    secret_case{"ThatIsGoneLetsDriftBePutBack",
                                running(state::absent).with_stateful_set_field("/spec/replicas", 7),
                                "apply StatefulSet"},
                    secret_case{"ThatMayNotBeReadTellsTheReason",
                                running(state::unreadable, {"Forbidden", "no rule for secrets"}),
                                "announce Forbidden, patch status, look again",
                                "True Forbidden: Secret credentials: no rule for secrets"},
                    secret_case{
                        "ThatIsRefusedTellsTheRule",
                        running(state::refused, {"BC_RPC_USER is too short"}),
                        "announce SecretInvalid, patch status, look again",
                        "True SecretInvalid: Secret credentials: BC_RPC_USER is too short"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Configuration,
    DecideSecret,
    testing::Values(
        secret_case{"InPlaceNeedsNothing", an_observation().at_rest(), ""},
        secret_case{"UnknownIsVouchedForByThePods",
                    an_observation().at_rest().with_conf(conf_view::state::unknown),
                    ""},
        secret_case{"UnknownHoldsBackNoScaling",
                    an_observation().at_rest().with_conf(conf_view::state::unknown).with_nodes(5),
                    "apply StatefulSet"},
        secret_case{"UnknownIsReadWhenThePodsHaveAnother",
                    an_observation().at_rest().with_conf(conf_view::state::unknown).rotated(),
                    "read conf"},
        secret_case{"UnknownIsMadeBeforeThePods",
                    an_observation().with_service().with_conf(conf_view::state::unknown),
                    "create conf, create StatefulSet"},
        secret_case{
            "DueIsRead", an_observation().at_rest().with_conf(conf_view::state::due), "read conf"},
        secret_case{"UnreadIsRead",
                    an_observation().with_service().with_conf(conf_view::state::unread),
                    "read conf"},
        secret_case{"AbsentIsMade",
                    an_observation().at_rest().with_conf(conf_view::state::absent),
                    "create conf"},
        secret_case{"ForeignIsLeftAlone",
                    an_observation().at_rest().with_conf(conf_view::state::foreign),
                    "announce ChildNotOwned, patch status, look again",
                    "True ChildNotOwned: Secret net-conf exists and is not controlled by this "
                    "network; delete or rename it, it is left alone"},
        secret_case{"ForeignKeepsTheNodesFromBeingMade",
                    an_observation().with_conf(conf_view::state::foreign),
                    "announce ChildNotOwned, patch status, look again",
                    "True ChildNotOwned: Secret net-conf exists and is not controlled by this "
                    "network; delete or rename it, it is left alone"},
        secret_case{"OfAPredecessorIsWaitedFor",
                    an_observation().at_rest().with_conf(conf_view::state::predecessor),
                    "look again"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideSecretTest, IsReadWhilePausedAndNothingIsWritten) {
  EXPECT_EQ(to_string(decide(running(state::unknown).paused().build())), "read Secret credentials");
}

TEST(DecideSecretTest, KeepsTheConfigurationOfThePodsWhileItIsNotKnown) {
  const auto before = an_observation().at_rest();
  const auto after = running(state::absent);

  EXPECT_EQ(before.wanted().configuration(), after.wanted().configuration());
  EXPECT_EQ(after.wanted().conf(), nullptr);
}

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
