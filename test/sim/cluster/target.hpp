#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::sim {

/// A request target taken apart: "/apis/apps/v1/namespaces/a/statefulsets/b/scale?dryRun=All".
struct target {
  std::string group{};  ///< empty for /api/v1
  std::string version{};
  std::string ns{};  ///< empty: cluster scope, or all namespaces
  std::string resource{};
  std::string name{};
  std::string subresource{};
  std::vector<std::pair<std::string, std::string>> query{};

  /// The first value of a query parameter, decoded; empty when absent.
  [[nodiscard]] std::string_view parameter(std::string_view key) const noexcept;
  [[nodiscard]] bool has(std::string_view key) const noexcept;
  /// As the API server reads booleans: "true", "1" and a parameter without a value.
  [[nodiscard]] bool flag(std::string_view key) const noexcept;
};

/// Nothing when the path is none of a resource: the server answers "404 page not found".
[[nodiscard]] std::optional<target> parse_target(std::string_view text);

}  // namespace btc::sim
