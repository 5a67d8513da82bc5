#include "test/node/pod_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace btc::node {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// A pod as the controller's StatefulSet makes it, as far as the node reads it.
[[nodiscard]] json controllers_pod() {
  return json::parse(R"({
    "metadata": {"name": "net-sts-0", "namespace": "ns", "uid": "u1"},
    "spec": {
      "hostname": "net-sts-0", "subdomain": "net-svc", "restartPolicy": "Always",
      "terminationGracePeriodSeconds": 120,
      "securityContext": {"runAsNonRoot": true, "runAsUser": 101, "runAsGroup": 102, "fsGroup": 103},
      "containers": [{
        "name": "bitcoin-node", "image": "bitcoin/bitcoin:29.0",
        "command": ["bitcoind"], "args": ["-conf=/etc/bitcoin/bitcoin.conf", "-uacomment=$$x"],
        "ports": [{"name": "rpc", "containerPort": 18443}],
        "securityContext": {"readOnlyRootFilesystem": true},
        "volumeMounts": [{"name": "data", "mountPath": "/data"},
                         {"name": "conf", "mountPath": "/etc/bitcoin", "readOnly": true}],
        "startupProbe": {"exec": {"command": ["bitcoin-cli", "getblockchaininfo"]},
                         "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 150},
        "livenessProbe": {"tcpSocket": {"port": "rpc"}}}],
      "volumes": [{"name": "data", "emptyDir": {}},
                  {"name": "conf", "secret": {"secretName": "net-conf", "defaultMode": 288,
                   "items": [{"key": "bitcoin.conf", "path": "bitcoin.conf"}]}}]}})");
}

TEST(PodSpec, ReadsTheControllersPod) {
  const auto pod = decode_pod_spec(controllers_pod());

  EXPECT_EQ("", pod.unsupported);
  EXPECT_EQ("net-sts-0.net-svc.ns.svc", dns_name(pod));
  EXPECT_THAT(pod.arguments,
              ElementsAre("bitcoind", "-conf=/etc/bitcoin/bitcoin.conf", "-uacomment=$x"));
  EXPECT_EQ(101U, pod.user);
  EXPECT_EQ(102U, pod.group);
  EXPECT_EQ(103U, pod.fs_group);
  EXPECT_TRUE(pod.read_only_root);
  EXPECT_EQ(std::chrono::seconds{120}, pod.grace);
  const auto& conf = std::get<secret_volume>(pod.volumes.at("conf"));
  EXPECT_EQ("net-conf", conf.secret);
  EXPECT_EQ(0440U, conf.mode);
  ASSERT_EQ(1U, conf.items.size());
  EXPECT_EQ("bitcoin.conf", conf.items[0].key);
}

TEST(PodSpec, ReadsProbesWithTheDefaultsOfTheApi) {
  const auto pod = decode_pod_spec(controllers_pod());

  ASSERT_TRUE(pod.startup);
  EXPECT_THAT(std::get<exec_action>(pod.startup->action).command,
              ElementsAre("bitcoin-cli", "getblockchaininfo"));
  EXPECT_EQ(150, pod.startup->failure_threshold);
  EXPECT_FALSE(pod.readiness);
  ASSERT_TRUE(pod.liveness);
  EXPECT_EQ(18443, std::get<tcp_action>(pod.liveness->action).port) << "by the port's name";
  EXPECT_EQ(std::chrono::seconds{10}, pod.liveness->period);
  EXPECT_EQ(std::chrono::seconds{1}, pod.liveness->timeout);
  EXPECT_EQ(3, pod.liveness->failure_threshold);
  EXPECT_EQ(1, pod.liveness->success_threshold);
}

TEST(PodSpec, ReadsAnHttpProbe) {
  auto document = controllers_pod();
  document["spec"]["containers"][0]["readinessProbe"] = {
      {"httpGet",
       {{"port", 8080},
        {"path", "/ready"},
        {"httpHeaders", json::array({{{"name", "X-A"}, {"value", "b"}}})}}}};

  const auto pod = decode_pod_spec(document);

  const auto& action = std::get<http_action>(pod.readiness->action);
  EXPECT_EQ(8080, action.port);
  EXPECT_EQ("/ready", action.path);
  EXPECT_THAT(action.headers, ElementsAre(Pair("X-A", "b")));
}

TEST(PodSpec, SaysWhatTheNodeCannotRun) {
  struct row {
    const char* pointer;
    json value;
    const char* says;
  };
  const row table[] = {
      {"/spec/volumes/0", {{"name", "x"}, {"hostPath", {{"path", "/"}}}}, "volume x is neither"},
      {"/spec/containers/1", {{"name", "second"}}, "exactly one container"},
      {"/spec/initContainers", json::array({{{"name", "first"}}}), "exactly one container"},
      {"/spec/containers/0/env",
       json::array({{{"name", "A"}, {"valueFrom", json::object()}}}),
       "variable A has a valueFrom"},
      {"/spec/securityContext/runAsUser", 0, "runAsNonRoot is set"},
  };
  for (const auto& r : table) {
    auto document = controllers_pod();
    document[json::json_pointer{r.pointer}] = r.value;
    EXPECT_THAT(decode_pod_spec(document).unsupported, HasSubstr(r.says)) << r.pointer;
  }
}

TEST(PodSpec, IsTotalOverEveryDocument) {
  for (const auto* text : {"{}",
                           "[]",
                           "null",
                           "1",
                           R"({"spec":{"containers":[{}]}})",
                           R"({"spec":{"containers":[{"args":[1,null]}],"volumes":[{}]}})"}) {
    EXPECT_NO_THROW((void)decode_pod_spec(json::parse(text))) << text;
  }
}

TEST(PodSpec, ExpandsVariablesAsTheApiSays) {
  const std::vector<std::pair<std::string, std::string>> environment{{"A", "1"}, {"B", "$(A)"}};
  struct row {
    const char* text;
    const char* expected;
  };
  for (const auto& r : std::initializer_list<row>{{"", ""},
                                                  {"x", "x"},
                                                  {"$(A)", "1"},
                                                  {"<$(A)$(A)>", "<11>"},
                                                  {"$(B)", "$(A)"},
                                                  {"$(C)", "$(C)"},
                                                  {"$$(A)", "$(A)"},
                                                  {"$$$$", "$$"},
                                                  {"$", "$"},
                                                  {"$(", "$("},
                                                  {"a$b", "a$b"}}) {
    EXPECT_EQ(r.expected, expand(r.text, environment)) << r.text;
  }
}

TEST(PodSpec, KnowsOneImage) {
  for (const auto* image : {"bitcoin/bitcoin",
                            "bitcoin/bitcoin:29.0",
                            "docker.io/bitcoin/bitcoin:x",
                            "bitcoin/bitcoin@sha256:00"}) {
    EXPECT_TRUE(image_exists(image)) << image;
  }
  for (const auto* image :
       {"", "bitcoin", "bitcoin/bitcoin:", "bitcoin/bitcoins:1", "example.org/bitcoin/bitcoin:1"}) {
    EXPECT_FALSE(image_exists(image)) << image;
  }
}

}  // namespace
}  // namespace btc::node
