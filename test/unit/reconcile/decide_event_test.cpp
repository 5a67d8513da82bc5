#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::observation;

struct event_case {
  const char* name;
  observation given;
  std::vector<std::string> events;
};

class DecideEvent : public testing::TestWithParam<event_case> {};

TEST_P(DecideEvent, SaysWhatTheUserWantsToKnow) {
  EXPECT_THAT(test::events_of(decide(GetParam().given.build())),
              testing::ElementsAreArray(GetParam().events));
}

observation with_image(observation o, const char* image) {
  return o.with_stateful_set_field("/spec/template/spec/containers/0/image", image);
}

observation with_file(observation o, const char* digest) {
  o.conf.file = digest;
  return o;
}

observation without_label(observation o) {
  o.conf.labelled = false;
  return o;
}

INSTANTIATE_TEST_SUITE_P(
    Writes,
    DecideEvent,
    testing::Values(
        event_case{"Created",
                   an_observation(),
                   {"Normal SuccessfulCreate: Created Service net-svc",
                    "Normal SuccessfulCreate: Created Secret net-conf",
                    "Normal SuccessfulCreate: Created StatefulSet net-sts"}},
        event_case{"SecretRotated",
                   an_observation().at_rest().rotated(),
                   {"Normal Updated: Updated Secret net-conf: bitcoin.conf",
                    "Normal RollingRestart: Restarting the nodes one after the other, "
                    "bitcoin.conf changed: StatefulSet net-sts"}},
        event_case{"ConfigurationEdited",
                   with_file(an_observation().at_rest(), "another"),
                   {"Warning DriftCorrected: Put back Secret net-conf: bitcoin.conf",
                    "Normal RollingRestart: Restarting the nodes one after the other, "
                    "bitcoin.conf changed: StatefulSet net-sts"}},
        event_case{"LabelOfTheConfigurationTaken",
                   without_label(an_observation().at_rest()),
                   {"Warning DriftCorrected: Put back Secret net-conf: labels"}},
        event_case{"MemoryChangedTellsTheCauseOfTheRestart",
                   an_observation().at_rest().with_spec({{"resources",
                                                          {{"limits", {{"memory", "2Gi"}}}}}}),
                   {"Normal Updated: Updated Secret net-conf: bitcoin.conf",
                    "Normal Updated: Updated StatefulSet net-sts: "
                    "spec.template.spec.containers[bitcoind].resources.limits absent → "
                    "{\"memory\":\"2Gi\"}"}},
        event_case{
            "CredentialsGenerated",
            an_observation().with_spec({{"secret", ""}}).with_secret(secret_view::state::unknown),
            {"Normal SuccessfulCreate: Created Service net-svc",
             "Normal SuccessfulCreate: Created Secret net-rpc with generated credentials"}},
        event_case{"Scaled",
                   an_observation().at_rest().with_nodes(5),
                   {"Normal Scaled: Scaled StatefulSet net-sts: spec.replicas 3 → 5"}},
        event_case{"ScaledByHandIsDrift",
                   an_observation().at_rest().with_stateful_set_field("/spec/replicas", 7),
                   {"Warning DriftCorrected: Put back StatefulSet net-sts: spec.replicas 7 → 3"}},
        event_case{"ImageChangedInTheSpec",
                   an_observation().at_rest().with_spec({{"image", "new"}}),
                   {"Normal Updated: Updated StatefulSet net-sts: "
                    "spec.template.spec.containers[bitcoind].image \"bitcoin/bitcoin:30.2\" → "
                    "\"new\""}},
        event_case{"ImageEditedInTheStatefulSet",
                   with_image(an_observation().at_rest(), "old"),
                   {"Warning DriftCorrected: Put back StatefulSet net-sts: "
                    "spec.template.spec.containers[bitcoind].image \"old\" → "
                    "\"bitcoin/bitcoin:30.2\""}},
        event_case{"ScaledAndMore",
                   an_observation().at_rest().with_spec({{"nodes", 5}, {"image", "new"}}),
                   {"Normal Updated: Updated StatefulSet net-sts: spec.replicas 3 → 5, "
                    "spec.template.spec.containers[bitcoind].image \"bitcoin/bitcoin:30.2\" → "
                    "\"new\""}},
        event_case{"FieldTakenOut",
                   an_observation()
                       .with_spec({{"pod", {{"priorityClassName", "high"}}}})
                       .at_rest()
                       .with_spec({{"pod", nullptr}}),
                   {"Normal Updated: Updated StatefulSet net-sts: fields no longer wanted"}},
        event_case{"NothingToDo", an_observation().at_rest(), {}}),
    [](const auto& row) { return row.param.name; });

constexpr const char* invalid = "spec.nodes is -1; give a whole number from 0 to 500";

INSTANTIATE_TEST_SUITE_P(
    Degradation,
    DecideEvent,
    testing::Values(event_case{"NewOne",
                               an_observation().at_rest().with_spec({{"nodes", -1}}),
                               {std::string{"Warning InvalidSpec: "} + invalid}},
                    event_case{"RepeatedIsNotAnnounced",
                               an_observation()
                                   .at_rest()
                                   .with_spec({{"nodes", -1}})
                                   .with_status({"InvalidSpec", invalid}),
                               {}},
                    event_case{"NotAnnouncedAgainForAnotherEditThatKeepsIt",
                               an_observation()
                                   .at_rest()
                                   .with_spec({{"nodes", -1}})
                                   .with_status({"InvalidSpec", invalid})
                                   .with_spec({{"image", "other"}}),
                               {}},
                    event_case{"AnnouncedForAnotherCause",
                               an_observation()
                                   .at_rest()
                                   .with_spec({{"nodes", -1}})
                                   .with_status({"SecretInvalid", "x"}),
                               {std::string{"Warning InvalidSpec: "} + invalid}},
                    event_case{"RecoveryIsNotAnnounced",
                               an_observation().at_rest().with_status({"InvalidSpec", invalid}),
                               {}}),
    [](const auto& row) { return row.param.name; });

TEST(DecideEventTest, ComesBeforeTheStatusThatRemembersIt) {
  const auto plan = decide(an_observation().with_spec({{"nodes", -1}}).build());

  EXPECT_EQ(to_string(plan), "announce InvalidSpec, patch status");
}

}  // namespace
}  // namespace btc::reconcile
