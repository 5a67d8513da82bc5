#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

class update_test : public cluster_fixture {
 protected:
  update_test() : made_(ok(post(path("bitcoinnetworks"), network()))) {}

  json made_;
  const std::string target_ = path("bitcoinnetworks", "net");
};

TEST_F(update_test, stale_version_is_a_conflict_and_none_is_invalid) {
  ok(merge(target_, {{"spec", {{"nodes", 5}}}}));
  made_["spec"]["nodes"] = 4;
  const auto body = refused(put(target_, made_), 409, "Conflict");
  EXPECT_NE(body.at("message").get<std::string>().find("the object has been modified"),
            std::string::npos);
  made_["metadata"].erase("resourceVersion");
  refused(put(target_, made_), 422, "Invalid");
}

TEST_F(update_test, generation_counts_changes_of_the_spec_only) {
  EXPECT_EQ(ok(merge(target_, {{"metadata", {{"labels", {{"a", "b"}}}}}}))
                .at("metadata")
                .at("generation"),
            1);
  EXPECT_EQ(ok(merge(target_, {{"spec", {{"nodes", 4}}}})).at("metadata").at("generation"), 2);
}

TEST_F(update_test, status_path_writes_the_status_alone_and_the_main_path_all_but_it) {
  const auto status = ok(merge(target_ + "/status",
                               {{"status", {{"phase", "Ready"}}},
                                {"spec", {{"nodes", 9}}},
                                {"metadata", {{"labels", {{"a", "b"}}}}}}));
  EXPECT_EQ(status.at("status").at("phase"), "Ready");
  EXPECT_EQ(status.at("spec").at("nodes"), 3);
  EXPECT_FALSE(status.at("metadata").contains("labels"));
  const auto main =
      ok(merge(target_, {{"status", {{"phase", "Paused"}}}, {"spec", {{"nodes", 4}}}}));
  EXPECT_EQ(main.at("status").at("phase"), "Ready");
}

TEST_F(update_test, deletion_waits_for_the_last_finalizer) {
  ok(merge(target_, {{"metadata", {{"finalizers", {"example.com/hold"}}}}}));
  const auto going = ok(remove(target_));
  EXPECT_EQ(going.at("metadata").at("generation"), 2);
  EXPECT_EQ(version(ok(remove(target_))), version(going));
  refused(
      merge(target_, {{"metadata", {{"finalizers", {"example.com/hold", "example.com/more"}}}}}),
      422,
      "Invalid");
  refused(post(path("bitcoinnetworks"), network()), 409, "AlreadyExists");
  ok(merge(target_, {{"metadata", {{"finalizers", nullptr}}}}));
  refused(get(target_), 404, "NotFound");
}

TEST_F(update_test, preconditions_guard_a_deletion) {
  refused(remove(target_, {{"preconditions", {{"uid", "wrong"}}}}), 409, "Conflict");
  refused(remove(target_, {{"preconditions", {{"resourceVersion", "1"}}}}), 409, "Conflict");
  const auto answer =
      ok(remove(target_, {{"preconditions", {{"uid", made_.at("metadata").at("uid")}}}}));
  EXPECT_EQ(answer.at("details").at("uid"), made_.at("metadata").at("uid"));
}

TEST_F(update_test, scale_writes_the_field_that_the_definition_names) {
  EXPECT_EQ(ok(get(target_ + "/scale")).at("spec").at("replicas"), 3);
  ok(merge(target_ + "/scale", {{"spec", {{"replicas", 6}}}}));
  EXPECT_EQ(ok(get(target_)).at("spec").at("nodes"), 6);
  refused(merge(target_ + "/scale", {{"spec", {{"replicas", 501}}}}), 422, "Invalid");
}

TEST_F(update_test, strategic_merge_patch_merges_and_deletes_by_key) {
  auto two = service();
  two["spec"]["ports"] = json::parse(R"([{"name":"a","port":1},{"name":"b","port":2}])");
  ok(post(path("services"), two));
  const auto left = ok(send(k8s::method::patch,
                            path("services", "svc"),
                            json::parse(R"({"spec":{"ports":[{"port":1,"$patch":"delete"}]}})"),
                            "application/strategic-merge-patch+json"));
  EXPECT_EQ(left.at("spec").at("ports").size(), 1U);
  EXPECT_EQ(left.at("spec").at("ports").at(0).at("name"), "b");
  refused(
      send(k8s::method::patch, target_, json::object(), "application/strategic-merge-patch+json"),
      415,
      "UnsupportedMediaType");
}

TEST_F(update_test, json_patch_whose_test_fails_is_invalid) {
  refused(send(k8s::method::patch,
               target_,
               json::parse(R"([{"op":"test","path":"/spec/nodes","value":9}])"),
               std::string{k8s::json_patch}),
          422,
          "Invalid");
}

TEST_F(update_test, cluster_ip_may_not_change) {
  auto headless = service();
  headless["spec"]["clusterIP"] = "None";
  ok(post(path("services"), headless));
  const auto body =
      refused(merge(path("services", "svc"),
                    {{"spec", {{"clusterIP", "10.0.0.77"}, {"clusterIPs", {"10.0.0.77"}}}}}),
              422,
              "Invalid");
  EXPECT_NE(body.at("message").get<std::string>().find("may not change once set"),
            std::string::npos);
}

TEST_F(update_test, observers_are_told_who_did_what) {
  std::vector<std::string> seen;
  cluster_.on_commit([&](const commit_notice& n) {
    seen.push_back(n.who.user + ' ' + std::string{n.verb} + ' ' + n.type.plural + ' '
                   + std::string{event_type(n.what.what)});
  });
  ok(merge(target_, {{"spec", {{"nodes", 4}}}}));
  ok(remove(target_));
  EXPECT_EQ(seen,
            (std::vector<std::string>{"kubernetes-admin patch bitcoinnetworks MODIFIED",
                                      "kubernetes-admin delete bitcoinnetworks DELETED"}));
}

}  // namespace btc::sim
