#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace btc::reconcile {

/// One field that we own and that is not as we want it.
struct field_difference {
  std::string path{};      ///< "spec.template.spec.containers[bitcoind].image"
  std::string observed{};  ///< as JSON, shortened; "absent" when the field is missing
  std::string desired{};

  friend bool operator==(const field_difference&, const field_difference&) = default;
};

/// Fields of `desired` that `observed` lacks or has with another value; what `observed` has beyond
/// `desired` (server defaults, other managers' fields) is no difference.
///
/// Lists follow server-side apply: those with a merge key in the Kubernetes API (containers, ports,
/// volumes, …) are compared entry by entry under that key, others as a whole. Quantities compare by
/// value, because the API server rewrites them ("1000m" becomes "1").
[[nodiscard]] std::vector<field_difference> differing_fields(const nlohmann::json& desired,
                                                             const nlohmann::json& observed,
                                                             std::string_view path);

/// "spec.replicas 7 → 3, spec.template… a → b", at most `shown_max` of them and the count of the
/// rest.
[[nodiscard]] std::string describe(const std::vector<field_difference>& differences,
                                   std::size_t shown_max = 4);

}  // namespace btc::reconcile
