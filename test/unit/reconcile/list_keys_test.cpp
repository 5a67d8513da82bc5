#include "actors/reconcile/list_keys.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::reconcile {
namespace {

using nlohmann::json;

struct identity_case {
  const char* name;
  const char* list;
  const char* element;
  const char* identity;
};

class ListKeys : public testing::TestWithParam<identity_case> {};

TEST_P(ListKeys, TellAnElementApart) {
  EXPECT_EQ(identity_of(GetParam().list, json::parse(GetParam().element)), GetParam().identity);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ListKeys,
    testing::Values(
        identity_case{"Container", "containers", R"({"name": "a", "image": "b"})", "a"},
        identity_case{"ContainerPort", "ports", R"({"containerPort": 1, "name": "a"})", "1"},
        identity_case{"ServicePort", "ports", R"({"port": 2, "targetPort": 1})", "2"},
        identity_case{
            "PortOfTheDefaultProtocol", "ports", R"({"port": 2, "protocol": "TCP"})", "2"},
        identity_case{
            "PortOfAnotherProtocol", "ports", R"({"port": 2, "protocol": "UDP"})", "2 UDP"},
        identity_case{"SpreadConstraint",
                      "topologySpreadConstraints",
                      R"({"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"})",
                      "zone DoNotSchedule"},
        identity_case{"AtomicList", "tolerations", R"({"key": "a", "name": "b"})", ""},
        identity_case{"ElementWithoutItsKey", "containers", R"({"image": "b"})", ""},
        identity_case{"Scalar", "args", R"("a")", ""}),
    [](const auto& row) { return row.param.name; });

TEST(ListKeysTest, FindAnElementWhereverItStands) {
  const auto elements = json::parse(R"([{"name": "a"}, {"name": "b", "image": "x"}])");

  const auto* found = find_element("containers", elements, "b");

  ASSERT_NE(found, nullptr);
  EXPECT_EQ((*found)["image"], "x");
  EXPECT_EQ(find_element("containers", elements, "c"), nullptr);
}

TEST(ListKeysTest, SelectorsAreOneValue) {
  EXPECT_TRUE(is_atomic_object("selector"));
  EXPECT_TRUE(is_atomic_object("nodeSelector"));
  EXPECT_FALSE(is_atomic_object("labels"));
}

}  // namespace
}  // namespace btc::reconcile
