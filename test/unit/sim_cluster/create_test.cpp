#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

using create_test = cluster_fixture;

TEST_F(create_test, server_sets_uid_time_version_and_generation) {
  const auto made = ok(post(path("bitcoinnetworks"), network()));
  const auto& metadata = made.at("metadata");
  EXPECT_EQ(metadata.at("uid").get<std::string>().size(), 36U);
  EXPECT_EQ(metadata.at("creationTimestamp"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(metadata.at("generation"), 1);
  EXPECT_GT(version(made), model()->initial_version());
}

TEST_F(create_test, taken_name_is_already_exists) {
  ok(post(path("bitcoinnetworks"), network()));
  const auto body = refused(post(path("bitcoinnetworks"), network()), 409, "AlreadyExists");
  EXPECT_EQ(body.at("message"),
            R"(bitcoinnetworks.bitcoincontroller.christianb93.github.com "net" already exists)");
}

TEST_F(create_test, version_must_not_be_set) {
  auto draft = config_map();
  draft["metadata"]["resourceVersion"] = "5";
  EXPECT_EQ(post(path("configmaps"), draft).status, 500);
}

TEST_F(create_test, defaults_of_a_custom_resource_are_stored) {
  const auto spec = ok(post(path("bitcoinnetworks"), network())).at("spec");
  EXPECT_EQ(spec.at("chain"), "regtest");
  EXPECT_EQ(
      spec.at("resources"),
      json::parse(R"({"limits":{"memory":"512Mi"},"requests":{"cpu":"100m","memory":"256Mi"}})"));
}

TEST_F(create_test, claim_templates_are_volumes_of_their_names) {
  auto set = stateful_set();
  set["spec"]["volumeClaimTemplates"] = json::parse(
      R"([{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],
           "resources":{"requests":{"storage":"1Gi"}}}}])");
  set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
      json::parse(R"([{"name":"data","mountPath":"/data"}])");
  ok(post(path("statefulsets"), set));

  set["metadata"]["name"] = "other";
  set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"][0]["name"] = "elsewhere";
  refused(post(path("statefulsets"), set), 422, "Invalid");
}

TEST_F(create_test, service_gets_its_defaults_and_an_address) {
  const auto spec = ok(post(path("services"), service())).at("spec");
  EXPECT_EQ(spec.at("clusterIP").get<std::string>().substr(0, 6), "10.96.");
  EXPECT_EQ(spec.at("ports"),
            json::parse(R"([{"name":"p2p","port":18444,"protocol":"TCP","targetPort":18444}])"));
  EXPECT_EQ(spec.at("internalTrafficPolicy"), "Cluster");
}

TEST_F(create_test, dry_run_writes_nothing) {
  const auto before = cluster_.objects().version();
  const auto made = ok(post(path("bitcoinnetworks") + "?dryRun=All", network()));
  EXPECT_FALSE(made.at("metadata").contains("resourceVersion"));
  EXPECT_EQ(cluster_.objects().version(), before);
}

TEST_F(create_test, namespace_must_exist) {
  const auto body =
      refused(post("/api/v1/namespaces/nowhere/configmaps", config_map()), 404, "NotFound");
  EXPECT_EQ(body.at("message"), R"(namespaces "nowhere" not found)");
}

TEST_F(create_test, secret_text_becomes_bytes) {
  const auto made = ok(
      post(path("secrets"), {{"metadata", {{"name", "s"}}}, {"stringData", {{"KEY", "value"}}}}));
  EXPECT_EQ(made.at("data"), json::parse(R"({"KEY":"dmFsdWU="})"));
  EXPECT_FALSE(made.contains("stringData"));
}

}  // namespace btc::sim
