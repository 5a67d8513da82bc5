#include "test/sim/cluster/schema.hpp"

#include <stdexcept>
#include <utility>

namespace btc::sim {

namespace {

using json = nlohmann::json;

[[nodiscard]] schema_node::value_type type_of(const std::string& name) {
  using t = schema_node::value_type;
  static const std::map<std::string, t> types{{"object", t::object},
                                              {"array", t::array},
                                              {"string", t::string},
                                              {"integer", t::integer},
                                              {"number", t::number},
                                              {"boolean", t::boolean}};
  const auto found = types.find(name);
  if (found == types.end()) {
    throw std::runtime_error{"the schema has the unknown type " + name};
  }
  return found->second;
}

void compile_limits(const json& openapi, schema_node& node) {
  const auto size = [&](const char* key) -> std::optional<std::size_t> {
    return openapi.contains(key) ? std::optional{openapi.at(key).get<std::size_t>()} : std::nullopt;
  };
  const auto number = [&](const char* key) -> std::optional<std::int64_t> {
    return openapi.contains(key) ? std::optional{openapi.at(key).get<std::int64_t>()}
                                 : std::nullopt;
  };
  node.minimum = number("minimum");
  node.maximum = number("maximum");
  node.min_length = size("minLength");
  node.max_length = size("maxLength");
  node.max_items = size("maxItems");
  node.max_properties = size("maxProperties");
  node.format = openapi.value("format", "");
  if (openapi.contains("pattern")) {
    node.pattern_text = openapi.at("pattern");
    node.pattern = std::make_shared<const std::regex>(
        node.pattern_text, std::regex::ECMAScript | std::regex::optimize);
  }
  node.required = openapi.value("required", std::vector<std::string>{});
  for (const auto& value : openapi.value("enum", json::array())) {
    node.allowed.push_back(value);
  }
  node.fallback = openapi.value("default", json());
  for (const auto& rule : openapi.value("x-kubernetes-validations", json::array())) {
    node.rules.push_back(compile_rule(rule));
  }
}

void compile_merging(const json& openapi, schema_node& node) {
  const auto list = openapi.value("x-kubernetes-list-type", "atomic");
  node.list = list == "map"   ? schema_node::list_kind::map
              : list == "set" ? schema_node::list_kind::set
                              : schema_node::list_kind::atomic;
  node.atomic_map = openapi.value("x-kubernetes-map-type", "granular") == "atomic";
  node.list_keys = openapi.value("x-kubernetes-list-map-keys", std::vector<std::string>{});
  node.merge_key = openapi.value("x-kubernetes-patch-merge-key", "");
  node.merge_lists =
      openapi.value("x-kubernetes-patch-strategy", "").find("merge") != std::string::npos;
  node.preserve_unknown = openapi.value("x-kubernetes-preserve-unknown-fields", false);
  node.int_or_string = openapi.value("x-kubernetes-int-or-string", false);
  node.nullable = openapi.value("nullable", false);
}

void note_rules(const schema_node& inner, schema_node& outer) {
  outer.has_rules_below = outer.has_rules_below || inner.has_rules_below || !inner.rules.empty();
}

}  // namespace

const schema_node* schema_node::member(std::string_view key) const {
  const auto found = properties.find(key);
  return found != properties.end() ? found->second.get() : additional.get();
}

std::shared_ptr<const schema_node> compile_schema(const json& openapi) {
  auto node = std::make_shared<schema_node>();
  if (openapi.contains("type")) {
    node->type = type_of(openapi.at("type"));
  }
  compile_limits(openapi, *node);
  compile_merging(openapi, *node);
  const auto properties = openapi.value("properties", json::object());
  for (const auto& [key, property] : properties.items()) {
    auto inner = compile_schema(property);
    node->has_defaults_below =
        node->has_defaults_below || inner->has_defaults_below || !inner->fallback.is_null();
    note_rules(*inner, *node);
    node->properties.emplace(key, std::move(inner));
  }
  if (openapi.contains("items")) {
    node->items = compile_schema(openapi.at("items"));
    node->has_defaults_below = node->has_defaults_below || node->items->has_defaults_below;
    note_rules(*node->items, *node);
    if (node->list == schema_node::list_kind::map) {
      for (const auto& key : node->list_keys) {
        const auto* schema = node->items->member(key);
        if (schema != nullptr && schema->fallback.is_string()) {
          node->key_defaults.emplace(key, schema->fallback.get<std::string>());
        }
      }
    }
  }
  if (openapi.contains("additionalProperties") && openapi.at("additionalProperties").is_object()) {
    node->additional = compile_schema(openapi.at("additionalProperties"));
    node->has_defaults_below = node->has_defaults_below || node->additional->has_defaults_below;
    note_rules(*node->additional, *node);
  }
  return node;
}

void apply_schema_defaults(const schema_node& schema, json& value) {
  if (value.is_array() && schema.items != nullptr && schema.items->has_defaults_below) {
    for (auto& element : value) {
      apply_schema_defaults(*schema.items, element);
    }
  }
  if (!value.is_object()) {
    return;
  }
  for (const auto& [key, property] : schema.properties) {
    auto found = value.find(key);
    const bool forbidden_null = found != value.end() && found->is_null() && !property->nullable;
    if ((found == value.end() || forbidden_null) && !property->fallback.is_null()) {
      value[key] = property->fallback;
      found = value.find(key);
    } else if (forbidden_null) {
      value.erase(found);
      continue;
    }
    if (found != value.end() && property->has_defaults_below) {
      apply_schema_defaults(*property, *found);
    }
  }
  if (schema.additional != nullptr && schema.additional->has_defaults_below) {
    for (auto& element : value) {
      apply_schema_defaults(*schema.additional, element);
    }
  }
}

namespace {

void prune_at(const schema_node& schema,
              json& value,
              const std::string& path,
              std::vector<std::string>& dropped) {
  if (value.is_array() && schema.items != nullptr) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_structured()) {
        prune_at(*schema.items, value[i], path + '[' + std::to_string(i) + ']', dropped);
      }
    }
    return;
  }
  if (!value.is_object() || (schema.properties.empty() && schema.additional == nullptr)) {
    return;
  }
  for (auto at = value.begin(); at != value.end();) {
    const auto* inner = schema.member(at.key());
    if (inner == nullptr && !schema.preserve_unknown) {
      dropped.push_back(path.empty() ? at.key() : path + '.' + at.key());
      at = value.erase(at);
      continue;
    }
    if (inner != nullptr && at->is_structured()) {
      prune_at(*inner, *at, path.empty() ? at.key() : path + '.' + at.key(), dropped);
    }
    ++at;
  }
}

}  // namespace

void prune(const schema_node& schema, json& value, std::vector<std::string>& dropped) {
  for (auto at = value.begin(); at != value.end();) {
    const auto* inner = schema.member(at.key());
    const bool common = at.key() == "metadata" || at.key() == "kind" || at.key() == "apiVersion";
    if (inner == nullptr && !common && !schema.preserve_unknown) {
      dropped.push_back(at.key());
      at = value.erase(at);
      continue;
    }
    if (inner != nullptr && !common && at->is_structured()) {
      prune_at(*inner, *at, at.key(), dropped);
    }
    ++at;
  }
}

}  // namespace btc::sim
