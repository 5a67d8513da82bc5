#include "actors/reconcile/manifests.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/bitcoin/chain_params.hpp"
#include "actors/reconcile/conf_file.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/pod_template.hpp"
#include "k8s/base64.hpp"

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

[[nodiscard]] json selector(const bitcoin_network& network) {
  return {{label_app, network.meta.key.name}};
}

[[nodiscard]] json object(k8s::kind kind, std::string name, const bitcoin_network& network) {
  return {{"apiVersion", k8s::info(kind).api_version},
          {"kind", k8s::info(kind).name},
          {"metadata",
           {{"name", std::move(name)},
            {"namespace", network.meta.key.ns},
            {"labels", owned_labels(network)},
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

[[nodiscard]] json conf_secret(const bitcoin_network& network, std::string_view file) {
  auto out = object(k8s::kind::secret, conf_secret_name(network.meta.key.name), network);
  out["type"] = "Opaque";
  // Not stringData: the API server keeps no account of who set it, and an apply would lose it.
  out["data"] = {{bitcoin::conf_key, k8s::encode_base64(file)}};
  return out;
}

[[nodiscard]] json stateful_set(const bitcoin_network& network, std::string_view configuration) {
  const auto& name = network.meta.key.name;
  auto out = object(k8s::kind::stateful_set, stateful_set_name(name), network);
  out["spec"] = {{"replicas", network.spec.nodes},
                 {"serviceName", service_name(name)},
                 {"podManagementPolicy", "Parallel"},
                 {"updateStrategy", {{"type", "RollingUpdate"}}},
                 {"selector", {{"matchLabels", selector(network)}}},
                 {"template", pod_template(network, configuration)}};
  if (auto claims = volume_claim_templates(network); !claims.is_null()) {
    out["spec"]["volumeClaimTemplates"] = std::move(claims);
    // What a network made goes with it; a node that was scaled away finds its chain when it
    // returns.
    out["spec"]["persistentVolumeClaimRetentionPolicy"] = {{"whenDeleted", "Delete"},
                                                           {"whenScaled", "Retain"}};
  }
  return out;
}

}  // namespace

chain_ports ports_of(std::string_view chain) noexcept {
  const auto* known = bitcoin::find_chain(chain);
  const auto& params = known == nullptr ? bitcoin::all_chains().front() : *known;
  return {params.rpc_port, params.p2p_port};
}

std::string secret_name(const bitcoin_network& network) {
  return network.spec.secret.empty() ? rpc_secret_name(network.meta.key.name) : network.spec.secret;
}

desired_children desire(const bitcoin_network& network,
                        const bitcoin::rpc_credentials* user,
                        std::string_view configuration) {
  desired_children out;
  out.configuration = configuration;
  if (user != nullptr) {
    if (const auto file = conf_file(network, *user)) {
      out.configuration = file_digest(file->reveal());
      out.conf = sealed(conf_secret(network, file->reveal()));
    }
  }
  out.service = sealed(service(network));
  out.stateful_set = sealed(stateful_set(network, out.configuration));
  return out;
}

json rpc_secret_manifest(const bitcoin_network& network, const std::string& password) {
  auto out = object(k8s::kind::secret, rpc_secret_name(network.meta.key.name), network);
  out["type"] = "Opaque";
  out["stringData"] = {{secret_user_key, generated_user}, {secret_password_key, password}};
  return out;
}

}  // namespace btc::reconcile
