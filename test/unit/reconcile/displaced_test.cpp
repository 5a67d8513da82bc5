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

TEST(Displaced, MountOfOursAtAnotherPathIsRemoved) {
  EXPECT_EQ(removal(R"({"volumeMounts": [{"mountPath": "/data", "name": "data"}]})",
                    R"({"volumeMounts": [{"mountPath": "/other", "name": "data"}]})")[1]["op"],
            "remove");
}

TEST(Displaced, ProbeOfAnotherKindIsReplaced) {
  const json ours{{"exec", {{"command", {"a"}}}}, {"periodSeconds", 5}};
  const json theirs{{"httpGet", {{"port", 1}}}, {"periodSeconds", 5}, {"successThreshold", 1}};
  EXPECT_EQ(remove_displacing({{"readinessProbe", ours}}, {{"readinessProbe", theirs}}, ""),
            (json{{{"op", "test"}, {"path", "/readinessProbe"}, {"value", theirs}},
                  {{"op", "replace"}, {"path", "/readinessProbe"}, {"value", ours}}}));
}

TEST(Displaced, ProbeOfOurKindIsLeftToTheApply) {
  EXPECT_TRUE(removal(R"({"readinessProbe": {"exec": {"command": ["a"]}}})",
                      R"({"readinessProbe": {"exec": {"command": ["b"]}, "successThreshold": 1}})")
                  .empty());
}

TEST(Displaced, VolumeOfAnotherKindIsReplaced) {
  const json ours{{"name", "data"}, {"emptyDir", json::object()}};
  const json theirs{{"name", "data"}, {"hostPath", {{"path", "/"}}}};
  EXPECT_EQ(remove_displacing({{"volumes", {ours}}}, {{"volumes", {theirs}}}, "")[1],
            (json{{"op", "replace"}, {"path", "/volumes/0"}, {"value", ours}}));
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
