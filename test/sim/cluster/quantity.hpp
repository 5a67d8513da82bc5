#pragma once

#include <optional>
#include <string_view>

namespace btc::sim {

/// The number that a Kubernetes quantity stands for ("1.5Gi", "100m", "1e3"); nothing when `text`
/// is no quantity. Source: apimachinery, pkg/api/resource.
[[nodiscard]] std::optional<long double> quantity(std::string_view text) noexcept;

}  // namespace btc::sim
