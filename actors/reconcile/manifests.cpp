#include "actors/reconcile/manifests.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"
#include "actors/bitcoin/chain_params.hpp"
#include "actors/reconcile/conf_file.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/pod_template.hpp"
#include "k8s/base64.hpp"
#include "k8s/json_object.hpp"
#include "k8s/json_release.hpp"

#include <utility>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;
using k8s::bitcoin_network;
using k8s::json_array;
using k8s::json_object;

/// User name in a generated Secret; the password is random.
constexpr std::string_view generated_user = "bitcoin";

[[nodiscard]] json owner_references(const bitcoin_network& network) {
  const auto& names = k8s::info(k8s::kind::bitcoin_network);
  return json_array({json_object({{"apiVersion", names.api_version},
                                  {"kind", names.name},
                                  {"name", network.meta.key.name},
                                  {"uid", network.meta.uid},
                                  {"controller", true},
                                  {"blockOwnerDeletion", true}})});
}

[[nodiscard]] json selector(const bitcoin_network& network) {
  return json_object({{label_app, network.meta.key.name}});
}

[[nodiscard]] json object(k8s::kind kind, std::string name, const bitcoin_network& network) {
  return json_object({{"apiVersion", k8s::info(kind).api_version},
                      {"kind", k8s::info(kind).name},
                      {"metadata",
                       json_object({{"name", std::move(name)},
                                    {"namespace", network.meta.key.ns},
                                    {"labels", owned_labels(network)},
                                    {"ownerReferences", owner_references(network)}})}});
}

struct releasing_manifest : manifest {
  releasing_manifest() = default;
  releasing_manifest(const releasing_manifest&) = delete;
  releasing_manifest& operator=(const releasing_manifest&) = delete;
  ~releasing_manifest() { k8s::release(json); }
};

/// Adds the annotation that the object carries about itself.
[[nodiscard]] std::shared_ptr<const manifest> sealed(json document) {
  auto out = std::make_shared<releasing_manifest>();
  out->digest = digest_of(document);
  out->json = std::move(document);
  out->json["metadata"]["annotations"][std::string{applied_annotation}] = to_string(out->digest);
  return out;
}

[[nodiscard]] json service_of(const bitcoin_network& network) {
  const auto ports = ports_of(network.spec.chain);
  auto out = object(k8s::kind::service, service_name(network.meta.key.name), network);
  const auto port = [](std::string_view name, int number) {
    return json_object(
        {{"name", name}, {"port", number}, {"targetPort", number}, {"protocol", "TCP"}});
  };
  // The type is the default; owned, it can be put back together with the clusterIP.
  out["spec"] =
      json_object({{"type", "ClusterIP"},
                   {"clusterIP", "None"},
                   {"publishNotReadyAddresses", true},
                   {"selector", selector(network)},
                   {"ports", json_array({port("rpc", ports.rpc), port("p2p", ports.p2p)})}});
  return out;
}

[[nodiscard]] json conf_secret(const bitcoin_network& network,
                               std::string_view file,
                               std::string_view mark) {
  auto out = object(k8s::kind::secret, conf_secret_name(network.meta.key.name), network);
  out["metadata"]["annotations"] = json_object({{configuration_annotation, mark}});
  out["type"] = "Opaque";
  // Not stringData: the API server keeps no account of who set it, and an apply would lose it.
  out["data"] = json_object({{bitcoin::conf_key, k8s::encode_base64(file)}});
  return out;
}

[[nodiscard]] json stateful_set_of(const bitcoin_network& network, std::string_view mark) {
  const auto& name = network.meta.key.name;
  auto out = object(k8s::kind::stateful_set, stateful_set_name(name), network);
  out["spec"] = json_object({{"replicas", network.spec.nodes},
                             {"serviceName", service_name(name)},
                             {"podManagementPolicy", "Parallel"},
                             {"updateStrategy", json_object({{"type", "RollingUpdate"}})},
                             {"selector", json_object({{"matchLabels", selector(network)}})},
                             {"template", pod_template(network, mark)}});
  if (auto claims = volume_claim_templates(network); !claims.is_null()) {
    out["spec"]["volumeClaimTemplates"] = std::move(claims);
    // What a network made goes with it, unless its user wants it kept; a node that was scaled away
    // finds its chain when it returns.
    out["spec"]["persistentVolumeClaimRetentionPolicy"] = {
        {"whenDeleted", network.spec.storage->when_deleted}, {"whenScaled", "Retain"}};
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

desired_children::desired_children(std::shared_ptr<const bitcoin_network> network,
                                   user_ptr user,
                                   const seen_configuration& seen,
                                   const desired_children* before)
    : network_(std::move(network)), user_(std::move(user)) {
  if (const auto file = user_ == nullptr ? std::nullopt : conf_file(*network_, *user_)) {
    configuration_ = file_digest(file->reveal());
    mark_ = wanted_mark(seen, configuration_);
    conf_.take(sealed(conf_secret(*network_, file->reveal(), mark_)));
  } else {
    user_ = nullptr;
    mark_ = seen.pods;
    configuration_ = parse_mark(mark_).digest;
  }
  if (before != nullptr) {
    service_ = before->service_;
    stateful_set_ = before->mark_ == mark_ ? before->stateful_set_ : part{};
  }
}

void desired_children::part::take(std::shared_ptr<const manifest> m) {
  digest = m->digest;
  made = std::move(m);
}

const std::shared_ptr<const manifest>& desired_children::service() const {
  if (service_.made == nullptr) {
    service_.take(sealed(service_of(*network_)));
  }
  return service_.made;
}

const std::shared_ptr<const manifest>& desired_children::stateful_set() const {
  if (stateful_set_.made == nullptr) {
    stateful_set_.take(sealed(stateful_set_of(*network_, mark_)));
  }
  return stateful_set_.made;
}

const std::shared_ptr<const manifest>& desired_children::conf() const {
  if (conf_.made == nullptr && user_ != nullptr) {
    conf_.take(sealed(conf_secret(*network_, conf_file(*network_, *user_)->reveal(), mark_)));
  }
  return conf_.made;
}

const digest& desired_children::service_digest() const {
  return service_.digest ? *service_.digest : service()->digest;
}

const digest& desired_children::stateful_set_digest() const {
  return stateful_set_.digest ? *stateful_set_.digest : stateful_set()->digest;
}

const digest& desired_children::conf_digest() const {
  return conf_.digest ? *conf_.digest : conf()->digest;
}

void desired_children::rest(std::shared_ptr<const bitcoin_network> network) const noexcept {
  network_ = std::move(network);
  for (auto* p : {&service_, &stateful_set_, &conf_}) {
    p->made.reset();
  }
}

json rpc_secret_manifest(const bitcoin_network& network, const std::string& password) {
  auto out = object(k8s::kind::secret, rpc_secret_name(network.meta.key.name), network);
  out["type"] = "Opaque";
  out["stringData"] = {{secret_user_key, generated_user}, {secret_password_key, password}};
  return out;
}

}  // namespace btc::reconcile
