#include "actors/reconcile/manifests.hpp"

#include "actors/reconcile/names.hpp"

#include <array>
#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;
using k8s::bitcoin_network;

/// User name in a generated Secret; the password is random.
constexpr std::string_view generated_user = "bitcoin";

[[nodiscard]] json owner_references(const bitcoin_network& network) {
  const auto& names = k8s::info(k8s::kind::bitcoin_network);
  return json::array({{{"apiVersion", names.api_version},
                       {"kind", names.name},
                       {"name", network.meta.key.name},
                       {"uid", network.meta.uid},
                       {"controller", true},
                       {"blockOwnerDeletion", true}}});
}

[[nodiscard]] json labels(const bitcoin_network& network) {
  return {{label_app, network.meta.key.name},
          {label_name, "bitcoind"},
          {label_instance, network.meta.key.name},
          {label_managed_by, managed_by}};
}

[[nodiscard]] json selector(const bitcoin_network& network) {
  return {{label_app, network.meta.key.name}};
}

[[nodiscard]] json object(k8s::kind kind, std::string name, const bitcoin_network& network) {
  return {{"apiVersion", k8s::info(kind).api_version},
          {"kind", k8s::info(kind).name},
          {"metadata",
           {{"name", std::move(name)},
            {"namespace", network.meta.key.ns},
            {"labels", labels(network)},
            {"ownerReferences", owner_references(network)}}}};
}

/// Adds the annotation that the object carries about itself.
[[nodiscard]] manifest sealed(json document) {
  manifest out;
  out.digest = digest_of(document);
  out.json = std::move(document);
  out.json["metadata"]["annotations"][std::string{applied_annotation}] = to_string(out.digest);
  return out;
}

[[nodiscard]] json service(const bitcoin_network& network) {
  const auto ports = ports_of(network.spec.chain);
  auto out = object(k8s::kind::service, service_name(network.meta.key.name), network);
  const auto port = [](std::string_view name, int number) {
    return json{{"name", name}, {"port", number}, {"targetPort", number}, {"protocol", "TCP"}};
  };
  // The type is the default; owned, it can be put back together with the clusterIP.
  out["spec"] = {{"type", "ClusterIP"},
                 {"clusterIP", "None"},
                 {"publishNotReadyAddresses", true},
                 {"selector", selector(network)},
                 {"ports", json::array({port("rpc", ports.rpc), port("p2p", ports.p2p)})}};
  return out;
}

[[nodiscard]] json container(const bitcoin_network& network) {
  const auto ports = ports_of(network.spec.chain);
  const auto port = [](std::string_view name, int number) {
    return json{{"name", name}, {"containerPort", number}, {"protocol", "TCP"}};
  };
  json out{{"name", "bitcoind"},
           {"image", network.spec.image},
           {"imagePullPolicy", network.spec.image_pull_policy},
           {"ports", json::array({port("rpc", ports.rpc), port("p2p", ports.p2p)})},
           {"envFrom", json::array({{{"secretRef", {{"name", secret_name(network)}}}}})}};
  if (auto resources = network.spec.resources.unpack(); !resources.is_null()) {
    out["resources"] = std::move(resources);
  }
  return out;
}

/// Fields of spec.pod that go into the pod's spec as they are.
constexpr std::array<std::string_view, 5> scheduling_fields{
    "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName"};

[[nodiscard]] json pod_template(const bitcoin_network& network) {
  json metadata{{"labels", json::object()}};
  json spec{{"containers", json::array({container(network)})},
            {"automountServiceAccountToken", false},
            {"enableServiceLinks", false}};
  for (const auto& name : network.spec.image_pull_secrets) {
    spec["imagePullSecrets"].push_back({{"name", name}});
  }
  const auto pod = network.spec.pod.unpack();
  if (pod.is_object()) {
    for (const auto field : scheduling_fields) {
      if (const auto found = pod.find(field); found != pod.end() && !found->empty()) {
        spec[std::string{field}] = *found;
      }
    }
    if (const auto found = pod.find("labels"); found != pod.end() && found->is_object()) {
      metadata["labels"] = *found;
    }
    if (const auto found = pod.find("annotations"); found != pod.end() && !found->empty()) {
      metadata["annotations"] = *found;
    }
  }
  metadata["labels"].update(labels(network));  // ours win: the selector depends on them
  return {{"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

[[nodiscard]] json stateful_set(const bitcoin_network& network) {
  const auto& name = network.meta.key.name;
  auto out = object(k8s::kind::stateful_set, stateful_set_name(name), network);
  out["spec"] = {{"replicas", network.spec.nodes},
                 {"serviceName", service_name(name)},
                 {"podManagementPolicy", "Parallel"},
                 {"updateStrategy", {{"type", "RollingUpdate"}}},
                 {"selector", {{"matchLabels", selector(network)}}},
                 {"template", pod_template(network)}};
  return out;
}

}  // namespace

chain_ports ports_of(std::string_view chain) noexcept {
  if (chain == "signet") {
    return {38332, 38333};
  }
  if (chain == "testnet4") {
    return {48332, 48333};
  }
  return {18443, 18444};  // regtest
}

std::string secret_name(const bitcoin_network& network) {
  return network.spec.secret.empty() ? rpc_secret_name(network.meta.key.name) : network.spec.secret;
}

desired_children desire(const bitcoin_network& network) {
  return {sealed(service(network)), sealed(stateful_set(network))};
}

json rpc_secret_manifest(const bitcoin_network& network, const std::string& password) {
  auto out = object(k8s::kind::secret, rpc_secret_name(network.meta.key.name), network);
  out["type"] = "Opaque";
  out["stringData"] = {{secret_user_key, generated_user}, {secret_password_key, password}};
  return out;
}

}  // namespace btc::reconcile
