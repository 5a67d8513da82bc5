#include "actors/reconcile/digest.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::reconcile {
namespace {

using nlohmann::json;

json a_manifest() {
  return {{"metadata", {{"labels", {{"app", "net"}}}}},
          {"spec",
           {{"replicas", 3},
            {"imagePullSecrets", json::array({{{"name", "a"}}})},
            {"tolerations", json::array({{{"key", "k"}}})}}}};
}

TEST(Digest, IsStableAcrossProcesses) {
  EXPECT_EQ(to_string(digest_of(a_manifest())), "76290a6bd098d5b6-92f32f911edc2981");
}

TEST(Digest, DoesNotDependOnTheOrderOfMembers) {
  EXPECT_EQ(digest_of({{"a", 1}, {"b", 2}}), digest_of({{"b", 2}, {"a", 1}}));
}

TEST(Digest, ReadsBackWhatItWrites) {
  const auto d = digest_of(a_manifest());

  EXPECT_EQ(parse_digest(to_string(d)), d);
}

TEST(Digest, TakesAnyOtherTextForNone) {
  for (const auto* text : {"",
                           "-",
                           "tampered",
                           "0123456789abcdef",
                           "0123456789abcdef-0123456789abcde",
                           "0123456789abcdef-0123456789abcdefa",
                           "0123456789abcdef:0123456789abcdef",
                           "0123456789abcdeg-0123456789abcdef",
                           "+123456789abcdef-0123456789abcdef",
                           "0x23456789abcdef-0123456789abcdef"}) {
    EXPECT_EQ(parse_digest(text), digest{}) << text;
  }
}

struct digest_case {
  const char* name;
  const char* pointer;
  json value;
  bool other_shape;
};

class DigestShape : public testing::TestWithParam<digest_case> {};

TEST_P(DigestShape, TellsWhetherAFieldWent) {
  auto changed = a_manifest();
  changed[json::json_pointer{GetParam().pointer}] = GetParam().value;

  const auto before = digest_of(a_manifest());
  const auto after = digest_of(changed);

  EXPECT_NE(before.content, after.content);
  EXPECT_EQ(before.shape != after.shape, GetParam().other_shape);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DigestShape,
    testing::Values(
        digest_case{"AnotherNumber", "/spec/replicas", 4, false},
        digest_case{"AnotherLabelValue", "/metadata/labels/app", "x", false},
        digest_case{"AnotherLabel", "/metadata/labels/team", "red", true},
        digest_case{"AnotherFieldOfAnElement", "/spec/tolerations/0/value", "v", true},
        digest_case{"AnotherValueInAnAtomicList", "/spec/tolerations/0/key", "other", false},
        digest_case{"AnotherElement", "/spec/tolerations/1", {{"key", "k"}}, true},
        digest_case{"AnotherEntryInPlaceOfOne", "/spec/imagePullSecrets/0/name", "b", true}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
