#include "test/sim/cluster/kinds.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/base64.hpp"
#include "test/sim/cluster/custom_resource.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/pod_spec.hpp"
#include "test/sim/cluster/service_kind.hpp"
#include "test/sim/cluster/stateful_set_kind.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btc::sim {

namespace {

void default_secret(json& secret) {
  if (const auto text = secret.find("stringData"); text != secret.end()) {
    for (const auto& [key, value] : text->items()) {
      secret["data"][key] =
          base64(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
    }
    secret.erase("stringData");
  }
  default_to(secret, {{"type", "Opaque"}});
}

void check_secret(const json* live, const json& next, std::vector<cause>& causes) {
  const auto* data = k8s::member(next, "data");
  if (data != nullptr) {
    for (const auto& [key, value] : data->items()) {
      if (!value.is_string() || !decode_base64(value.get_ref<const std::string&>())) {
        causes.push_back({"FieldValueInvalid",
                          "Invalid value: \"<secret contents redacted>\": illegal base64 data",
                          "data[" + key + ']'});
      }
    }
  }
  if (live != nullptr && k8s::string_at(*live, "type") != k8s::string_at(next, "type")) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: \"" + k8s::string_at(next, "type") + "\": field is immutable",
                      "type"});
  }
  const bool frozen = live != nullptr && k8s::boolean_at(*live, "immutable").value_or(false);
  if (frozen && live->value("data", json()) != next.value("data", json())) {
    causes.push_back(
        {"FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", "data"});
  }
}

void check_event(const json& event, std::vector<cause>& causes) {
  const auto* object = k8s::member(event, "involvedObject");
  const auto other = object == nullptr ? std::string{} : k8s::string_at(*object, "namespace");
  const auto ns = namespace_of(event);
  // Events about objects in cluster scope lie in "default".
  if (other.empty() ? ns != "default" && ns != "kube-system" : other != ns) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: \"" + other + "\": does not match event.namespace",
                      "involvedObject.namespace"});
  }
}

void default_pod(json& pod) {
  auto& spec = pod["spec"];
  default_pod_spec(spec);
  default_to(spec, {{"enableServiceLinks", true}});
  for (auto& container : spec["containers"]) {  // what has a limit requests it
    auto& resources = container["resources"];
    if (const auto limits = resources.find("limits");
        limits != resources.end() && !limits->empty()) {
      const json copy = *limits;
      default_to(resources["requests"].is_null() ? (resources["requests"] = json::object())
                                                 : resources["requests"],
                 copy);
    }
  }
}

/// What admission adds to a pod (ServiceAccount, DefaultTolerationSeconds, Priority).
void admit_pod(json& pod) {
  auto& spec = pod["spec"];
  default_to(spec,
             {{"serviceAccountName", "default"},
              {"priority", 0},
              {"preemptionPolicy", "PreemptLowerPriority"}});
  default_to(spec, {{"serviceAccount", spec.at("serviceAccountName")}});
  auto& tolerations = spec["tolerations"];
  if (tolerations.is_null()) {
    tolerations = json::array();
  }
  for (const auto* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    tolerations.push_back({{"key", key},
                           {"operator", "Exists"},
                           {"effect", "NoExecute"},
                           {"tolerationSeconds", 300}});
  }
}

[[nodiscard]] std::string quality_of(const json& pod) {
  bool any = false;
  bool guaranteed = true;
  for (const auto& container : pod.at("spec").at("containers")) {
    const auto resources = container.value("resources", json::object());
    const auto limits = resources.value("limits", json::object());
    const auto requests = resources.value("requests", json::object());
    any = any || !limits.empty() || !requests.empty();
    guaranteed =
        guaranteed && limits.contains("cpu") && limits.contains("memory") && limits == requests;
  }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

void check_pod(const json* live, const json& next, std::vector<cause>& causes) {
  if (live == nullptr) {
    check_pod_spec(next.at("spec"), "spec", causes);
    return;
  }
  auto before = live->at("spec");
  auto after = next.at("spec");
  for (auto* spec : {&before, &after}) {
    for (const auto* list : {"containers", "initContainers"}) {
      if (auto found = spec->find(list); found != spec->end()) {
        for (auto& container : *found) {
          container.erase("image");
        }
      }
    }
    for (const auto* free : {"activeDeadlineSeconds",
                             "tolerations",
                             "terminationGracePeriodSeconds",
                             "nodeName",
                             "ephemeralContainers"}) {
      spec->erase(free);
    }
  }
  if (before != after) {
    causes.push_back({"FieldValueForbidden",
                      "Forbidden: pod updates may not change fields other than "
                      "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec."
                      "activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
                      "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 "
                      "if it was previously negative)",
                      "spec"});
  }
}

void prepare_namespace(json& ns) {
  ns["spec"] = {{"finalizers", json::array({"kubernetes"})}};
  ns["status"] = {{"phase", "Active"}};
}

/// The definition is served at once: what the two controllers behind it would say.
void prepare_definition(const core& c, json& definition) {
  const auto& known = c.model().initial()[index_of(type_id::custom_resource_definitions)];
  const auto found = known.find(name_of(definition));
  if (found != known.end()) {
    definition["status"] = found->second->at("status");
  }
  default_to(definition["spec"], {{"conversion", {{"strategy", "None"}}}});
}

}  // namespace

void set_defaults(const resource_type& type, json& object) {
  switch (type.id) {
    case type_id::bitcoin_networks:
      default_custom_resource(type, object);
      break;
    case type_id::stateful_sets:
      default_stateful_set(object);
      break;
    case type_id::services:
      default_service(object);
      break;
    case type_id::secrets:
      default_secret(object);
      break;
    case type_id::pods:
      default_pod(object);
      break;
    case type_id::namespaces:
      object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name_of(object);
      break;
    case type_id::persistent_volume_claims:
      default_to(object["spec"], {{"volumeMode", "Filesystem"}});
      break;
    default:
      break;
  }
}

void prepare_create(core& c, const resource_type& type, json& object) {
  switch (type.id) {
    case type_id::stateful_sets:
      object["status"] = {{"replicas", 0}, {"availableReplicas", 0}};
      break;
    case type_id::services:
      prepare_service(c, object);
      break;
    case type_id::pods:
      admit_pod(object);
      object["status"] = {{"phase", "Pending"}, {"qosClass", quality_of(object)}};
      break;
    case type_id::namespaces:
      prepare_namespace(object);
      break;
    case type_id::custom_resource_definitions:
      prepare_definition(c, object);
      break;
    case type_id::persistent_volume_claims:
      // There is no volume controller: a claim has its volume from the start.
      object["status"] = {{"phase", "Bound"}};
      break;
    default:
      break;
  }
}

void prepare_update(core& c, const resource_type& type, const json& live, json& next) {
  static_cast<void>(c);
  if (type.id == type_id::services) {
    keep_service_addresses(live, next);
  } else if (type.id == type_id::namespaces) {
    next["spec"] = live.at("spec");  // /finalize changes it
  }
}

std::vector<cause> check(const resource_type& type, const json* live, const json& next) {
  std::vector<cause> causes;
  check_metadata(type, live, next, causes);
  switch (type.id) {
    case type_id::bitcoin_networks:
      check_custom_resource(type, live, next, causes);
      break;
    case type_id::stateful_sets:
      check_stateful_set(live, next, causes);
      break;
    case type_id::services:
      check_service(live, next, causes);
      break;
    case type_id::secrets:
      check_secret(live, next, causes);
      break;
    case type_id::events:
      check_event(next, causes);
      break;
    case type_id::pods:
      check_pod(live, next, causes);
      break;
    default:
      break;
  }
  return causes;
}

const json& empty_object(const resource_type& type) {
  static const json custom = json::object();
  static const json plain{{"metadata", json::object()}};
  static const json usual{
      {"metadata", json::object()}, {"spec", json::object()}, {"status", json::object()}};
  static const json event{
      {"metadata", json::object()}, {"involvedObject", json::object()}, {"source", json::object()}};
  static const json set{{"metadata", json::object()},
                        {"spec",
                         {{"template", {{"metadata", json::object()}, {"spec", json::object()}}},
                          {"updateStrategy", json::object()},
                          {"strategy", json::object()}}},
                        {"status", json::object()}};
  static const json claim{{"metadata", json::object()},
                          {"spec", {{"resources", json::object()}}},
                          {"status", json::object()}};
  switch (type.id) {
    case type_id::bitcoin_networks:
      return custom;
    case type_id::secrets:
    case type_id::config_maps:
    case type_id::service_accounts:
      return plain;
    case type_id::events:
      return event;
    case type_id::stateful_sets:
    case type_id::deployments:
      return set;
    case type_id::persistent_volume_claims:
      return claim;
    default:
      return usual;
  }
}

}  // namespace btc::sim
