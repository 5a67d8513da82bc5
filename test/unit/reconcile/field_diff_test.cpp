#include "actors/reconcile/field_diff.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::reconcile {
namespace {

using nlohmann::json;

struct diff_case {
  const char* name;
  const char* desired;
  const char* observed;
  const char* described;  ///< empty: no difference
};

class FieldDiff : public testing::TestWithParam<diff_case> {};

TEST_P(FieldDiff, NamesWhatDiffers) {
  const auto differences =
      differing_fields(json::parse(GetParam().desired), json::parse(GetParam().observed), "spec");

  EXPECT_EQ(describe(differences), GetParam().described);
}

INSTANTIATE_TEST_SUITE_P(
    Scalars,
    FieldDiff,
    testing::Values(diff_case{"Equal", R"({"a": 1})", R"({"a": 1})", ""},
                    diff_case{"AnotherNumber", R"({"a": 1})", R"({"a": 2})", "spec.a 2 → 1"},
                    diff_case{"AnotherType", R"({"a": 1})", R"({"a": "1"})", "spec.a \"1\" → 1"},
                    diff_case{"Missing", R"({"a": false})", "{}", "spec.a absent → false"},
                    diff_case{"More", R"({"a": 1})", R"({"a": 1, "b": 2})", ""},
                    diff_case{"ObjectInPlaceOfAScalar",
                              R"({"a": 1})",
                              R"({"a": {"b": 1}})",
                              "spec.a {\"b\":1} → 1"},
                    diff_case{"KeyWithDots",
                              R"({"labels": {"a.b/c": "x"}})",
                              R"({"labels": {"a.b/c": "y"}})",
                              "spec.labels[a.b/c] \"y\" → \"x\""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    KeyedLists,
    FieldDiff,
    testing::Values(diff_case{"AnotherOrder",
                              R"({"env": [{"name": "a"}, {"name": "b"}]})",
                              R"({"env": [{"name": "b"}, {"name": "a"}]})",
                              ""},
                    diff_case{"FurtherEntry",
                              R"({"containers": [{"name": "a", "image": "x"}]})",
                              R"({"containers": [{"name": "z"}, {"name": "a", "image": "x"}]})",
                              ""},
                    diff_case{"FieldOfAnEntry",
                              R"({"containers": [{"name": "a", "image": "x"}]})",
                              R"({"containers": [{"name": "a", "image": "y"}]})",
                              "spec.containers[a].image \"y\" → \"x\""},
                    diff_case{"EntryMissing",
                              R"({"ports": [{"port": 1}]})",
                              R"({"ports": [{"port": 2}]})",
                              "spec.ports[1] absent → {\"port\":1}"},
                    diff_case{"ProtocolIsPartOfAPort",
                              R"({"ports": [{"port": 1, "protocol": "TCP", "name": "a"}]})",
                              R"({"ports": [{"port": 1, "protocol": "UDP", "name": "b"},
                               {"port": 1, "protocol": "TCP", "name": "a"}]})",
                              ""},
                    diff_case{"TwoKeysTellConstraintsApart",
                              R"({"topologySpreadConstraints": [
                      {"topologyKey": "z", "whenUnsatisfiable": "A", "maxSkew": 1},
                      {"topologyKey": "z", "whenUnsatisfiable": "B", "maxSkew": 2}]})",
                              R"({"topologySpreadConstraints": [
                      {"topologyKey": "z", "whenUnsatisfiable": "A", "maxSkew": 1},
                      {"topologyKey": "z", "whenUnsatisfiable": "B", "maxSkew": 2}]})",
                              ""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    AtomicValues,
    FieldDiff,
    testing::Values(diff_case{"ShorterList",
                              R"({"args": ["a", "b"]})",
                              R"({"args": ["a"]})",
                              "spec.args [\"a\"] → [\"a\",\"b\"]"},
                    diff_case{"ElementOfAList",
                              R"({"args": ["a", "b"]})",
                              R"({"args": ["a", "c"]})",
                              "spec.args[1] \"c\" → \"b\""},
                    diff_case{"FurtherMemberOfAnElement",
                              R"({"tolerations": [{"key": "a"}]})",
                              R"({"tolerations": [{"key": "a", "effect": "NoExecute"}]})",
                              "spec.tolerations[0].effect \"NoExecute\" → absent"},
                    diff_case{"FurtherKeyOfASelector",
                              R"({"selector": {"app": "a"}})",
                              R"({"selector": {"app": "a", "b": "c"}})",
                              "spec.selector.b \"c\" → absent"},
                    diff_case{"FurtherKeyOfANestedSelector",
                              R"({"labelSelector": {"matchLabels": {"app": "a"}}})",
                              R"({"labelSelector": {"matchLabels": {"app": "a", "b": "c"}}})",
                              "spec.labelSelector.matchLabels.b \"c\" → absent"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WrittenInAnotherWay,
    FieldDiff,
    testing::Values(diff_case{"EmptyText", R"({"a": ""})", "{}", ""},
                    diff_case{"EmptyList", R"({"a": []})", "{}", ""},
                    diff_case{"Null", R"({"a": null})", "{}", ""},
                    diff_case{
                        "EmptyMap", R"({"resources": {"limits": {}}})", R"({"resources": {}})", ""},
                    diff_case{"EmptyObjectThatSelectsAll",
                              R"({"labelSelector": {}})",
                              "{}",
                              "spec.labelSelector absent → {}"},
                    diff_case{"FalseIsNotEmpty", R"({"a": false})", "{}", "spec.a absent → false"},
                    diff_case{"ZeroIsNotEmpty", R"({"a": 0})", "{}", "spec.a absent → 0"},
                    diff_case{"Quantity",
                              R"({"resources": {"limits": {"cpu": "1000m"}}})",
                              R"({"resources": {"limits": {"cpu": "1"}}})",
                              ""},
                    diff_case{"QuantityAsNumber",
                              R"({"resources": {"limits": {"cpu": 1}}})",
                              R"({"resources": {"limits": {"cpu": "1"}}})",
                              ""},
                    diff_case{"AnotherQuantity",
                              R"({"resources": {"limits": {"cpu": 1}}})",
                              R"({"resources": {"limits": {"cpu": "2"}}})",
                              "spec.resources.limits.cpu \"2\" → 1"},
                    diff_case{"QuantityElsewhereIsText",
                              R"({"labels": {"cpu": "1000m"}})",
                              R"({"labels": {"cpu": "1"}})",
                              "spec.labels.cpu \"1\" → \"1000m\""}),
    [](const auto& row) { return row.param.name; });

TEST(FieldDiffTest, ShortensLongValues) {
  const auto differences =
      differing_fields(json{{"a", std::string(200, 'x')}}, json{{"a", "y"}}, "spec");

  EXPECT_LT(describe(differences).size(), 110U);
}

TEST(FieldDiffTest, ShowsFourDifferencesAndCountsTheRest) {
  const json desired{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}};

  EXPECT_EQ(
      describe(differing_fields(desired, json::object(), "spec")),
      "spec.a absent → 1, spec.b absent → 1, spec.c absent → 1, spec.d absent → 1 and 2 more");
}

}  // namespace
}  // namespace btc::reconcile
