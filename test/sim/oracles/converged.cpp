#include "test/sim/oracles/converged.hpp"

#include "test/sim/oracles/configuration.hpp"
#include "test/sim/oracles/converged_nodes.hpp"
#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/users.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace btc::sim {

namespace {

using nlohmann::json;
using problem = std::optional<std::string>;

[[nodiscard]] problem first_of(std::initializer_list<problem> all) {
  for (const auto& p : all) {
    if (p) {
      return p;
    }
  }
  return {};
}

/// Every member of `wanted` is in `is`.
[[nodiscard]] problem lacks(const std::string& what, const json& is, const json& wanted) {
  if (!wanted.is_object()) {
    return {};
  }
  for (const auto& [key, value] : wanted.items()) {
    if (!is.is_object() || !is.contains(key) || is.at(key) != value) {
      return what + '.' + key + " is not " + value.dump();
    }
  }
  return {};
}

/// `is` equals the member of the spec, where the spec has it and it is not empty.
[[nodiscard]] problem follows(const std::string& what,
                              const json& spec,
                              const char* pointer,
                              const json& is) {
  const auto& wished = look(spec, pointer);
  const bool absent =
      wished.is_null() || wished == "" || (wished.is_structured() && wished.empty());
  return absent ? problem{} : differs(what, is, wished);
}

[[nodiscard]] problem has_arguments(const json& args, const json& wished) {
  for (const auto& one : wished) {
    if (std::find(args.begin(), args.end(), one) == args.end()) {
      return "argument " + one.dump() + " is missing";
    }
  }
  return {};
}

[[nodiscard]] document find(const cluster& c, type_id type, const std::string& name) {
  return c.objects().log(type).find("default/" + name);
}

/// A network as the checks below see it.
struct subject {
  const cluster& state;
  const json& network;
  std::string name{};
  std::string uid{};

  [[nodiscard]] const json& spec() const { return look(network, "/spec"); }
};

[[nodiscard]] problem check_owner(const subject& s, const json& child, const std::string& what) {
  return controller_uid(child) == s.uid ? problem{} : problem{what + " is not ours"};
}

[[nodiscard]] problem check_service(const subject& s) {
  const auto service = find(s.state, type_id::services, s.name + "-svc");
  if (service == nullptr) {
    return "Service " + s.name + "-svc is missing";
  }
  return first_of(
      {check_owner(s, *service, "Service"),
       differs("clusterIP", look(*service, "/spec/clusterIP"), "None"),
       differs("selector app", look(*service, "/spec/selector/app"), s.name),
       differs("label app", look(*service, "/metadata/labels/app"), s.name),
       differs("managed-by",
               look(*service, "/metadata/labels").value("app.kubernetes.io/managed-by", ""),
               "bitcoin-controller")});
}

[[nodiscard]] problem check_pod_template(const subject& s, const json& stateful_set) {
  const auto& pod = look(stateful_set, "/spec/template");
  const auto& containers = look(pod, "/spec/containers");
  if (!containers.is_array() || containers.empty()) {
    return "no containers";
  }
  const auto& wished = look(s.spec(), "/pod");
  return first_of(
      {follows("image", s.spec(), "/image", look(containers[0], "/image")),
       follows("imagePullPolicy",
               s.spec(),
               "/imagePullPolicy",
               look(containers[0], "/imagePullPolicy")),
       follows(
           "imagePullSecrets", s.spec(), "/imagePullSecrets", look(pod, "/spec/imagePullSecrets")),
       lacks(
           "limits", look(containers[0], "/resources/limits"), look(s.spec(), "/resources/limits")),
       lacks("requests",
             look(containers[0], "/resources/requests"),
             look(s.spec(), "/resources/requests")),
       has_arguments(look(containers[0], "/args"), look(s.spec(), "/extraArgs")),
       differs("pod label app", look(pod, "/metadata/labels/app"), s.name),
       lacks("pod labels", look(pod, "/metadata/labels"), look(wished, "/labels")),
       lacks("pod annotations", look(pod, "/metadata/annotations"), look(wished, "/annotations")),
       lacks("nodeSelector", look(pod, "/spec/nodeSelector"), look(wished, "/nodeSelector")),
       follows("tolerations", wished, "/tolerations", look(pod, "/spec/tolerations")),
       follows("affinity", wished, "/affinity", look(pod, "/spec/affinity")),
       follows(
           "priorityClassName", wished, "/priorityClassName", look(pod, "/spec/priorityClassName")),
       follows("topologySpreadConstraints",
               wished,
               "/topologySpreadConstraints",
               look(pod, "/spec/topologySpreadConstraints"))});
}

/// Each claim is as large as the spec has it, unless growing was refused, which the status tells.
[[nodiscard]] problem check_claims(const subject& s) {
  const auto size = look(s.spec(), "/storage/size");
  if (size.is_null() || text(condition(s.network, "Degraded"), "/reason") == "StorageNotGrown") {
    return {};
  }
  for (std::int64_t i = 0; i < number(s.spec(), "/nodes"); ++i) {
    const auto name = "data-" + s.name + "-sts-" + std::to_string(i);
    const auto claim = find(s.state, type_id::persistent_volume_claims, name);
    if (claim == nullptr) {
      return "claim " + name + " is missing";
    }
    if (auto p =
            differs("size of " + name, look(*claim, "/spec/resources/requests/storage"), size)) {
      return p;
    }
  }
  return {};
}

[[nodiscard]] problem check_stateful_set(const subject& s) {
  const auto set = find(s.state, type_id::stateful_sets, s.name + "-sts");
  if (set == nullptr) {
    return "StatefulSet " + s.name + "-sts is missing";
  }
  return first_of({check_owner(s, *set, "StatefulSet"),
                   differs("replicas", look(*set, "/spec/replicas"), look(s.spec(), "/nodes")),
                   differs("serviceName", look(*set, "/spec/serviceName"), s.name + "-svc"),
                   differs("label app", look(*set, "/metadata/labels/app"), s.name),
                   follows("whenDeleted",
                           look(s.spec(), "/storage"),
                           "/whenDeleted",
                           look(*set, "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted")),
                   check_pod_template(s, *set)});
}

[[nodiscard]] bool usable_secret(const subject& s) {
  const auto name = text(s.spec(), "/secret");
  const auto secret = name.empty() ? nullptr : find(s.state, type_id::secrets, name);
  return name.empty()
         || (secret != nullptr && look(*secret, "/data").contains("BC_RPC_USER")
             && look(*secret, "/data").contains("BC_RPC_PASSWORD"));
}

[[nodiscard]] bool is_occupied(const subject& s) {
  const auto foreign = [&](const document& child) {
    return child != nullptr && controller_uid(*child) != s.uid;
  };
  return foreign(find(s.state, type_id::services, s.name + "-svc"))
         || foreign(find(s.state, type_id::stateful_sets, s.name + "-sts"))
         || foreign(find(s.state, type_id::secrets, s.name + "-conf"))
         || (text(s.spec(), "/secret").empty()
             && foreign(find(s.state, type_id::secrets, s.name + "-rpc")));
}

[[nodiscard]] problem check_degraded(const subject& s,
                                     std::initializer_list<std::string_view> reasons) {
  const auto& degraded = condition(s.network, "Degraded");
  const auto reason = text(degraded, "/reason");
  const bool as_wanted =
      text(degraded, "/status") == "True"
      && std::any_of(reasons.begin(), reasons.end(), [&](auto r) { return r == reason; });
  return as_wanted ? problem{}
                   : problem{"Degraded is " + text(degraded, "/status") + " (" + reason
                             + "), wanted " + std::string{*reasons.begin()}};
}

[[nodiscard]] problem check_network(const world_view& v, const json& network) {
  const subject s{
      v.cluster, network, text(network, "/metadata/name"), text(network, "/metadata/uid")};
  if (auto p = differs("status.observedGeneration",
                       look(network, "/status/observedGeneration"),
                       look(network, "/metadata/generation"))) {
    return p;
  }
  if (!is_valid(network)) {
    return check_degraded(s, {"InvalidSpec"});
  }
  if (look(s.spec(), "/paused") == true) {
    return differs("status.phase", look(network, "/status/phase"), "Paused");
  }
  if (is_occupied(s)) {
    return check_degraded(s, {"ChildNotOwned", "SecretInvalid"});
  }
  if (!usable_secret(s)) {
    return check_degraded(s, {"SecretInvalid"});
  }
  return first_of({configuration_problem(v.cluster, network),
                   check_service(s),
                   check_stateful_set(s),
                   check_claims(s),
                   why_nodes_differ(v, network)});
}

/// What has an owner that is gone is garbage, and somebody has to have collected it.
[[nodiscard]] problem check_garbage(const cluster& c) {
  std::set<std::string> owners;
  for (const auto type : {type_id::bitcoin_networks, type_id::stateful_sets}) {
    for (const auto& [key, object] : c.objects().log(type).objects()) {
      owners.insert(text(*object, "/metadata/uid"));
    }
  }
  for (const auto type :
       {type_id::services, type_id::stateful_sets, type_id::secrets, type_id::pods}) {
    for (const auto& [key, object] : c.objects().log(type).objects()) {
      const auto owner = controller_uid(*object);
      if (!owner.empty() && !owners.contains(owner)) {
        return key + " belongs to nobody";
      }
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> why_not_converged(const world_view& v) {
  for (const auto& [key, network] : v.cluster.objects().log(type_id::bitcoin_networks).objects()) {
    if (!look(*network, "/metadata/deletionTimestamp").is_null()) {
      return key + " is still being deleted";
    }
    if (const auto p = check_network(v, *network)) {
      return key + ": " + *p;
    }
  }
  return check_garbage(v.cluster);
}

// -- the final state as a text ----------------------------------------------------------

namespace {

[[nodiscard]] bool is_foreign(const std::string& key) {
  return key.starts_with("foreign.example/");
}

void strip(json& value) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      // Digests depend on the network's uid: they salt the file that they are made of.
      const bool digest =
          it.key().ends_with("/configuration") || it.key().ends_with("/applied-configuration");
      if (digest || is_foreign(it.key())) {
        it = value.erase(it);
      } else {
        strip(it.value());
        ++it;
      }
    }
  } else if (value.is_array()) {
    for (auto& member : value) {
      strip(member);
    }
  }
}

[[nodiscard]] json canonical_child(const json& object) {
  json out{{"kind", look(object, "/kind")},
           {"name", look(object, "/metadata/name")},
           {"labels", look(object, "/metadata/labels")},
           {"annotations", look(object, "/metadata/annotations")},
           {"spec", look(object, "/spec")}};
  if (out["spec"].is_object() && out["spec"].contains("volumeClaimTemplates")) {
    // It is as large as the network was made with, for ever; the claims grow.
    for (auto& claim : out["spec"]["volumeClaimTemplates"]) {
      claim["spec"].erase("resources");
    }
  }
  strip(out);
  return out;
}

[[nodiscard]] json canonical_status(const json& network) {
  json out = json::object();
  for (const auto& c : look(network, "/status/conditions")) {
    out[text(c, "/type")] = text(c, "/status") + ' ' + text(c, "/reason");
  }
  out["readyNodes"] = look(network, "/status/readyNodes");
  out["replicas"] = look(network, "/status/replicas");
  return out;
}

}  // namespace

namespace {

/// Of a network that is held up by what its status tells, the rest depends on what went before.
[[nodiscard]] bool is_held_up(const json& network) {
  return text(condition(network, "Degraded"), "/status") == "True"
         || look(network, "/spec/paused") == true || !can_run(network);
}

}  // namespace

std::string canonical_state(const cluster& c) {
  json all = json::array();
  std::set<std::string> settled;
  for (const auto& [key, network] : c.objects().log(type_id::bitcoin_networks).objects()) {
    if (is_held_up(*network)) {
      all.push_back({{"network", key},
                     {"phase", look(*network, "/status/phase")},
                     {"degraded", text(condition(*network, "Degraded"), "/reason")}});
      continue;
    }
    settled.insert(text(*network, "/metadata/uid"));
    all.push_back({{"network", key}, {"status", canonical_status(*network)}});
  }
  for (const auto type : {type_id::services, type_id::stateful_sets}) {
    for (const auto& [key, object] : c.objects().log(type).objects()) {
      if (settled.contains(controller_uid(*object))) {
        all.push_back(canonical_child(*object));
      }
    }
  }
  return all.dump();
}

json final_wishes(const cluster& c) {
  json steps = json::array();
  for (const auto& [key, secret] : c.objects().log(type_id::secrets).objects()) {
    if (controller_uid(*secret).empty() && key.starts_with("default/")) {
      steps.push_back({{"secret", look(*secret, "/metadata/name")},
                       {"user", look(*secret, "/data/BC_RPC_USER")},
                       {"password", look(*secret, "/data/BC_RPC_PASSWORD")}});
    }
  }
  for (const auto& [key, network] : c.objects().log(type_id::bitcoin_networks).objects()) {
    steps.push_back(
        {{"create", look(*network, "/metadata/name")}, {"spec", look(*network, "/spec")}});
  }
  return steps;
}

}  // namespace btc::sim
