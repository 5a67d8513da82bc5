#include "test/unit/sim_cluster/cluster_fixture.hpp"

#include <fstream>

namespace btc::sim {

using schema_test = cluster_fixture;

TEST_F(schema_test, server_judges_each_spec_as_the_shared_table_says) {
  std::ifstream file{test::source_path("test/cluster/spec_cases.json")};
  const auto cases = json::parse(file);
  ASSERT_GT(cases.size(), 100U);
  for (const auto& c : cases) {
    SCOPED_TRACE(c.at("name").get<std::string>());
    cluster fresh{model()};
    auto wanted = network(c.value("object_name", "net"));
    api_request r;
    r.who = administrator();
    r.method = k8s::method::post;
    r.target = path("bitcoinnetworks");
    if (c.contains("before")) {
      auto before = wanted;
      before["spec"] = c.at("before");
      r.body = std::make_shared<const json>(before);
      const auto made = fresh.handle(r);
      ASSERT_EQ(made.status, 201) << made.body->dump();
      wanted["metadata"]["resourceVersion"] = made.body->at("metadata").at("resourceVersion");
      r.method = k8s::method::put;
      r.target = path("bitcoinnetworks", wanted.at("metadata").at("name"));
    }
    wanted["spec"] = c.at("spec");
    r.body = std::make_shared<const json>(wanted);
    const auto answer = fresh.handle(r);
    EXPECT_EQ(answer.status < 300, c.at("valid").get<bool>()) << answer.body->dump();
    for (const auto* part : {"field", "message"}) {
      const auto said = c.at("valid") ? "" : answer.body->at("message").get<std::string>();
      EXPECT_NE(said.find(c.value(part, "")), std::string::npos) << answer.body->dump();
    }
  }
}

TEST_F(schema_test, lenient_definition_checks_types_and_what_may_not_change) {
  cluster old{cluster_model::load_lenient(test::source_path(""))};
  const auto ask = [&](k8s::method method, const std::string& target, json body) {
    api_request r;
    r.who = administrator();
    r.method = method;
    r.target = target;
    r.content_type = method == k8s::method::patch ? std::string{k8s::merge_patch} : "";
    r.body = std::make_shared<const json>(std::move(body));
    return old.handle(r);
  };
  auto draft = network("net", 501);
  draft["spec"].update({{"topology", "whatever"},
                        {"secret", "No Name"},
                        {"image", " "},
                        {"storage", {{"size", "2Gi"}}},
                        {"extraArgs", json::array({"no argument", "-rpcauth=x"})},
                        {"mining", {{"intervalSeconds", 0}}}});
  const auto made = ok(ask(k8s::method::post, path("bitcoinnetworks"), draft));
  EXPECT_EQ(made.at("spec").at("topology"), "whatever");
  EXPECT_EQ(made.at("spec").at("chain"), "regtest") << "defaults are there";
  const auto edit = [&](json spec) {
    return ask(k8s::method::patch, path("bitcoinnetworks", "net"), {{"spec", std::move(spec)}});
  };
  refused(edit({{"nodes", "three"}}), 422, "Invalid");
  refused(edit({{"chain", "signet"}}), 422, "Invalid");
  refused(edit({{"storage", {{"size", "1Gi"}}}}), 422, "Invalid");
  ok(edit({{"storage", {{"size", "3Gi"}}}}));
}

TEST_F(schema_test, several_faults_are_told_at_once) {
  auto draft = network("net", -1);
  draft["spec"]["chain"] = "main";
  const auto body = refused(post(path("bitcoinnetworks"), draft), 422, "Invalid");
  std::vector<std::string> fields;
  for (const auto& c : body.at("details").at("causes")) {
    fields.push_back(c.at("field"));
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"spec.chain", "spec.nodes", ".spec.nodes", "<nil>"}));
}

TEST_F(schema_test, unknown_field_is_pruned_and_warned_of) {
  auto draft = network();
  draft["spec"]["surprise"] = 1;
  const auto answer = post(path("bitcoinnetworks"), draft);
  EXPECT_FALSE(ok(answer).at("spec").contains("surprise"));
  EXPECT_EQ(answer.warnings, std::vector<std::string>{R"(unknown field "spec.surprise")"});
  const auto strict =
      refused(post(path("bitcoinnetworks") + "?fieldValidation=Strict", draft), 400, "BadRequest");
  EXPECT_NE(strict.at("message").get<std::string>().find(
                R"(strict decoding error: unknown field "spec.surprise")"),
            std::string::npos);
}

TEST_F(schema_test, immutable_fields_of_a_stateful_set_are_refused_with_the_servers_words) {
  ok(post(path("statefulsets"), stateful_set()));
  const auto body = refused(
      merge(path("statefulsets", "sts"), {{"spec", {{"serviceName", "other"}}}}), 422, "Invalid");
  EXPECT_NE(body.at("message").get<std::string>().find(
                "updates to statefulset spec for fields other than"),
            std::string::npos);
}

TEST_F(schema_test, controller_may_do_what_its_role_says_and_no_more) {
  ok(send(k8s::method::get, path("statefulsets"), nullptr, {}, controller_account()));
  const auto body = refused(
      send(k8s::method::get, path("secrets"), nullptr, {}, controller_account()), 403, "Forbidden");
  EXPECT_EQ(
      body.at("message"),
      R"(secrets is forbidden: User "system:serviceaccount:bitcoin-controller:bitcoin-controller-sva" cannot list resource "secrets" in API group "" in the namespace "default")");
}

}  // namespace btc::sim
