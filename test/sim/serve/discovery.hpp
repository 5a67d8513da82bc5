#pragma once

#include "test/sim/cluster/resource_type.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace btc::sim {

/// What kubectl asks a server for before it asks for objects. Values only; the resources are those
/// of the cluster, and the reviews of authentication and authorization, which store nothing.
///
/// Source: Kubernetes, "The Kubernetes API: discovery"; KEP-3352 (aggregated discovery).
class discovery {
 public:
  explicit discovery(const std::vector<resource_type>& types);

  /// The document at `path` ("/api", "/apis", "/apis/apps", "/apis/apps/v1", "/api/v1",
  /// "/version"), or nothing when the path is none of discovery. With `aggregated`, /api and /apis
  /// answer with everything at once.
  [[nodiscard]] std::optional<nlohmann::json> find(std::string_view path, bool aggregated) const;

 private:
  struct group;
  [[nodiscard]] nlohmann::json group_document(const group& g) const;
  [[nodiscard]] nlohmann::json resource_list(const group& g) const;
  [[nodiscard]] nlohmann::json aggregate(bool core) const;

  /// One group with its one version; kubectl needs no group with several.
  struct group {
    std::string name{};
    std::string version{};
    std::vector<resource_type> types{};
  };
  std::vector<group> groups_{};
};

}  // namespace btc::sim
