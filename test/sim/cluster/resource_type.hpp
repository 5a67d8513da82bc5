#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

struct schema_node;

/// The resources of the cluster; also their index in cluster_model::types().
enum class type_id : std::uint8_t {
  namespaces,
  nodes,
  persistent_volumes,
  custom_resource_definitions,
  cluster_roles,
  cluster_role_bindings,
  pods,
  services,
  secrets,
  config_maps,
  events,
  service_accounts,
  persistent_volume_claims,
  endpoints,
  stateful_sets,
  controller_revisions,
  deployments,
  replica_sets,
  daemon_sets,
  leases,
  roles,
  role_bindings,
  pod_disruption_budgets,
  network_policies,
  bitcoin_networks,
};

inline constexpr std::size_t type_count = 25;

[[nodiscard]] constexpr std::size_t index_of(type_id id) noexcept {
  return static_cast<std::size_t>(id);
}

/// What the API server knows about one resource. Immutable.
struct resource_type {
  type_id id{};
  std::string group{};
  std::string version{};
  std::string plural{};
  std::string singular{};
  std::string kind{};
  bool namespaced{true};
  std::vector<std::string> short_names{};
  std::vector<std::string> categories{};
  bool status{false};       ///< has /status, and writes to the object leave the status alone
  bool scale{false};        ///< has /scale
  bool generations{false};  ///< metadata.generation counts changes of the spec
  bool custom{false};       ///< comes from a CustomResourceDefinition
  /// Field types, list and map kinds; null when nothing is known about the resource's fields.
  std::shared_ptr<const schema_node> schema{};

  [[nodiscard]] std::string api_version() const {
    return group.empty() ? version : group + '/' + version;
  }
  /// "statefulsets.apps", or "pods": how messages name the resource.
  [[nodiscard]] std::string group_resource() const {
    return group.empty() ? plural : plural + '.' + group;
  }
};

/// The built-in resources, in the order of type_id, without BitcoinNetwork.
[[nodiscard]] std::vector<resource_type> builtin_types();

}  // namespace btc::sim
