#include "actors/object_store.hpp"

#include "k8s/objects.hpp"
#include "test/support/shown_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::actors {
namespace {

using messages::object_change;
using test::shown;
using testing::ElementsAre;
using testing::IsEmpty;

k8s::object_ptr a_service(const std::string& name,
                          const std::string& version,
                          const std::string& uid = "u1",
                          const std::string& ns = "default") {
  auto out = std::make_shared<k8s::service>();
  out->meta.key = {ns, name};
  out->meta.uid = uid;
  out->meta.resource_version = version;
  return out;
}

k8s::object_ptr a_pod(const std::string& name, const std::string& version) {
  auto out = std::make_shared<k8s::pod>();
  out->meta.key = {"default", name};
  out->meta.uid = name;
  out->meta.resource_version = version;
  return out;
}

TEST(ObjectStore, AnOlderEventNeverOverwritesANewerObject) {
  object_store store;
  EXPECT_THAT(shown(store.change({{a_service("a", "10")}}, "", "10")), ElementsAre("+a@10"));

  EXPECT_THAT(shown(store.change({{a_service("a", "9")}}, "", "10")), IsEmpty());
  EXPECT_THAT(shown(store.change({{a_service("a", "100")}}, "", "100")), ElementsAre("+a@100"));
}

TEST(ObjectStore, AWrittenObjectSurvivesTheStaleEventBehindIt) {
  object_store store;
  static_cast<void>(store.change({{a_service("net-svc", "10")}}, "", "10"));
  EXPECT_THAT(shown(store.written(a_service("net-svc", "12"), "")), IsEmpty());

  EXPECT_THAT(shown(store.change({{a_service("net-svc", "11")}}, "", "11")), IsEmpty());
  EXPECT_EQ(store.owned_by({"default", "net"}).front()->meta.resource_version, "12");
}

TEST(ObjectStore, AnAnswerThatComesAfterTheDeletionDoesNotResurrect) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "10")}}, "", "10"));
  EXPECT_THAT(shown(store.change({{a_service("a", "12"), true}}, "", "12")), ElementsAre("-a@12"));

  EXPECT_THAT(shown(store.written(a_service("a", "11"), "")), ElementsAre("-a@11"));

  EXPECT_EQ(store.size(), 0U);
}

TEST(ObjectStore, AnAnswerForWhatCameAndWentBetweenTwoListsTellsThatItIsGone) {
  object_store store;
  static_cast<void>(store.replace({}, "", "10", true));
  static_cast<void>(store.replace({}, "", "12", false));  // made at 11, deleted at 12

  EXPECT_THAT(shown(store.written(a_service("a", "11"), "")), ElementsAre("-a@11"));

  EXPECT_EQ(store.size(), 0U);
}

TEST(ObjectStore, AnAnswerBehindANewerStateTellsNothing) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "12", "u2")}}, "", "12"));

  EXPECT_THAT(shown(store.written(a_service("a", "11", "u1"), "")), IsEmpty());
  EXPECT_THAT(shown(store.written(a_service("a", "12", "u2"), "")), IsEmpty());
}

TEST(ObjectStore, ADeletionOfAnOlderIncarnationDoesNotRemoveTheNewOne) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "20", "u2")}}, "", "20"));

  EXPECT_THAT(shown(store.change({{a_service("a", "15", "u1"), true}}, "", "20")), IsEmpty());
  EXPECT_EQ(store.size(), 1U);
}

TEST(ObjectStore, AnotherUidUnderTheSameNameIsADeletionAndAnAddition) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "10", "u1")}}, "", "10"));

  EXPECT_THAT(shown(store.change({{a_service("a", "20", "u2")}}, "", "20")),
              ElementsAre("-a@10", "+a@20"));
}

TEST(ObjectStore, AReplaceDeletesWhatItDoesNotList) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "10")}, {a_service("b", "11")}}, "", "11"));

  EXPECT_THAT(shown(store.replace({a_service("b", "11")}, "", "20", false)), ElementsAre("-a@10"));
}

TEST(ObjectStore, AReplaceTouchesOnlyItsOwnNamespace) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "10", "u1", "one")}}, "one", "10"));

  EXPECT_THAT(shown(store.replace({}, "two", "20", true)), IsEmpty());
  EXPECT_EQ(store.size(), 1U);
}

TEST(ObjectStore, AStaleListKeepsWhatIsNewerThanItself) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "30")}}, "", "30"));

  EXPECT_THAT(shown(store.replace({}, "", "20", false)), IsEmpty());
  EXPECT_EQ(store.size(), 1U);
}

TEST(ObjectStore, AConsistentListIsTakenOverThoughTheStoreWentBackInTime) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "30")}, {a_service("b", "31")}}, "", "31"));

  const auto changes = store.replace({a_service("a", "12")}, "", "20", true);

  EXPECT_THAT(shown(changes), ElementsAre("-b@31", "+a@12"));
  EXPECT_TRUE(changes.back().authoritative);
}

TEST(ObjectStore, AConsistentListThatWasMadeBeforeAnOwnWriteTakesNothingBack) {
  object_store store;
  static_cast<void>(store.change({{a_service("a", "10")}}, "", "10"));
  static_cast<void>(store.written(a_service("a", "24"), ""));
  static_cast<void>(store.written(a_service("b", "25"), ""));

  EXPECT_THAT(shown(store.replace({a_service("a", "10")}, "", "16", true)), IsEmpty());

  EXPECT_EQ(store.size(), 2U);
  EXPECT_THAT(shown(store.change({{a_service("a", "24")}, {a_service("b", "25")}}, "", "25")),
              IsEmpty());
}

TEST(ObjectStore, AnUnchangedListIsNoNews) {
  object_store store;
  static_cast<void>(store.replace({a_service("a", "10")}, "", "10", true));

  EXPECT_THAT(shown(store.replace({a_service("a", "10")}, "", "50", true)), IsEmpty());
}

TEST(ObjectStore, IndexesByOwnerAndForgetsTheDeleted) {
  object_store store;
  static_cast<void>(
      store.change({{a_pod("net-sts-0", "10")}, {a_pod("net-sts-1", "11")}}, "", "11"));
  EXPECT_EQ(store.owned_by({"default", "net"}).size(), 2U);

  static_cast<void>(store.change({{a_pod("net-sts-0", "12"), true}}, "", "12"));

  EXPECT_EQ(store.owned_by({"default", "net"}).size(), 1U);
  EXPECT_THAT(store.owned_by({"other", "net"}), IsEmpty());
}

}  // namespace
}  // namespace btc::actors
