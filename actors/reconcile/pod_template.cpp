#include "actors/reconcile/pod_template.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/reconcile/manifests.hpp"
#include "actors/reconcile/names.hpp"
#include "k8s/json_object.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;
using k8s::bitcoin_network;
using k8s::json_array;
using k8s::json_object;

/// User and group of bitcoind in the image bitcoin/bitcoin. Another image may have others: no file
/// of the image belongs to them, so it runs all the same.
constexpr int node_user = 101;

/// A literal argument: Kubernetes reads "$(NAME)" in arguments and turns "$$" into "$".
[[nodiscard]] std::string escaped(const std::string& argument) {
  std::string out;
  for (const char c : argument) {
    out += c == '$' ? "$$" : std::string{c};
  }
  return out;
}

[[nodiscard]] json arguments(const bitcoin_network& network) {
  auto out = json_array({"-conf=" + std::string{conf_mount} + '/' + std::string{bitcoin::conf_key},
                         "-datadir=" + std::string{data_mount}});
  for (const auto& argument : network.spec.extra_args) {
    out.push_back(escaped(argument));
  }
  return out;
}

/// Asks bitcoind itself, with the cookie in its data folder: a port that is open says nothing while
/// bitcoind warms up. Never -rpcwait, which blocks until the probe is killed.
[[nodiscard]] json asks_bitcoind(const bitcoin_network& network) {
  return json_object({{"exec",
                       json_object({{"command",
                                     json_array({"bitcoin-cli",
                                                 "-chain=" + network.spec.chain,
                                                 "-datadir=" + std::string{data_mount},
                                                 "-rpcclienttimeout=3",
                                                 "getblockchaininfo"})}})}});
}

[[nodiscard]] json probe(json how, int period_seconds, int timeout_seconds, int failures) {
  how["periodSeconds"] = period_seconds;
  how["timeoutSeconds"] = timeout_seconds;
  how["failureThreshold"] = failures;
  return how;
}

[[nodiscard]] json container_security() {
  return json_object({{"allowPrivilegeEscalation", false},
                      {"readOnlyRootFilesystem", true},
                      {"capabilities", json_object({{"drop", json_array({"ALL"})}})}});
}

[[nodiscard]] json container(const bitcoin_network& network) {
  const auto ports = ports_of(network.spec.chain);
  const auto port = [](std::string_view name, int number) {
    return json_object({{"name", name}, {"containerPort", number}, {"protocol", "TCP"}});
  };
  auto out = json_object(
      {{"name", node_container},
       {"image", network.spec.image},
       {"imagePullPolicy", network.spec.image_pull_policy},
       {"command", json_array({"bitcoind"})},
       {"args", arguments(network)},
       {"ports", json_array({port("rpc", ports.rpc), port("p2p", ports.p2p)})},
       {"volumeMounts",
        json_array(
            {json_object({{"name", data_volume}, {"mountPath", data_mount}}),
             json_object({{"name", conf_volume}, {"mountPath", conf_mount}, {"readOnly", true}})})},
       {"securityContext", container_security()},
       // Five minutes to come up, for a chain that has to be read again.
       {"startupProbe", probe(asks_bitcoind(network), 2, 5, 150)},
       {"readinessProbe", probe(asks_bitcoind(network), 5, 5, 3)},
       // Only the port: a bitcoind that is busy writing its cache must not be killed for it.
       {"livenessProbe",
        probe(json_object({{"tcpSocket", json_object({{"port", "rpc"}})}}), 10, 5, 6)}});
  if (auto resources = network.spec.resources.unpack(); !resources.is_null()) {
    out["resources"] = std::move(resources);
  }
  return out;
}

[[nodiscard]] json pod_security() {
  return json_object({{"runAsNonRoot", true},
                      {"runAsUser", node_user},
                      {"runAsGroup", node_user},
                      {"fsGroup", node_user},
                      {"fsGroupChangePolicy", "OnRootMismatch"},
                      {"seccompProfile", json_object({{"type", "RuntimeDefault"}})}});
}

[[nodiscard]] json volumes(const bitcoin_network& network) {
  constexpr int read_by_owner_and_group = 0440;
  const auto file = json_object({{"key", bitcoin::conf_key}, {"path", bitcoin::conf_key}});
  auto out = json_array(
      {json_object({{"name", conf_volume},
                    {"secret",
                     json_object({{"secretName", conf_secret_name(network.meta.key.name)},
                                  {"defaultMode", read_by_owner_and_group},
                                  {"items", json_array({file})}})}})});
  if (!network.spec.storage) {
    out.push_back(json_object({{"name", data_volume}, {"emptyDir", json::object()}}));
  }
  return out;
}

/// Fields of spec.pod that go into the pod's spec as they are.
constexpr std::array<std::string_view, 5> scheduling_fields{
    "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName"};

/// What the user wants the pods to carry, and where they may run.
void add_wishes(const json& pod, json& metadata, json& spec) {
  if (!pod.is_object()) {
    return;
  }
  for (const auto field : scheduling_fields) {
    if (const auto found = pod.find(field); found != pod.end() && !found->empty()) {
      spec[std::string{field}] = *found;
    }
  }
  for (const auto* field : {"labels", "annotations"}) {
    if (const auto found = pod.find(field); found != pod.end() && found->is_object()) {
      metadata[field] = *found;
    }
  }
}

}  // namespace

json owned_labels(const bitcoin_network& network) {
  return json_object({{label_app, network.meta.key.name},
                      {label_name, "bitcoind"},
                      {label_instance, network.meta.key.name},
                      {label_managed_by, managed_by}});
}

json pod_template(const bitcoin_network& network, std::string_view mark) {
  auto metadata = json_object({{"labels", json::object()}, {"annotations", json::object()}});
  auto spec = json_object({{"containers", json_array({container(network)})},
                           {"volumes", volumes(network)},
                           {"securityContext", pod_security()},
                           {"terminationGracePeriodSeconds",
                            network.spec.storage ? grace_seconds_with_storage : grace_seconds},
                           {"automountServiceAccountToken", false},
                           {"enableServiceLinks", false}});
  for (const auto& name : network.spec.image_pull_secrets) {
    spec["imagePullSecrets"].push_back({{"name", name}});
  }
  add_wishes(network.spec.pod.unpack(), metadata, spec);
  metadata["labels"].update(owned_labels(network));  // ours win: the selector depends on them
  metadata["annotations"][std::string{configuration_annotation}] = mark;
  return json_object({{"metadata", std::move(metadata)}, {"spec", std::move(spec)}});
}

json volume_claim_templates(const bitcoin_network& network) {
  const auto& storage = network.spec.storage;
  if (!storage) {
    return nullptr;
  }
  json claim{{"metadata", {{"name", data_volume}}},
             {"spec",
              {{"accessModes", json::array({"ReadWriteOnce"})},
               {"resources", {{"requests", {{"storage", storage->size}}}}}}}};
  if (!storage->storage_class.empty()) {
    claim["spec"]["storageClassName"] = storage->storage_class;
  }
  return json::array({std::move(claim)});
}

}  // namespace btc::reconcile
