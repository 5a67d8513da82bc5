#include "actors/reconcile/image_trouble.hpp"

#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;
using testing::HasSubstr;

/// Three nodes, of which the second waits.
observation waiting_for(const char* reason) {
  auto o = an_observation().with_spec({{"image", "example/none:1"}}).at_rest();
  o.pods[1]["status"] = {
      {"containerStatuses",
       {{{"name", "bitcoind"}, {"state", {{"waiting", {{"reason", reason}}}}}}}}};
  return o;
}

observation with_revisions(observation o, const char* of_set, const char* of_pod) {
  (*o.stateful_set)["status"]["updateRevision"] = of_set;
  o.pods[1]["metadata"]["labels"]["controller-revision-hash"] = of_pod;
  return o;
}

struct reason_case {
  const char* reason;
  const char* says;
};

class ImageTrouble : public testing::TestWithParam<reason_case> {};

TEST_P(ImageTrouble, NamesImageAndRemedy) {
  const auto trouble = image_trouble(waiting_for(GetParam().reason).build());

  ASSERT_TRUE(trouble.has_value());
  EXPECT_EQ(trouble->reason, "ImageNotPulled");
  EXPECT_FALSE(trouble->blocks);
  EXPECT_THAT(trouble->message, testing::StartsWith("spec.image is \"example/none:1\" and "));
  EXPECT_THAT(trouble->message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Reasons,
    ImageTrouble,
    testing::Values(reason_case{"ErrImagePull", "cannot be pulled; correct it"},
                    reason_case{"ImagePullBackOff", "cannot be pulled; correct it"},
                    reason_case{"InvalidImageName", "is not the name of an image"},
                    reason_case{"ErrImageNeverPull", "spec.imagePullPolicy is Never"},
                    reason_case{"RegistryUnavailable", "registry does not answer"},
                    reason_case{"ImageInspectError", "cannot be read"},
                    reason_case{"SignatureValidationFailed", "no valid signature"}),
    [](const auto& row) { return std::string{row.param.reason}; });

TEST(ImageTroubleTest, IsTheSameForBothReasonsOfTheKubelet) {
  EXPECT_EQ(image_trouble(waiting_for("ErrImagePull").build())->message,
            image_trouble(waiting_for("ImagePullBackOff").build())->message);
}

struct none_case {
  const char* name;
  observation given;
};

class NoImageTrouble : public testing::TestWithParam<none_case> {};

TEST_P(NoImageTrouble, IsTold) {
  EXPECT_EQ(image_trouble(GetParam().given.build()), std::nullopt);
}

observation deleting(observation o) {
  o.pods[1]["metadata"]["deletionTimestamp"] = test::this_moment;
  return o;
}

observation unseen(observation o) {
  (*o.stateful_set)["metadata"]["generation"] = 2;
  return o;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    NoImageTrouble,
    testing::Values(
        none_case{"WhenAllAreReady", an_observation().at_rest()},
        none_case{"OfANodeThatWaitsForElse", waiting_for("ContainerCreating")},
        none_case{"OfAPodThatGoes", deleting(waiting_for("ErrImagePull"))},
        none_case{"OfAnOlderTemplate", with_revisions(waiting_for("ErrImagePull"), "new", "old")},
        none_case{"WhileTheSetHasNotSeenItsTemplate", unseen(waiting_for("ErrImagePull"))},
        none_case{"WithoutChildren", an_observation()}),
    [](const auto& row) { return row.param.name; });

TEST(ImageTroubleTest, IsToldOfThePresentTemplate) {
  EXPECT_NE(image_trouble(with_revisions(waiting_for("ErrImagePull"), "new", "new").build()),
            std::nullopt);
}

}  // namespace
}  // namespace btc::reconcile
