#include "k8s/meta.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unordered_set>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

struct version_case {
  const char* name;
  const char* a;
  const char* b;
  std::strong_ordering expected;
};

class ResourceVersion : public testing::TestWithParam<version_case> {};

TEST_P(ResourceVersion, ComparesAsADecimalOfAnyLength) {
  const auto& [name, a, b, expected] = GetParam();
  EXPECT_TRUE(compare_resource_versions(a, b) == expected);
  EXPECT_TRUE(compare_resource_versions(b, a) == 0 <=> expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ResourceVersion,
    testing::Values(version_case{"Equal", "12", "12", std::strong_ordering::equal},
                    version_case{"Smaller", "12", "13", std::strong_ordering::less},
                    version_case{"ShorterIsSmaller", "9", "10", std::strong_ordering::less},
                    version_case{"BeyondSixtyFourBits",
                                 "99999999999999999999998",
                                 "99999999999999999999999",
                                 std::strong_ordering::less},
                    version_case{"EmptyIsOlder", "", "1", std::strong_ordering::less},
                    version_case{"ZeroIsNoVersion", "0", "1", std::strong_ordering::less},
                    version_case{"LeadingZeroIsNoVersion", "0999", "1", std::strong_ordering::less},
                    version_case{"WordIsOlder", "abc", "1", std::strong_ordering::less},
                    version_case{"NegativeIsOlder", "-5", "1", std::strong_ordering::less},
                    version_case{"TwoWordsAreEqual", "abc", "xyz", std::strong_ordering::equal}),
    [](const auto& row) { return row.param.name; });

[[nodiscard]] object_meta decoded(const json& object) {
  return meta_of(json_view{object});
}

/// An object with everything in its metadata that somebody reads, and some that nobody does.
[[nodiscard]] json full_object() {
  return json::parse(R"({"metadata": {
    "name": "net", "namespace": "team", "uid": "u-1", "resourceVersion": "77", "generation": 4,
    "finalizers": ["foreign/one"],
    "labels": {"b": "2", "a": "1", "odd": 3},
    "annotations": {"bitcoincontroller.christianb93.github.com/hash": "x", "foreign/y": "z"},
    "ownerReferences": [
      {"kind": "Other", "name": "o", "uid": "u-o"},
      {"kind": "BitcoinNetwork", "name": "n", "uid": "u-n", "controller": true},
      {"kind": "Second", "name": "s", "uid": "u-s", "controller": true}],
    "managedFields": [
      {"manager": "kubectl", "operation": "Apply"},
      {"manager": "bitcoin-controller", "operation": "Update", "subresource": "status"},
      {"manager": "bitcoin-controller", "operation": "Update"},
      {"manager": "bitcoin-controller", "operation": "Apply"}]}})");
}

TEST(Meta, KeepsWhatSomebodyReads) {
  const auto meta = decoded(full_object());
  EXPECT_EQ(meta.key, (object_key{"team", "net"}));
  EXPECT_EQ(meta.uid, "u-1");
  EXPECT_EQ(meta.resource_version, "77");
  EXPECT_EQ(meta.generation, 4);
  EXPECT_FALSE(meta.deleting);
}

TEST(Meta, LabelsAreSortedAndOnlyStringsCount) {
  EXPECT_THAT(decoded(full_object()).labels, ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

TEST(Meta, OnlyAnnotationsOfOurGroupAreKept) {
  EXPECT_THAT(decoded(full_object()).annotations,
              ElementsAre(Pair("bitcoincontroller.christianb93.github.com/hash", "x")));
}

TEST(Meta, TheControllerIsTheFirstReferenceThatSaysSo) {
  EXPECT_EQ(decoded(full_object()).controller, (controller_ref{"BitcoinNetwork", "n", "u-n"}));
}

TEST(Meta, FindsOurOwnEntriesInManagedFields) {
  const auto meta = decoded(full_object());
  EXPECT_EQ(meta.update_entry, 2);  // the one of the status subresource is another
  EXPECT_TRUE(meta.apply_entry);
}

TEST(Meta, ADeletionTimestampMeansDeleting) {
  auto object = full_object();
  object["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z";
  EXPECT_TRUE(decoded(object).deleting);
  object["metadata"]["deletionTimestamp"] = nullptr;
  EXPECT_FALSE(decoded(object).deleting);
}

class MetaOfOddShape : public testing::TestWithParam<const char*> {};

TEST_P(MetaOfOddShape, IsEmptyAndNoError) {
  const auto meta = decoded(json::parse(GetParam()));
  EXPECT_EQ(meta.key, object_key{});
  EXPECT_EQ(meta.generation, 0);
  EXPECT_THAT(meta.labels, IsEmpty());
  EXPECT_THAT(meta.annotations, IsEmpty());
  EXPECT_FALSE(meta.controller);
  EXPECT_EQ(meta.update_entry, -1);
  EXPECT_FALSE(meta.apply_entry);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    MetaOfOddShape,
    testing::Values("{}",
                    "[]",
                    "null",
                    R"("text")",
                    R"({"metadata": null})",
                    R"({"metadata": "text"})",
                    R"({"metadata": {}})",
                    R"({"metadata": {"name": 1, "generation": "2", "labels": [], "annotations": 3,
                        "ownerReferences": {}, "managedFields": {}}})",
                    R"({"metadata": {"ownerReferences": [1, null, {"controller": "true"}],
                        "managedFields": [1, null]}})"));

TEST(ObjectKey, IsShownAsNamespaceAndName) {
  EXPECT_EQ(to_string(object_key{"ns", "name"}), "ns/name");
}

TEST(ObjectKey, TheHashTellsNamespaceFromName) {
  const object_key_hash hash;
  EXPECT_EQ(hash({"a", "b"}), hash({"a", "b"}));
  EXPECT_NE(hash({"a", "b"}), hash({"b", "a"}));
  EXPECT_NE(hash({"a", "a"}), hash({"b", "b"}));
}

TEST(StringPairs, FindGivesTheValueOrNothing) {
  const string_pairs pairs{{"a", "1"}, {"b", ""}};
  ASSERT_NE(find(pairs, "b"), nullptr);
  EXPECT_EQ(*find(pairs, "a"), "1");
  EXPECT_EQ(find(pairs, "c"), nullptr);
}

}  // namespace
}  // namespace btc::k8s
