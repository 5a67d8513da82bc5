#pragma once

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/spec_rules.hpp"
#include "actors/reconcile/status.hpp"
#include "k8s/decode.hpp"
#include "k8s/request.hpp"
#include "test/support/server_defaults.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btc::test {

using nlohmann::json;

inline constexpr const char* this_moment = "2030-01-01T00:00:00Z";
inline constexpr const char* an_earlier_moment = "2029-12-31T00:00:00Z";

/// A spec that sets every field which leaves a trace in the children.
[[nodiscard]] inline json a_rich_spec() {
  return {{"nodes", 3},
          {"secret", "credentials"},
          {"image", "example/bitcoin:1"},
          {"imagePullPolicy", "Always"},
          {"imagePullSecrets", {{{"name", "registry"}}}},
          {"resources", {{"requests", {{"cpu", "100m"}}}, {"limits", {{"memory", "1Gi"}}}}},
          {"pod",
           {{"labels", {{"team", "red"}}},
            {"annotations", {{"note", "hello"}}},
            {"nodeSelector", {{"disk", "ssd"}}},
            {"tolerations", {{{"key", "bitcoin"}, {"operator", "Exists"}}}},
            {"affinity", {{"nodeAffinity", json::object()}}},
            {"topologySpreadConstraints",
             {{{"maxSkew", 1}, {"topologyKey", "zone"}, {"whenUnsatisfiable", "DoNotSchedule"}}}},
            {"priorityClassName", "high"}}}};
}

/// Documents as the API server holds them, and what the actor knows besides; build() decodes them
/// as the watches do. Steps take effect in the order of their calls: children made by
/// with_children() stand for the spec of that moment.
class observation {
 public:
  observation() {
    network = {{"apiVersion", k8s::info(k8s::kind::bitcoin_network).api_version},
               {"kind", "BitcoinNetwork"},
               {"metadata",
                {{"name", "net"},
                 {"namespace", "default"},
                 {"uid", "net-uid"},
                 {"resourceVersion", "1"},
                 {"generation", 1}}},
               {"spec", {{"nodes", 3}, {"secret", "credentials"}}}};
    secret = {reconcile::secret_view::state::usable, {}, some_credentials()};
  }

  /// What a Secret with user "user" and this password gives.
  [[nodiscard]] static std::shared_ptr<const reconcile::node_credentials> some_credentials(
      std::string password = "password") {
    const auto text = [](std::string bytes) { return bitcoin::secret_text{std::move(bytes)}; };
    auto controller = bitcoin::controller_credentials(text(password), "net-uid");
    return std::make_shared<const reconcile::node_credentials>(reconcile::node_credentials{
        {text("user"), text(std::move(password))}, std::move(controller)});
  }

  // -- the network ---------------------------------------------------------------------

  observation& gone() {
    network = nullptr;
    return *this;
  }
  observation& deleting() {
    network["metadata"]["deletionTimestamp"] = this_moment;
    return *this;
  }
  /// An edit of the user: a merge patch of spec.
  observation& with_spec(const json& patch) {
    network["spec"].merge_patch(patch);
    network["metadata"]["generation"] = network["metadata"]["generation"].get<int>() + 1;
    return *this;
  }
  observation& with_nodes(int nodes) { return with_spec({{"nodes", nodes}}); }
  observation& paused() { return with_spec({{"paused", true}}); }

  // -- children ------------------------------------------------------------------------

  /// All, as the API server holds them after our POST.
  observation& with_children() { return with_service().with_stateful_set(); }
  observation& with_service() {
    service = stored(k8s::kind::service, wanted().service()->json, "svc-uid");
    return *this;
  }
  observation& with_stateful_set() {
    stateful_set = stored(k8s::kind::stateful_set, wanted().stateful_set()->json, "sts-uid");
    const auto nodes = network["spec"]["nodes"];
    (*stateful_set)["metadata"]["generation"] = 1;
    with_conf();
    (*stateful_set)["status"] = {{"replicas", nodes},
                                 {"readyReplicas", nodes},
                                 {"updatedReplicas", nodes},
                                 {"observedGeneration", 1}};
    return *this;
  }
  /// The Secret with bitcoin.conf, as it is wanted.
  observation& with_conf() {
    const auto now = wanted();
    conf = {reconcile::conf_view::state::present,
            now.configuration(),
            now.mark(),
            now.conf() ? to_string(now.conf()->digest) : "",
            true};
    return *this;
  }
  observation& with_conf(reconcile::conf_view::state is) {
    conf.is = is;
    return *this;
  }
  /// Another password in the Secret than the pods were started with.
  observation& rotated() {
    secret.credentials = some_credentials("another password");
    return *this;
  }
  /// One ready pod per node of the StatefulSet.
  observation& with_ready_pods() {
    pods.clear();
    for (int i = 0; i < network["spec"]["nodes"].get<int>(); ++i) {
      pods.push_back(a_pod(i));
    }
    return *this;
  }
  [[nodiscard]] static json a_pod(int ordinal) {
    const auto text = std::to_string(ordinal);
    return {
        {"kind", "Pod"},
        {"metadata",
         {{"name", "net-sts-" + text},
          {"namespace", "default"},
          {"uid", "pod-uid-" + text},
          {"labels", {{"app", "net"}}},
          {"ownerReferences",
           {{{"kind", "StatefulSet"},
             {"name", "net-sts"},
             {"uid", "sts-uid"},
             {"controller", true}}}}}},
        {"spec", {{"nodeName", "worker"}}},
        {"status",
         {{"podIP", "10.0.0." + text}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}};
  }
  /// Somebody edits a field, given as JSON pointer.
  observation& with_service_field(const std::string& pointer, json value) {
    (*service)[json::json_pointer{pointer}] = std::move(value);
    return *this;
  }
  observation& with_stateful_set_field(const std::string& pointer, json value) {
    (*stateful_set)[json::json_pointer{pointer}] = std::move(value);
    return *this;
  }

  // -- status and knowledge --------------------------------------------------------------

  /// The status that a healthy network of this state has been given before.
  observation& with_status(const reconcile::degradation& degraded = {}) {
    auto o = build();
    o.now = an_earlier_moment;
    network["status"] = k8s::to_json(reconcile::status_of(o, degraded));
    return *this;
  }
  /// Children, pods and status: nothing is left to do.
  observation& at_rest() { return with_children().with_ready_pods().with_status(); }
  observation& with_secret(reconcile::secret_view::state is,
                           std::vector<std::string> missing = {}) {
    const bool usable = is == reconcile::secret_view::state::usable;
    secret = {is, std::move(missing), usable ? some_credentials() : nullptr};
    return *this;
  }
  observation& refused(reconcile::refusal r) {
    refusal = std::move(r);
    return *this;
  }

  [[nodiscard]] reconcile::observed build() const {
    reconcile::observed o;
    o.now = this_moment;
    o.secret = secret;
    o.conf = conf;
    o.chain = chain;
    o.unheard = unheard;
    o.claims = claims;
    o.settled_service = settled_service;
    o.settled_stateful_set = settled_stateful_set;
    o.refused = refusal;
    o.network = network.is_null() ? nullptr : decode<k8s::bitcoin_network>(network);
    o.service = service ? decode<k8s::service>(*service) : nullptr;
    o.stateful_set = stateful_set ? decode<k8s::stateful_set>(*stateful_set) : nullptr;
    for (const auto& pod : pods) {
      o.pods.push_back(decode<k8s::pod>(pod));
    }
    if (o.network != nullptr && reconcile::spec_problems(*o.network).empty()) {
      o.desired = std::make_shared<const reconcile::desired_children>(wanted());
    }
    return o;
  }
  [[nodiscard]] reconcile::desired_children wanted() const {
    const auto decoded = decode<k8s::bitcoin_network>(network);
    const bool usable = secret.is == reconcile::secret_view::state::usable;
    const auto user = usable ? reconcile::desired_children::user_ptr{secret.credentials,
                                                                     &secret.credentials->user}
                             : nullptr;
    reconcile::observed seen;
    seen.network = decoded;
    seen.stateful_set = stateful_set ? decode<k8s::stateful_set>(*stateful_set) : nullptr;
    seen.conf = conf;
    return {decoded, user, reconcile::configuration_seen(seen)};
  }

  json network{};
  std::optional<json> service{};
  std::optional<json> stateful_set{};
  std::vector<json> pods{};
  reconcile::secret_view secret{};
  reconcile::conf_view conf{};
  std::shared_ptr<const bitcoin::chain_report> chain{};
  bool unheard{false};
  std::map<std::int32_t, reconcile::claim_view> claims{};
  std::optional<reconcile::settled_write> settled_service{};
  std::optional<reconcile::settled_write> settled_stateful_set{};
  std::optional<reconcile::refusal> refusal{};

 private:
  template <class T>
  [[nodiscard]] static std::shared_ptr<const T> decode(const json& document) {
    return k8s::as<T>(k8s::decode_object(T{}.kind, document).value());
  }

  [[nodiscard]] static json stored(k8s::kind kind, json manifest, const std::string& uid) {
    auto out = with_server_defaults(kind, std::move(manifest));
    out["metadata"]["uid"] = uid;
    out["metadata"]["resourceVersion"] = "10";
    out["metadata"]["managedFields"] =
        json::array({{{"manager", k8s::field_manager}, {"operation", "Update"}}});
    return out;
  }
};

[[nodiscard]] inline observation an_observation() {
  return {};
}

}  // namespace btc::test
