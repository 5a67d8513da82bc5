#include "test/sim/cluster/cluster_model.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/schema.hpp"
#include "test/sim/cluster/yaml.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace btc::sim {

namespace {

/// Versions begin here, so that small numbers are older than every history.
constexpr std::uint64_t first_version = 1000;
constexpr int node_count = 3;
constexpr auto creation_time = "2026-01-01T00:00:00Z";

[[nodiscard]] resource_type custom_type(const json& definition) {
  const auto& spec = definition.at("spec");
  const auto& names = spec.at("names");
  const auto& version = spec.at("versions").at(0);
  resource_type t;
  t.id = type_id::bitcoin_networks;
  t.group = spec.at("group");
  t.version = version.at("name");
  t.plural = names.at("plural");
  t.singular = names.at("singular");
  t.kind = names.at("kind");
  t.namespaced = spec.at("scope") == "Namespaced";
  t.short_names = names.value("shortNames", std::vector<std::string>{});
  t.categories = names.value("categories", std::vector<std::string>{});
  t.status = k8s::member(version, "subresources", "status") != nullptr;
  t.scale = k8s::member(version, "subresources", "scale") != nullptr;
  t.generations = true;
  t.custom = true;
  t.schema = compile_schema(version.at("schema").at("openAPIV3Schema"));
  return t;
}

[[nodiscard]] json a_namespace(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata", {{"name", name}, {"labels", {{"kubernetes.io/metadata.name", name}}}}},
          {"spec", {{"finalizers", json::array({"kubernetes"})}}},
          {"status", {{"phase", "Active"}}}};
}

[[nodiscard]] json a_node(int number) {
  const auto name = "node-" + std::to_string(number);
  const json resources{{"cpu", "8"}, {"memory", "16Gi"}, {"pods", "110"}};
  return {{"apiVersion", "v1"},
          {"kind", "Node"},
          {"metadata",
           {{"name", name},
            {"labels", {{"kubernetes.io/hostname", name}, {"kubernetes.io/os", "linux"}}}}},
          {"spec", json::object()},
          {"status",
           {{"capacity", resources},
            {"allocatable", resources},
            {"addresses",
             json::array({{{"type", "InternalIP"},
                           {"address", "192.168.0." + std::to_string(10 + number)}}})},
            {"conditions",
             json::array({{{"type", "Ready"},
                           {"status", "True"},
                           {"reason", "KubeletReady"},
                           {"message", "kubelet is posting ready status"},
                           {"lastTransitionTime", creation_time}}})}}}};
}

/// The definition as the API server shows it once it serves the resource.
[[nodiscard]] json established(json definition) {
  const auto condition = [](const char* type, const char* reason, const char* message) {
    return json{{"type", type},
                {"status", "True"},
                {"reason", reason},
                {"message", message},
                {"lastTransitionTime", creation_time}};
  };
  definition["spec"]["conversion"] = {{"strategy", "None"}};
  definition["status"] = {
      {"acceptedNames", definition.at("spec").at("names")},
      {"conditions",
       {condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted")}},
      {"storedVersions", json::array({definition.at("spec").at("versions").at(0).at("name")})}};
  return definition;
}

/// Takes every check from a schema but that of types and those that compare with the old value:
/// what may not change is told by other reasons than InvalidSpec.
void forget_checks(json& node) {
  for (const auto* check : {"pattern",
                            "enum",
                            "minimum",
                            "maximum",
                            "minLength",
                            "maxLength",
                            "maxItems",
                            "maxProperties"}) {
    node.erase(check);
  }
  if (const auto rules = node.find("x-kubernetes-validations"); rules != node.end()) {
    std::erase_if(rules->get_ref<json::array_t&>(), [](const json& rule) {
      return rule.at("rule").get_ref<const std::string&>().find("oldSelf") == std::string::npos;
    });
  }
  for (const auto* below : {"items", "additionalProperties"}) {
    if (const auto found = node.find(below); found != node.end() && found->is_object()) {
      forget_checks(*found);
    }
  }
  if (const auto members = node.find("properties"); members != node.end()) {
    for (auto& member : *members) {
      forget_checks(member);
    }
  }
}

void make_lenient(json& openapi) {
  forget_checks(openapi.at("properties").at("spec"));
}

[[nodiscard]] std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) {
    throw std::runtime_error{"cannot read " + file.string()};
  }
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

std::shared_ptr<const cluster_model> cluster_model::load(const std::filesystem::path& repository) {
  return std::make_shared<const cluster_model>(text_of(repository / "deploy" / "crd.yaml"),
                                               text_of(repository / "deploy" / "rbac.yaml"));
}

std::shared_ptr<const cluster_model> cluster_model::load_lenient(
    const std::filesystem::path& repository) {
  auto definition = parse_yaml(text_of(repository / "deploy" / "crd.yaml")).at(0);
  make_lenient(definition.at("spec").at("versions").at(0).at("schema").at("openAPIV3Schema"));
  return std::make_shared<const cluster_model>(std::move(definition),
                                               text_of(repository / "deploy" / "rbac.yaml"));
}

cluster_model::cluster_model(const std::string& crd_yaml, const std::string& rbac_yaml)
    : cluster_model(parse_yaml(crd_yaml).at(0), rbac_yaml) {}

cluster_model::cluster_model(json definition, const std::string& rbac_yaml)
    : types_(builtin_types()), definition_(std::move(definition)), version_(first_version) {
  types_.push_back(custom_type(definition_));
  for (const auto* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    add(a_namespace(name));
  }
  for (int i = 0; i < node_count; ++i) {
    add(a_node(i));
  }
  add(established(definition_));
  for (auto& object : parse_yaml(rbac_yaml)) {
    if (object.is_null()) {
      continue;
    }
    if (object.at("kind") == "Namespace") {
      auto labels = object["metadata"].value("labels", json::object());
      object.merge_patch(a_namespace(object.at("metadata").at("name")));
      object["metadata"]["labels"].update(labels);
    }
    add(std::move(object));
  }
}

void cluster_model::add(json object) {
  const auto* type = find_kind(object.at("apiVersion").get_ref<const std::string&>(),
                               object.at("kind").get_ref<const std::string&>());
  if (type == nullptr) {
    throw std::runtime_error{"the simulated cluster knows no "
                             + object.at("kind").get<std::string>()};
  }
  auto& metadata = object["metadata"];
  metadata["uid"] = "00000000-0000-4000-9000-" + std::to_string(100000000000 + version_);
  metadata["creationTimestamp"] = creation_time;
  metadata["resourceVersion"] = std::to_string(++version_);
  if (type->generations) {
    metadata["generation"] = 1;
  }
  auto key = object_key_of(object);
  initial_[index_of(type->id)].emplace(std::move(key),
                                       std::make_shared<const json>(std::move(object)));
}

const resource_type* cluster_model::find(std::string_view group,
                                         std::string_view version,
                                         std::string_view plural) const noexcept {
  for (const auto& t : types_) {
    if (t.plural == plural && t.group == group && t.version == version) {
      return &t;
    }
  }
  return nullptr;
}

const resource_type* cluster_model::find_kind(std::string_view api_version,
                                              std::string_view kind) const noexcept {
  const auto slash = api_version.find('/');
  const auto group =
      slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
  for (const auto& t : types_) {
    if (t.kind == kind && t.group == group) {
      return &t;
    }
  }
  return nullptr;
}

}  // namespace btc::sim
