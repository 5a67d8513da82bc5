#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

struct schema_node;

// Sets of fields in the notation of managedFields ("FieldsV1"): {"f:spec": {"f:nodes": {}}}. A node
// without children is a member of the set; one with children is a member when it has ".". Path
// elements: "f:name" of an object, "k:{…}" of a list with keys, "v:…" of a set. Sources:
// structured-merge-diff, fieldpath and typed.

[[nodiscard]] bool is_member(const nlohmann::json& node);
/// a := a ∪ b.
void add_fields(nlohmann::json& a, const nlohmann::json& b);
/// a := a \ b.
void remove_fields(nlohmann::json& a, const nlohmann::json& b);
[[nodiscard]] nlohmann::json common_fields(const nlohmann::json& a, const nlohmann::json& b);
/// The members as paths, ".spec.ports[port=1,protocol=\"TCP\"].name".
[[nodiscard]] std::vector<std::string> paths_of(const nlohmann::json& set);

/// The set of fields that a configuration sets.
[[nodiscard]] nlohmann::json fields_of(const schema_node* schema, const nlohmann::json& value);

/// How an object changed; each is a set.
struct field_changes {
  nlohmann::json added = nlohmann::json::object();
  nlohmann::json modified = nlohmann::json::object();
  nlohmann::json removed = nlohmann::json::object();
};

[[nodiscard]] field_changes compare_fields(const schema_node* schema,
                                           const nlohmann::json& before,
                                           const nlohmann::json& after);

/// Takes out what belongs to nobody: kind, names, and what the server keeps in the metadata.
void drop_unowned(nlohmann::json& set);

/// The path element of a list entry: "k:{…}" or "v:…"; empty when the list is owned as a whole.
[[nodiscard]] std::string element_key(const schema_node& list, const nlohmann::json& element);
/// True when the list's entries are told apart, and owned one by one.
[[nodiscard]] bool has_elements(const schema_node* list) noexcept;

}  // namespace btc::sim
