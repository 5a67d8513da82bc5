#pragma once

#include "test/sim/cluster/resource_type.hpp"
#include "test/sim/cluster/store.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// All that is the same in every run: resources, schemas, and the objects that a new cluster has.
/// Immutable; read once and shared by every cluster.
class cluster_model {
 public:
  /// From the repository's deploy/crd.yaml and deploy/rbac.yaml. Throws std::runtime_error naming
  /// the file and what is wrong with it.
  static std::shared_ptr<const cluster_model> load(const std::filesystem::path& repository);
  /// The same with a definition that is older than the controller: of spec it knows the fields and
  /// their types, and what may not change, but no bounds, words, patterns and rules.
  static std::shared_ptr<const cluster_model> load_lenient(const std::filesystem::path& repository);

  /// From the texts of both files.
  cluster_model(const std::string& crd_yaml, const std::string& rbac_yaml);
  /// From a definition as it is in the API.
  cluster_model(json definition, const std::string& rbac_yaml);

  [[nodiscard]] const std::vector<resource_type>& types() const noexcept { return types_; }
  [[nodiscard]] const resource_type& type(type_id id) const noexcept {
    return types_[index_of(id)];
  }
  /// By group, version and plural; null when there is none.
  [[nodiscard]] const resource_type* find(std::string_view group,
                                          std::string_view version,
                                          std::string_view plural) const noexcept;
  /// By apiVersion and kind, as owner references name it; null when there is none.
  [[nodiscard]] const resource_type* find_kind(std::string_view api_version,
                                               std::string_view kind) const noexcept;
  /// deploy/crd.yaml as JSON.
  [[nodiscard]] const json& definition() const noexcept { return definition_; }
  /// What is there before anybody writes: namespaces, nodes, the CustomResourceDefinition, the
  /// controller's account and rights.
  [[nodiscard]] const std::array<object_map, type_count>& initial() const noexcept {
    return initial_;
  }
  [[nodiscard]] std::uint64_t initial_version() const noexcept { return version_; }

 private:
  void add(json object);

  std::vector<resource_type> types_{};
  json definition_{};
  std::array<object_map, type_count> initial_{};
  std::uint64_t version_;
};

}  // namespace btc::sim
