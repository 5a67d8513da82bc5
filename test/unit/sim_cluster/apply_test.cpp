#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

class apply_test : public cluster_fixture {
 protected:
  static json wanted(json spec) {
    auto out = network();
    out["spec"] = std::move(spec);
    return out;
  }
  static const json* entry(const json& object,
                           const std::string& manager,
                           const std::string& operation) {
    for (const auto& e : object.at("metadata").at("managedFields")) {
      if (e.at("manager") == manager && e.at("operation") == operation) {
        return &e;
      }
    }
    return nullptr;
  }

  const std::string target_ = path("bitcoinnetworks", "net");
};

TEST_F(apply_test, apply_creates_and_owns_what_it_sets) {
  const auto made = ok(apply(target_, wanted({{"nodes", 2}}), "tester"));
  ASSERT_NE(entry(made, "tester", "Apply"), nullptr);
  EXPECT_EQ(entry(made, "tester", "Apply")->at("fieldsV1"),
            json::parse(R"({"f:spec":{"f:nodes":{}}})"));
  EXPECT_EQ(made.at("metadata").at("managedFields").size(), 1U);
}

TEST_F(apply_test, same_apply_again_writes_nothing) {
  const auto first = ok(apply(target_, wanted({{"nodes", 2}}), "tester"));
  cluster_.set_time(cluster_.internals().now() + std::chrono::seconds{5});
  EXPECT_EQ(version(ok(apply(target_, wanted({{"nodes", 2}}), "tester"))), version(first));
}

TEST_F(apply_test, field_of_another_manager_is_a_conflict_unless_forced) {
  ok(apply(target_, wanted({{"nodes", 2}}), "tester"));
  const auto body = refused(apply(target_, wanted({{"nodes", 3}}), "other"), 409, "Conflict");
  EXPECT_EQ(body.at("message"),
            R"(Apply failed with 1 conflict: conflict with "tester": .spec.nodes)");
  EXPECT_EQ(body.at("details").at("causes").at(0).at("field"), ".spec.nodes");
  const auto taken = ok(apply(target_, wanted({{"nodes", 3}}), "other", true));
  EXPECT_EQ(entry(taken, "tester", "Apply"), nullptr);
}

TEST_F(apply_test, omitted_field_goes_or_returns_to_its_default) {
  ok(apply(target_,
           wanted({{"nodes", 2}, {"topology", "ring"}, {"mining", {{"intervalSeconds", 5}}}}),
           "tester"));
  const auto after = ok(apply(target_, wanted({{"nodes", 2}}), "tester"));
  EXPECT_FALSE(after.at("spec").contains("mining"));
  EXPECT_EQ(after.at("spec").at("topology"), "auto");
}

TEST_F(apply_test, update_entry_of_the_same_manager_keeps_the_field) {
  auto draft = network();
  draft["spec"]["mining"] = {{"intervalSeconds", 5}};
  ok(send(k8s::method::post, path("bitcoinnetworks") + "?fieldManager=tester", draft));
  const auto after = ok(apply(target_, wanted({{"nodes", 3}}), "tester"));
  EXPECT_NE(entry(after, "tester", "Update"), nullptr);
  EXPECT_NE(entry(after, "tester", "Apply"), nullptr);
  EXPECT_TRUE(after.at("spec").contains("mining"));
}

TEST_F(apply_test, update_entry_turned_into_apply_lets_the_field_go) {
  auto draft = network();
  draft["spec"]["mining"] = {{"intervalSeconds", 5}};
  ok(send(k8s::method::post, path("bitcoinnetworks") + "?fieldManager=tester", draft));
  ok(send(k8s::method::patch,
          target_ + "?fieldManager=tester",
          json::parse(R"([{"op":"test","path":"/metadata/managedFields/0/manager","value":"tester"},
                          {"op":"replace","path":"/metadata/managedFields/0/operation","value":"Apply"}])"),
          std::string{k8s::json_patch}));
  EXPECT_FALSE(ok(apply(target_, wanted({{"nodes", 3}}), "tester")).at("spec").contains("mining"));
}

TEST_F(apply_test, entries_of_a_keyed_list_have_owners_of_their_own) {
  const auto target = path("statefulsets", "sts");
  const auto made = ok(apply(target, stateful_set(), "tester"));
  EXPECT_EQ(entry(made, "tester", "Apply")
                ->at("fieldsV1")
                .at("f:spec")
                .at("f:template")
                .at("f:spec")
                .at("f:containers"),
            json::parse(R"({"k:{\"name\":\"main\"}":{".":{},"f:image":{},"f:name":{}}})"));
  auto side = stateful_set();
  side["spec"] = json::parse(
      R"({"template":{"spec":{"containers":[{"name":"side","image":"example/side:1"}]}}})");
  const auto both = ok(apply(target, side, "other"));
  EXPECT_EQ(both.at("spec").at("template").at("spec").at("containers").size(), 2U);
  const auto again = ok(apply(target, stateful_set(), "tester"));
  EXPECT_EQ(version(again), version(both));
}

TEST_F(apply_test, creator_owns_what_it_posted) {
  const auto made =
      ok(send(k8s::method::post, path("configmaps") + "?fieldManager=creator", config_map()));
  EXPECT_EQ(entry(made, "creator", "Update")->at("fieldsV1"),
            json::parse(R"({"f:data":{".":{},"f:a":{}}})"));
}

TEST_F(apply_test, child_at_rest_is_not_written_by_apply_after_create) {
  const auto made =
      ok(send(k8s::method::post, path("statefulsets") + "?fieldManager=tester", stateful_set()));
  const auto first = ok(apply(path("statefulsets", "sts"), stateful_set(), "tester", true));
  EXPECT_EQ(first.at("spec"), made.at("spec"));
  EXPECT_EQ(first.at("metadata").at("generation"), 1);
  EXPECT_EQ(version(ok(apply(path("statefulsets", "sts"), stateful_set(), "tester", true))),
            version(first));
}

}  // namespace btc::sim
