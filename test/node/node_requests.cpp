#include "test/node/node_requests.hpp"

#include "test/node/pod_status.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <utility>

namespace btc::node {

namespace {

using json = nlohmann::json;

constexpr std::string_view manager = "?fieldManager=bitcoin-test-node";

// Names come from the API server and are DNS names: nothing in them needs an escape.
[[nodiscard]] std::string path_of(const char* plural, const k8s::object_key& key) {
  return "/api/v1/namespaces/" + key.ns + '/' + plural + '/' + key.name;
}

[[nodiscard]] k8s::request with_body(k8s::method method,
                                     std::string target,
                                     std::string_view content_type,
                                     json body,
                                     const char* verb) {
  target += manager;
  return {.method = method,
          .target = std::move(target),
          .content_type = std::string{content_type},
          .body = std::make_shared<const json>(std::move(body)),
          .verb = verb,
          .resource = k8s::kind::pod};
}

[[nodiscard]] json node_labels(const std::string& name) {
  return {{"kubernetes.io/hostname", name},
          {"kubernetes.io/os", "linux"},
          {"kubernetes.io/arch", "amd64"}};
}

}  // namespace

k8s::request create_node(const std::string& name) {
  return with_body(k8s::method::post,
                   "/api/v1/nodes",
                   "application/json",
                   {{"apiVersion", "v1"},
                    {"kind", "Node"},
                    {"metadata", {{"name", name}, {"labels", node_labels(name)}}}},
                   "create");
}

k8s::request report_node(const std::string& name, const std::string& ip) {
  const json room{{"cpu", "64"}, {"memory", "256Gi"}, {"pods", "500"}};
  const auto now =
      timestamp(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  return with_body(k8s::method::patch,
                   "/api/v1/nodes/" + name + "/status",
                   k8s::merge_patch,
                   {{"status",
                     {{"conditions",
                       json::array({{{"type", "Ready"},
                                     {"status", "True"},
                                     {"reason", "TestNodeRuns"},
                                     {"message", "pods of bitcoin-controller run as processes"},
                                     {"lastHeartbeatTime", now},
                                     {"lastTransitionTime", now}}})},
                      {"addresses",
                       json::array({{{"type", "InternalIP"}, {"address", ip}},
                                    {{"type", "Hostname"}, {"address", name}}})},
                      {"capacity", room},
                      {"allocatable", room}}}},
                   "patch");
}

k8s::request delete_node(const std::string& name) {
  return with_body(k8s::method::del,
                   "/api/v1/nodes/" + name,
                   "application/json",
                   {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}},
                   "delete");
}

k8s::request bind_pod(const k8s::object_key& pod, const std::string& node) {
  return with_body(k8s::method::post,
                   path_of("pods", pod) + "/binding",
                   "application/json",
                   {{"apiVersion", "v1"},
                    {"kind", "Binding"},
                    {"metadata", {{"name", pod.name}, {"namespace", pod.ns}}},
                    {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}}}},
                   "create");
}

k8s::request report_pod(const pod_spec& pod, json status) {
  return with_body(k8s::method::patch,
                   path_of("pods", pod.key) + "/status",
                   k8s::merge_patch,
                   // The uid refuses a successor of the same name.
                   {{"metadata", {{"uid", pod.uid}}}, {"status", std::move(status)}},
                   "patch");
}

k8s::request remove_pod_object(const pod_spec& pod) {
  return with_body(k8s::method::del,
                   path_of("pods", pod.key),
                   "application/json",
                   {{"apiVersion", "v1"},
                    {"kind", "DeleteOptions"},
                    {"gracePeriodSeconds", 0},
                    {"preconditions", {{"uid", pod.uid}}}},
                   "delete");
}

k8s::request get_claim(const k8s::object_key& claim) {
  return {.method = k8s::method::get,
          .target = path_of("persistentvolumeclaims", claim),
          .verb = "get",
          .resource = k8s::kind::pod};
}

k8s::request bind_claim(const k8s::object_key& claim, const std::string& capacity) {
  return with_body(k8s::method::patch,
                   path_of("persistentvolumeclaims", claim) + "/status",
                   k8s::merge_patch,
                   {{"status",
                     {{"phase", "Bound"},
                      {"accessModes", json::array({"ReadWriteOnce"})},
                      {"capacity", {{"storage", capacity}}}}}},
                   "patch");
}

}  // namespace btc::node
