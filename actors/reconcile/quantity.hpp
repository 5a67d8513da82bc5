#pragma once

#include <string_view>

namespace btc::reconcile {

/// True when both are Kubernetes quantities of equal value ("0.5Gi" and "512Mi"); false also when
/// one is no quantity.
[[nodiscard]] bool same_quantity(std::string_view a, std::string_view b) noexcept;

}  // namespace btc::reconcile
