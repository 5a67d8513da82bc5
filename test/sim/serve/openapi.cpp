#include "test/sim/serve/openapi.hpp"

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr const char* root = "/openapi/v3";
constexpr const char* schema_prefix = "#/components/schemas/";
constexpr const char* meta_schema = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
constexpr int depth_max = 12;

[[nodiscard]] const char* type_name(schema_node::value_type type) {
  using value_type = schema_node::value_type;
  switch (type) {
    case value_type::array:
      return "array";
    case value_type::string:
      return "string";
    case value_type::integer:
      return "integer";
    case value_type::number:
      return "number";
    case value_type::boolean:
      return "boolean";
    case value_type::object:
    case value_type::any:
      break;
  }
  return "object";
}

[[nodiscard]] json to_openapi(const schema_node& node, int depth) {
  json result = {{"type", type_name(node.type)}};
  if (depth == 0) {
    return result;
  }
  for (const auto& [name, member] : node.properties) {
    result["properties"][name] = to_openapi(*member, depth - 1);
  }
  if (node.items) {
    result["items"] = to_openapi(*node.items, depth - 1);
  }
  if (node.additional) {
    result["additionalProperties"] = to_openapi(*node.additional, depth - 1);
  }
  return result;
}

[[nodiscard]] json object_meta_schema() {
  json properties;
  for (const char* name : {"name", "generateName", "namespace", "uid", "resourceVersion"}) {
    properties[name] = {{"type", "string"}};
  }
  for (const char* name : {"labels", "annotations"}) {
    properties[name] = {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
  }
  for (const char* name : {"creationTimestamp", "deletionTimestamp"}) {
    properties[name] = {{"type", "string"}, {"format", "date-time"}};
  }
  properties["generation"] = {{"type", "integer"}, {"format", "int64"}};
  properties["finalizers"] = {{"type", "array"}, {"items", {{"type", "string"}}}};
  properties["ownerReferences"] = {{"type", "array"}, {"items", {{"type", "object"}}}};
  properties["managedFields"] = {{"type", "array"}, {"items", {{"type", "object"}}}};
  return {{"description", "ObjectMeta is metadata that all persisted resources must have."},
          {"type", "object"},
          {"properties", std::move(properties)}};
}

[[nodiscard]] json kind_reference(const resource_type& type) {
  return {{"group", type.group}, {"version", type.version}, {"kind", type.kind}};
}

/// "com.github.christianb93.bitcoincontroller.v1.BitcoinNetwork": the group back to front.
[[nodiscard]] std::string schema_name(const resource_type& type) {
  std::string reversed;
  std::string_view rest = type.group.empty() ? std::string_view{"io.k8s.api.core"} : type.group;
  if (type.group.empty()) {
    return std::string{rest} + '.' + type.version + '.' + type.kind;
  }
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    reversed = std::string{rest.substr(0, dot)} + (reversed.empty() ? "" : ".") + reversed;
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  }
  return reversed + '.' + type.version + '.' + type.kind;
}

[[nodiscard]] json schema_of(const resource_type& type, const json& crd) {
  json schema = {{"type", "object"}};
  if (type.custom) {
    schema = crd.at("spec").at("versions").at(0).at("schema").at("openAPIV3Schema");
  } else if (type.schema) {
    schema = to_openapi(*type.schema, depth_max);
  }
  auto& properties = schema["properties"];
  properties["apiVersion"] = {{"type", "string"},
                              {"description", "Version of the schema of this representation."}};
  properties["kind"] = {{"type", "string"},
                        {"description", "Kind of REST resource that this object represents."}};
  properties["metadata"] = {
      {"description", "Standard object's metadata."},
      {"allOf", json::array({{{"$ref", std::string{schema_prefix} + meta_schema}}})}};
  schema["x-kubernetes-group-version-kind"] = json::array({kind_reference(type)});
  return schema;
}

[[nodiscard]] json parameter(const char* name) {
  return {{"name", name}, {"in", "query"}, {"schema", {{"type", "string"}, {"uniqueItems", true}}}};
}

[[nodiscard]] json operation(const resource_type& type, const char* action, json parameters) {
  const json body = {{"schema", {{"$ref", schema_prefix + schema_name(type)}}}};
  return {
      {"x-kubernetes-action", action},
      {"x-kubernetes-group-version-kind", kind_reference(type)},
      {"parameters", std::move(parameters)},
      {"responses", {{"200", {{"description", "OK"}, {"content", {{"application/json", body}}}}}}}};
}

void add_paths(json& paths, const resource_type& type) {
  const auto prefix = (type.group.empty() ? std::string{"/api/"} : "/apis/" + type.group + '/')
                      + type.version + (type.namespaced ? "/namespaces/{namespace}/" : "/")
                      + type.plural;
  const auto writing = json::array({parameter("dryRun"),
                                    parameter("fieldManager"),
                                    parameter("fieldValidation"),
                                    parameter("force")});
  paths[prefix] = {{"get", operation(type, "list", json::array())},
                   {"post", operation(type, "post", writing)}};
  paths[prefix + "/{name}"] = {{"get", operation(type, "get", json::array())},
                               {"put", operation(type, "put", writing)},
                               {"patch", operation(type, "patch", writing)},
                               {"delete", operation(type, "delete", json::array())}};
}

}  // namespace

openapi::openapi(const std::vector<resource_type>& types, const json& crd) {
  std::map<std::string, json> made;
  for (const auto& type : types) {
    auto& described =
        made[(type.group.empty() ? "api/" : "apis/" + type.group + '/') + type.version];
    if (described.is_null()) {
      described = {{"openapi", "3.0.0"},
                   {"info", {{"title", "bitcoin-controller-sim"}, {"version", "v1"}}}};
      described["components"]["schemas"][meta_schema] = object_meta_schema();
    }
    described["components"]["schemas"][schema_name(type)] = schema_of(type, crd);
    add_paths(described["paths"], type);
  }
  json index;
  for (auto& [name, described] : made) {
    const auto path = std::string{root} + '/' + name;
    auto text = described.dump();
    // The hash lets kubectl keep the document until it changes.
    const auto hash = std::to_string(std::hash<std::string>{}(text));
    index["paths"][name] = {{"serverRelativeURL", path + "?hash=" + hash}};
    documents_.emplace(path, std::move(text));
  }
  documents_.emplace(root, index.dump());
}

const std::string* openapi::find(std::string_view path) const {
  const auto found = documents_.find(path);
  return found == documents_.end() ? nullptr : &found->second;
}

}  // namespace btc::sim
