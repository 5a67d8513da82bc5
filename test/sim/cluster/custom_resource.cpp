#include "test/sim/cluster/custom_resource.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

using value_type = schema_node::value_type;

[[nodiscard]] std::string type_name(value_type t) {
  switch (t) {
    case value_type::object:
      return "object";
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
    case value_type::any:
      break;
  }
  return "any";
}

[[nodiscard]] bool is_whole(const json& v) {
  return v.is_number_integer()
         || (v.is_number_float() && std::floor(v.get<double>()) == v.get<double>());
}

[[nodiscard]] std::string type_of(const json& v) {
  if (v.is_number()) {
    return is_whole(v) ? "integer" : "number";
  }
  return v.is_null() ? "null" : v.type_name();
}

[[nodiscard]] bool has_type(const schema_node& s, const json& v) {
  if (v.is_null() && s.nullable) {
    return true;
  }
  if (s.int_or_string) {
    return is_whole(v) || v.is_string();
  }
  switch (s.type) {
    case value_type::object:
      return v.is_object();
    case value_type::array:
      return v.is_array();
    case value_type::string:
      return v.is_string();
    case value_type::integer:
      return is_whole(v);
    case value_type::number:
      return v.is_number();
    case value_type::boolean:
      return v.is_boolean();
    case value_type::any:
      break;
  }
  return true;
}

[[nodiscard]] std::string shown(const json& v) {
  return "Invalid value: " + v.dump() + ": ";
}

/// Length in code points, as the limits of OpenAPI count.
[[nodiscard]] std::size_t length_of(const std::string& text) {
  std::size_t n = 0;
  for (const char c : text) {
    n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  }
  return n;
}

[[nodiscard]] std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + '.' + key;
}

/// Where a value stands, as a text only when something is wrong with it.
struct place {
  const place* parent{nullptr};
  std::string_view key{};  ///< of a member; empty for an entry of a list
  std::size_t index{0};

  [[nodiscard]] std::string path() const {
    const auto before = parent == nullptr ? std::string{} : parent->path();
    return key.empty() ? before + '[' + std::to_string(index) + ']'
                       : below(before, std::string{key});
  }
};

void check_text(const schema_node& s, const json& v, const place& at, std::vector<cause>& causes) {
  const auto& text = v.get_ref<const std::string&>();
  if (s.max_length && length_of(text) > *s.max_length) {
    causes.push_back({"FieldValueTooLong",
                      "Too long: may not be more than " + std::to_string(*s.max_length) + " bytes",
                      at.path()});
  }
  if (s.min_length && length_of(text) < *s.min_length) {
    causes.push_back({"FieldValueInvalid",
                      shown(v) + at.path() + " in body should be at least "
                          + std::to_string(*s.min_length) + " chars long",
                      at.path()});
  }
  if (s.pattern != nullptr && !std::regex_search(text, *s.pattern)) {
    causes.push_back({"FieldValueInvalid",
                      shown(v) + at.path() + " in body should match '" + s.pattern_text + '\'',
                      at.path()});
  }
}

void check_number(const schema_node& s,
                  const json& v,
                  const place& at,
                  std::vector<cause>& causes) {
  const auto number = v.get<double>();
  if (s.minimum && number < static_cast<double>(*s.minimum)) {
    causes.push_back({"FieldValueInvalid",
                      shown(v) + at.path() + " in body should be greater than or equal to "
                          + std::to_string(*s.minimum),
                      at.path()});
  }
  if (s.maximum && number > static_cast<double>(*s.maximum)) {
    causes.push_back({"FieldValueInvalid",
                      shown(v) + at.path() + " in body should be less than or equal to "
                          + std::to_string(*s.maximum),
                      at.path()});
  }
}

void check_value(const schema_node& s,
                 const json& v,
                 const json* old,
                 const place& at,
                 std::vector<cause>& causes);

void check_list(const schema_node& s, const json& v, const place& at, std::vector<cause>& causes) {
  if (s.max_items && v.size() > *s.max_items) {
    causes.push_back({"FieldValueTooMany",
                      "Too many: " + std::to_string(v.size()) + ": must have at most "
                          + std::to_string(*s.max_items) + " items",
                      at.path()});
  }
  std::set<json> seen;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const place here{&at, {}, i};
    if (s.items != nullptr) {
      check_value(*s.items, v[i], nullptr, here, causes);
    }
    if (s.list == schema_node::list_kind::atomic) {
      continue;
    }
    json key = s.list == schema_node::list_kind::set ? v[i] : json::object();
    for (const auto& name : s.list_keys) {
      if (v[i].is_object() && v[i].contains(name)) {
        key[name] = v[i].at(name);
      }
    }
    if (!seen.insert(key).second) {
      causes.push_back({"FieldValueDuplicate", "Duplicate value: " + key.dump(), here.path()});
    }
  }
}

/// What is as it was, was valid when it was written.
void check_object(const schema_node& s,
                  const json& v,
                  const json* old,
                  const place& at,
                  std::vector<cause>& causes) {
  if (s.max_properties && v.size() > *s.max_properties) {
    causes.push_back({"FieldValueTooMany",
                      "Too many: " + std::to_string(v.size()) + ": must have at most "
                          + std::to_string(*s.max_properties) + " items",
                      at.path()});
  }
  for (const auto& [key, value] : v.items()) {
    const auto* inner = s.member(key);
    const auto* before = old == nullptr ? nullptr : k8s::member(*old, key);
    if (inner != nullptr && (before == nullptr || *before != value)) {
      check_value(*inner, value, before, {&at, key, 0}, causes);
    }
  }
  for (const auto& name : s.required) {
    if (!v.contains(name)) {
      causes.push_back({"FieldValueRequired", "Required value", place{&at, name, 0}.path()});
    }
  }
}

void check_value(const schema_node& s,
                 const json& v,
                 const json* old,
                 const place& at,
                 std::vector<cause>& causes) {
  if (!has_type(s, v)) {
    const auto wanted = s.int_or_string ? "integer,string" : type_name(s.type);
    const auto found = type_of(v);
    causes.push_back({"FieldValueTypeInvalid",
                      "Invalid value: \"" + found + "\": " + at.path() + " in body must be of type "
                          + wanted + ": \"" + found + '"',
                      at.path()});
    return;
  }
  if (!s.allowed.empty() && std::find(s.allowed.begin(), s.allowed.end(), v) == s.allowed.end()) {
    std::string values;
    for (const auto& a : s.allowed) {
      values += (values.empty() ? "" : ", ") + a.dump();
    }
    causes.push_back({"FieldValueNotSupported",
                      "Unsupported value: " + v.dump() + ": supported values: " + values,
                      at.path()});
  }
  if (v.is_string()) {
    check_text(s, v, at, causes);
  } else if (v.is_number()) {
    check_number(s, v, at, causes);
  } else if (v.is_array()) {
    check_list(s, v, at, causes);
  } else if (v.is_object()) {
    check_object(s, v, old, at, causes);
  }
}

/// The rules of a value and of what is in it; lists are not correlated with their old selves.
void check_rules(const schema_node& s,
                 const json& v,
                 const json* old,
                 const std::string& path,
                 std::vector<cause>& causes) {
  if (!s.has_rules_below && s.rules.empty()) {
    return;
  }
  for (const auto& rule : s.rules) {
    if ((!rule.uses_old || old != nullptr) && !rule.holds(v, old)) {
      const auto at = path + rule.field_path;
      causes.push_back({"FieldValueInvalid",
                        "Invalid value: " + rule.message(v, old),
                        at.empty() ? "<nil>" : at});
    }
  }
  if (v.is_object()) {
    for (const auto& [key, value] : v.items()) {
      const auto* inner = s.member(key);
      const auto* before = old == nullptr ? nullptr : k8s::member(*old, key);
      if (inner != nullptr) {
        check_rules(*inner, value, before, below(path, key), causes);
      }
    }
  }
  for (std::size_t i = 0; v.is_array() && s.items != nullptr && i < v.size(); ++i) {
    check_rules(*s.items, v[i], nullptr, path + '[' + std::to_string(i) + ']', causes);
  }
}

/// What the scale subresource says of the replicas.
void check_scale(const json& next, std::vector<cause>& causes) {
  const auto* spec = k8s::member(next, "spec");
  const auto nodes = spec == nullptr ? std::nullopt : k8s::integer_at(*spec, "nodes");
  if (nodes && *nodes < 0) {
    causes.push_back(
        {"FieldValueInvalid",
         "Invalid value: " + std::to_string(*nodes) + ": should be a non-negative integer",
         ".spec.nodes"});
  }
}

}  // namespace

void default_custom_resource(const resource_type& type, json& object) {
  apply_schema_defaults(*type.schema, object);
}

void check_custom_resource(const resource_type& type,
                           const json* live,
                           const json& next,
                           std::vector<cause>& causes) {
  const auto& schema = *type.schema;
  const auto before = causes.size();
  for (const auto& [key, value] : next.items()) {
    const auto* inner = schema.member(key);
    const auto* old = live == nullptr ? nullptr : k8s::member(*live, key);
    const bool unchanged = old != nullptr && *old == value;
    if (inner != nullptr && key != "metadata" && !unchanged) {
      check_value(*inner, value, old, {nullptr, key, 0}, causes);
    }
  }
  for (const auto& name : schema.required) {
    if (!next.contains(name)) {
      causes.push_back({"FieldValueRequired", "Required value", name});
    }
  }
  check_scale(next, causes);
  if (causes.size() > before) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: null: some validation rules were not checked because the "
                      "object was invalid; correct the existing errors to complete validation",
                      "<nil>"});
    return;
  }
  const bool same_spec =
      live != nullptr && live->value("spec", json()) == next.value("spec", json());
  if (!same_spec) {
    check_rules(schema, next, live, {}, causes);
  }
}

}  // namespace btc::sim
