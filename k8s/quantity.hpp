#pragma once

#include <optional>
#include <string_view>

namespace btc::k8s {

/// True when both are Kubernetes quantities that the API server stores as the same ("0.5Gi" and
/// "512Mi", "100u" and "1m"); false also when one is no quantity.
[[nodiscard]] bool same_quantity(std::string_view a, std::string_view b) noexcept;

/// The number that a quantity stands for ("1.5Gi" is 1610612736, "100m" is 0.1); nothing when
/// `text` is no quantity. 53 bits exact, enough for sizes.
[[nodiscard]] std::optional<double> quantity_value(std::string_view text) noexcept;

}  // namespace btc::k8s
