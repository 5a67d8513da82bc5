#include "actors/reconcile/displaced.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::reconcile {
namespace {

using nlohmann::json;

json removal(const char* desired, const char* observed) {
  return remove_displacing(json::parse(desired), json::parse(observed), "/spec");
}

TEST(Displaced, EntryOfAnEditedKeyIsRemovedUnderATest) {
  EXPECT_EQ(removal(R"({"ports": [{"port": 1}, {"port": 2}]})",
                    R"({"ports": [{"port": 9}, {"port": 2}]})"),
            json::parse(R"([{"op": "test", "path": "/spec/ports/0", "value": {"port": 9}},
                            {"op": "remove", "path": "/spec/ports/0"}])"));
}

TEST(Displaced, EntriesAreRemovedFromTheEnd) {
  const auto operations = removal(R"({"ports": [{"port": 1}, {"port": 2}]})",
                                  R"({"ports": [{"port": 8}, {"port": 9}]})");

  ASSERT_EQ(operations.size(), 4U);
  EXPECT_EQ(operations[1]["path"], "/spec/ports/1");
  EXPECT_EQ(operations[3]["path"], "/spec/ports/0");
}

TEST(Displaced, EntryInsideAContainerIsFoundByTheContainersName) {
  const auto operations =
      removal(R"({"containers": [{"name": "b", "ports": [{"containerPort": 1}]}]})",
              R"({"containers": [{"name": "a", "ports": [{"containerPort": 7}]},
                         {"name": "b", "ports": [{"containerPort": 9}]}]})");

  ASSERT_EQ(operations.size(), 2U);
  EXPECT_EQ(operations[1]["path"], "/spec/containers/1/ports/0");
}

TEST(Displaced, FurtherEntriesStayWhileOursAreThere) {
  EXPECT_TRUE(
      removal(R"({"ports": [{"port": 1}]})", R"({"ports": [{"port": 1}, {"port": 9}]})").empty());
}

TEST(Displaced, ContainersAndVolumesStay) {
  EXPECT_TRUE(removal(R"({"containers": [{"name": "a"}], "volumes": [{"name": "v"}]})",
                      R"({"containers": [{"name": "b"}], "volumes": [{"name": "w"}]})")
                  .empty());
}

TEST(Displaced, ListThatIsGoneNeedsNothing) {
  EXPECT_TRUE(removal(R"({"ports": [{"port": 1}]})", "{}").empty());
}

TEST(Displaced, KeysAreEscapedAsJsonPointer) {
  const auto operations =
      removal(R"({"a/b~c": {"ports": [{"port": 1}]}})", R"({"a/b~c": {"ports": [{"port": 9}]}})");

  ASSERT_EQ(operations.size(), 2U);
  EXPECT_EQ(operations[1]["path"], "/spec/a~1b~0c/ports/0");
}

}  // namespace
}  // namespace btc::reconcile
