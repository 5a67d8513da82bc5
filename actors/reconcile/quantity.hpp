#pragma once

#include <string_view>

namespace btc::reconcile {

/// True when both are Kubernetes quantities that the API server stores as the same ("0.5Gi" and
/// "512Mi", "100u" and "1m"); false also when one is no quantity.
[[nodiscard]] bool same_quantity(std::string_view a, std::string_view b) noexcept;

}  // namespace btc::reconcile
