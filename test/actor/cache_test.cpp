#include "actors/cache_actor.hpp"
#include "test/support/actor_fixture.hpp"
#include "test/support/documents.hpp"
#include "test/support/shown_changes.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using testing::ElementsAre;
using testing::IsEmpty;

class Cache : public test::actor_fixture {
 protected:
  [[nodiscard]] static k8s::object_ptr a_service(const std::string& name,
                                                 const std::string& version,
                                                 const std::string& ns = "default") {
    auto document = test::a_child(k8s::kind::service, name, version);
    document["metadata"]["namespace"] = ns;
    return test::decoded(k8s::kind::service, document);
  }
  void start() { cache_ = spawn(cache, cache_args{&env, k8s::kind::service, dispatch_.handle()}); }
  void change(const k8s::object_ptr& object, bool deleted = false) {
    tell(cache_,
         objects_changed{std::make_shared<const std::vector<object_change>>(
                             std::vector<object_change>{{object, deleted}}),
                         "",
                         object->meta.resource_version});
  }
  void replace(std::vector<k8s::object_ptr> objects,
               const std::string& version,
               bool consistent,
               const std::string& ns = "") {
    tell(cache_,
         objects_replaced{std::make_shared<const std::vector<k8s::object_ptr>>(std::move(objects)),
                          ns,
                          version,
                          consistent});
  }
  /// All that dispatch heard: "+name@version" and "-name@version".
  [[nodiscard]] std::vector<std::string> pushed() {
    std::vector<std::string> out;
    for (const auto& m : dispatch_.all<objects_changed>()) {
      for (const auto& change : *m.changes) {
        out.push_back(test::shown(change));
      }
    }
    return out;
  }
  /// What a replay for the network gives now.
  [[nodiscard]] std::vector<std::string> replayed() {
    tell(cache_, replay_objects{{"default", "net"}});
    std::vector<std::string> out;
    for (const auto& object : *dispatch_.all<objects_replayed>().back().objects) {
      out.push_back(test::shown(*object));
    }
    return out;
  }

  test::probe<dispatch_actor> dispatch_{make_probe<dispatch_actor>()};
  cache_actor cache_{};
};

TEST_F(Cache, PushesAChangeToDispatch) {
  start();

  change(a_service("a", "10"));

  EXPECT_THAT(pushed(), ElementsAre("+a@10"));
}

TEST_F(Cache, NeverPushesAnEventOlderThanWhatItHas) {
  start();
  change(a_service("a", "10"));

  change(a_service("a", "9"));

  EXPECT_THAT(pushed(), ElementsAre("+a@10"));
}

TEST_F(Cache, KeepsAWrittenObjectThroughTheStaleEventBehindIt) {
  start();
  change(a_service("net-svc", "10"));
  tell(cache_, object_written{a_service("net-svc", "12")});

  change(a_service("net-svc", "11"));

  EXPECT_THAT(pushed(), ElementsAre("+net-svc@10"));
  EXPECT_THAT(replayed(), ElementsAre("net-svc@12"));
}

TEST_F(Cache, IsNotResurrectedByALateAnswerToAWrite) {
  start();
  change(a_service("net-svc", "10"));
  change(a_service("net-svc", "13"), true);

  tell(cache_, object_written{a_service("net-svc", "12")});

  EXPECT_THAT(replayed(), IsEmpty());
}

TEST_F(Cache, TellsItsWriterThatWhatItMadeIsGoneAlready) {
  start();
  replace({}, "10", true);
  replace({}, "13", false);

  tell(cache_, object_written{a_service("net-svc", "12")});

  EXPECT_THAT(pushed(), ElementsAre("-net-svc@12"));
  EXPECT_THAT(replayed(), IsEmpty());
}

TEST_F(Cache, SaysOnceThatItIsSynced) {
  start();

  replace({}, "10", true);
  replace({}, "20", true);

  EXPECT_EQ(dispatch_.count<cache_synced>(), 1U);
  EXPECT_EQ(report_of(cache_)->cache->synced, true);
}

TEST_F(Cache, IsSyncedOnlyWhenEveryNamespaceIs) {
  env.namespaces = {"one", "two"};
  start();

  replace({}, "10", true, "one");
  EXPECT_EQ(dispatch_.count<cache_synced>(), 0U);

  replace({}, "11", true, "two");
  EXPECT_EQ(dispatch_.count<cache_synced>(), 1U);
}

TEST_F(Cache, PushesTheFirstStateBeforeItSaysSynced) {
  start();

  replace({a_service("a", "10")}, "10", true);

  EXPECT_THAT(pushed(), ElementsAre("+a@10"));
  EXPECT_EQ(metric("bitcoin_controller_cache_objects{kind=\"Service\"}"), 1);
}

TEST_F(Cache, TakesAMissingObjectForDeletedOnlyInTheListsOwnNamespace) {
  env.namespaces = {"one", "two"};
  start();
  replace({a_service("a", "10", "one")}, "10", true, "one");
  replace({a_service("b", "11", "two")}, "11", true, "two");

  replace({}, "20", true, "two");

  EXPECT_THAT(pushed(), ElementsAre("+a@10", "+b@11", "-b@11"));
}

TEST_F(Cache, KeepsWhatIsNewerThanAStaleList) {
  start();
  replace({}, "10", true);
  change(a_service("net-svc", "30"));

  replace({}, "20", false);

  EXPECT_THAT(replayed(), ElementsAre("net-svc@30"));
}

TEST_F(Cache, FollowsAConsistentListBackInTime) {
  start();
  replace({a_service("a", "30")}, "30", true);

  replace({a_service("a", "12")}, "20", true);

  EXPECT_THAT(pushed(), ElementsAre("+a@30", "+a@12"));
  EXPECT_TRUE(dispatch_.all<objects_changed>().back().changes->front().authoritative);
}

TEST_F(Cache, ReplaysOnlyTheNetworksOwnObjects) {
  start();
  change(a_service("net-svc", "10"));
  change(test::decoded(k8s::kind::service,
                       test::a_child(k8s::kind::service, "another-svc", "11", "another")));

  EXPECT_THAT(replayed(), ElementsAre("net-svc@10"));
}

}  // namespace
}  // namespace btc::actors
