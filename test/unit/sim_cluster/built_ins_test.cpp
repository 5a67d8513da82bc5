#include "test/sim/cluster/garbage_collector.hpp"
#include "test/sim/cluster/stateful_set_controller.hpp"
#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

class built_ins_test : public cluster_fixture {
 protected:
  /// All built-ins act until none can; the first of their steps each time.
  void settle() {
    constexpr int steps_max = 1000;
    for (int i = 0; i < steps_max; ++i) {
      bool acted = false;
      for (built_in* actor : std::initializer_list<built_in*>{&sets_, &collector_, &namespaces_}) {
        if (actor->runnable() > 0) {
          actor->step(0);
          acted = true;
        }
      }
      if (!acted) {
        return;
      }
    }
    FAIL() << "the built-ins never rest";
  }
  [[nodiscard]] std::size_t count(type_id type) const {
    return cluster_.objects().log(type).objects().size();
  }
  static json owner(const json& object) {
    return {{"apiVersion", object.at("apiVersion")},
            {"kind", object.at("kind")},
            {"name", object.at("metadata").at("name")},
            {"uid", object.at("metadata").at("uid")}};
  }

  stateful_set_controller sets_{cluster_.internals()};
  garbage_collector collector_{cluster_.internals()};
  namespace_controller namespaces_{cluster_.internals()};
};

TEST_F(built_ins_test, stateful_set_makes_its_pods_and_counts_them) {
  ok(post(path("statefulsets"), stateful_set("sts", 2)));
  settle();
  const auto pod = ok(get(path("pods", "sts-1")));
  EXPECT_EQ(pod.at("metadata").at("labels").at("apps.kubernetes.io/pod-index"), "1");
  EXPECT_EQ(pod.at("spec").at("subdomain"), "sts");
  const auto status = ok(get(path("statefulsets", "sts"))).at("status");
  EXPECT_EQ(status.at("replicas"), 2);
  EXPECT_EQ(status.at("updateRevision"),
            pod.at("metadata").at("labels").at("controller-revision-hash"));
}

TEST_F(built_ins_test, scaling_down_takes_the_highest) {
  ok(post(path("statefulsets"), stateful_set("sts", 3)));
  settle();
  ok(merge(path("statefulsets", "sts") + "/scale", {{"spec", {{"replicas", 1}}}}));
  settle();
  EXPECT_EQ(count(type_id::pods), 1U);
  ok(get(path("pods", "sts-0")));
}

TEST_F(built_ins_test, what_a_network_owned_goes_with_it) {
  const auto made = ok(post(path("bitcoinnetworks"), network()));
  auto set = stateful_set("sts", 2);
  set["metadata"]["ownerReferences"] = json::array({owner(made)});
  ok(post(path("statefulsets"), set));
  settle();
  ok(remove(path("bitcoinnetworks", "net")));
  settle();
  EXPECT_EQ(count(type_id::stateful_sets), 0U);
  EXPECT_EQ(count(type_id::pods), 0U);
}

TEST_F(built_ins_test, owner_of_another_uid_is_no_owner) {
  const auto made = ok(post(path("configmaps"), config_map("owner")));
  auto stray = config_map("stray");
  stray["metadata"]["ownerReferences"] = json::array({owner(made)});
  stray["metadata"]["ownerReferences"][0]["uid"] = "another";
  ok(post(path("configmaps"), stray));
  settle();
  refused(get(path("configmaps", "stray")), 404, "NotFound");
}

TEST_F(built_ins_test, foreground_deletion_waits_for_blocking_dependents) {
  const auto made = ok(post(path("configmaps"), config_map("owner")));
  auto child = config_map("child");
  child["metadata"]["finalizers"] = json::array({"example.com/hold"});
  child["metadata"]["ownerReferences"] = json::array({owner(made)});
  child["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = true;
  ok(post(path("configmaps"), child));
  EXPECT_EQ(remove(path("configmaps", "owner"), {{"propagationPolicy", "Foreground"}}).status, 200);
  settle();
  EXPECT_TRUE(ok(get(path("configmaps", "child"))).at("metadata").contains("deletionTimestamp"));
  ok(get(path("configmaps", "owner")));
  ok(merge(path("configmaps", "child"), {{"metadata", {{"finalizers", nullptr}}}}));
  settle();
  refused(get(path("configmaps", "owner")), 404, "NotFound");
}

TEST_F(built_ins_test, terminating_namespace_is_emptied_and_goes) {
  ok(post("/api/v1/namespaces", {{"metadata", {{"name", "other"}}}}));
  ok(post("/api/v1/namespaces/other/configmaps", config_map()));
  ok(remove("/api/v1/namespaces/other"));
  refused(post("/api/v1/namespaces/other/configmaps", config_map("late")), 403, "Forbidden");
  settle();
  refused(get("/api/v1/namespaces/other"), 404, "NotFound");
}

}  // namespace btc::sim
