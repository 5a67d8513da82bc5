#pragma once

#include "test/sim/cluster/rules.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// One node of a structural schema, compiled: types, limits, defaults, and how lists and maps
/// merge.
///
/// Sources: Kubernetes, "CustomResourceDefinition: specifying a structural schema", and
/// "Server-Side Apply: merge strategy" (x-kubernetes-list-type and so on).
struct schema_node {
  enum class value_type : std::uint8_t { any, object, array, string, integer, number, boolean };
  enum class list_kind : std::uint8_t { atomic, set, map };

  value_type type{value_type::any};
  bool int_or_string{false};
  bool preserve_unknown{false};
  bool nullable{false};
  list_kind list{list_kind::atomic};
  bool atomic_map{false};                ///< x-kubernetes-map-type: atomic
  std::vector<std::string> list_keys{};  ///< x-kubernetes-list-map-keys
  /// What the server takes for a key that an entry lacks (protocol: TCP), by key.
  std::map<std::string, std::string, std::less<>> key_defaults{};
  std::string merge_key{};  ///< x-kubernetes-patch-merge-key: strategic merge patch
  bool merge_lists{false};  ///< x-kubernetes-patch-strategy: merge
  std::map<std::string, std::shared_ptr<const schema_node>, std::less<>> properties{};
  std::shared_ptr<const schema_node> additional{};  ///< additionalProperties
  std::shared_ptr<const schema_node> items{};
  std::vector<std::string> required{};
  std::vector<nlohmann::json> allowed{};  ///< enum
  nlohmann::json fallback{};              ///< default; null when there is none
  std::optional<std::int64_t> minimum{};
  std::optional<std::int64_t> maximum{};
  std::optional<std::size_t> min_length{};
  std::optional<std::size_t> max_length{};
  std::optional<std::size_t> max_items{};
  std::optional<std::size_t> max_properties{};
  std::string format{};
  std::string pattern_text{};
  std::shared_ptr<const std::regex> pattern{};
  std::vector<compiled_rule> rules{};  ///< x-kubernetes-validations
  bool has_defaults_below{false};
  bool has_rules_below{false};

  /// The schema of a member, or nullptr when nothing is known about it.
  [[nodiscard]] const schema_node* member(std::string_view key) const;
};

/// Compiles an openAPIV3Schema; throws std::runtime_error naming what it does not know.
[[nodiscard]] std::shared_ptr<const schema_node> compile_schema(const nlohmann::json& openapi);

/// Sets what is absent and has a default, from the outside in.
void apply_schema_defaults(const schema_node& schema, nlohmann::json& value);

/// Drops what the schema does not know, and tells the paths ("spec.nods") of it.
void prune(const schema_node& schema, nlohmann::json& value, std::vector<std::string>& dropped);

}  // namespace btc::sim
