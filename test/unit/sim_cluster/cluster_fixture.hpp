#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/support/source_dir.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace btc::sim {

/// A cluster and short names for requests to it.
class cluster_fixture : public ::testing::Test {
 protected:
  static constexpr auto custom_root = "/apis/bitcoincontroller.christianb93.github.com/v1";

  [[nodiscard]] static std::shared_ptr<const cluster_model> model() {
    static const auto shared = cluster_model::load(test::source_path(""));
    return shared;
  }

  /// Path of a resource in the namespace "default".
  [[nodiscard]] static std::string path(const std::string& plural, const std::string& rest = {}) {
    const std::string root = plural == "bitcoinnetworks" ? custom_root
                             : plural == "statefulsets"  ? "/apis/apps/v1"
                                                         : "/api/v1";
    return root + "/namespaces/default/" + plural + (rest.empty() ? "" : '/' + rest);
  }

  [[nodiscard]] api_response send(k8s::method m,
                                  const std::string& target,
                                  json body = nullptr,
                                  std::string content_type = {},
                                  caller who = administrator()) {
    api_request r;
    r.method = m;
    r.target = target;
    r.content_type = std::move(content_type);
    r.who = std::move(who);
    if (!body.is_null()) {
      r.body = std::make_shared<const json>(std::move(body));
    }
    return cluster_.handle(r);
  }
  [[nodiscard]] api_response get(const std::string& target) {
    return send(k8s::method::get, target);
  }
  [[nodiscard]] api_response post(const std::string& target, json body) {
    return send(k8s::method::post, target, std::move(body));
  }
  [[nodiscard]] api_response put(const std::string& target, json body) {
    return send(k8s::method::put, target, std::move(body));
  }
  [[nodiscard]] api_response merge(const std::string& target, json body) {
    return send(k8s::method::patch, target, std::move(body), std::string{k8s::merge_patch});
  }
  [[nodiscard]] api_response remove(const std::string& target, json options = nullptr) {
    return send(k8s::method::del, target, std::move(options));
  }
  [[nodiscard]] api_response apply(const std::string& target,
                                   json body,
                                   const std::string& manager,
                                   bool force = false) {
    return send(k8s::method::patch,
                target + "?fieldManager=" + manager + (force ? "&force=true" : ""),
                std::move(body),
                std::string{k8s::apply_patch});
  }

  /// Fails the test unless the answer is a success; gives the body.
  static json ok(const api_response& answer) {
    EXPECT_LT(answer.status, 300) << (answer.body == nullptr ? answer.text : answer.body->dump());
    return answer.body == nullptr ? json::object() : *answer.body;
  }
  /// Fails the test unless the answer is that refusal; gives the body.
  static json refused(const api_response& answer, int status, const std::string& reason) {
    EXPECT_EQ(answer.status, status)
        << (answer.body == nullptr ? answer.text : answer.body->dump());
    const auto body = answer.body == nullptr ? json::object() : *answer.body;
    EXPECT_EQ(body.value("reason", ""), reason) << body.dump();
    return body;
  }

  [[nodiscard]] std::unique_ptr<watch_cursor> watch(const std::string& target,
                                                    std::size_t server = 0) {
    api_request r;
    r.target = target;
    r.who = administrator();
    auto opened = cluster_.open_watch(r, server);
    EXPECT_EQ(opened.head.status, 200);
    return std::move(opened.stream);
  }

  [[nodiscard]] static json network(const std::string& name = "net", int nodes = 3) {
    return {{"apiVersion", "bitcoincontroller.christianb93.github.com/v1"},
            {"kind", "BitcoinNetwork"},
            {"metadata", {{"name", name}}},
            {"spec", {{"nodes", nodes}}}};
  }
  [[nodiscard]] static json config_map(const std::string& name = "map") {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}}},
            {"data", {{"a", "1"}}}};
  }
  [[nodiscard]] static json service(const std::string& name = "svc") {
    return {{"apiVersion", "v1"},
            {"kind", "Service"},
            {"metadata", {{"name", name}}},
            {"spec",
             {{"selector", {{"app", name}}},
              {"ports", json::array({{{"name", "p2p"}, {"port", 18444}}})}}}};
  }
  [[nodiscard]] static json stateful_set(const std::string& name = "sts", int replicas = 0) {
    return {{"apiVersion", "apps/v1"},
            {"kind", "StatefulSet"},
            {"metadata", {{"name", name}}},
            {"spec",
             {{"serviceName", name},
              {"replicas", replicas},
              {"podManagementPolicy", "Parallel"},
              {"selector", {{"matchLabels", {{"app", name}}}}},
              {"template",
               {{"metadata", {{"labels", {{"app", name}}}}},
                {"spec",
                 {{"containers",
                   json::array({{{"name", "main"}, {"image", "example/image:1"}}})}}}}}}}};
  }

  cluster cluster_{model()};
};

[[nodiscard]] inline std::uint64_t version(const json& object) {
  return version_of(object);
}

}  // namespace btc::sim
