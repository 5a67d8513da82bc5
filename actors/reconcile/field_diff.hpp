#pragma once

#include "k8s/json_view.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace btc::reconcile {

/// One field that we own and that is not as we want it.
struct field_difference {
  std::string path{};      ///< "spec.template.spec.containers[bitcoind].image"
  std::string observed{};  ///< as JSON, shortened; "absent" when the field is missing
  std::string desired{};   ///< "absent" when an atomic value of ours has a member that we never set

  friend bool operator==(const field_difference&, const field_difference&) = default;
};

/// Fields of `desired` that `observed` lacks or has with another value; what `observed` has beyond
/// `desired` (server defaults, other managers' fields) is no difference.
///
/// Lists and objects follow server-side apply: those with merge keys (containers, ports, …) are
/// compared entry by entry, atomic ones (tolerations, a selector, …) as a whole. What the API
/// server writes in its own way is equal: quantities ("1000m" is "1"), and empty values, which it
/// drops.
[[nodiscard]] std::vector<field_difference> differing_fields(const nlohmann::json& desired,
                                                             k8s::json_view observed,
                                                             std::string_view path);
[[nodiscard]] std::vector<field_difference> differing_fields(const nlohmann::json& desired,
                                                             const nlohmann::json& observed,
                                                             std::string_view path);

/// "spec.replicas 7 → 3, spec.template… a → b", at most `shown_max` of them and the count of the
/// rest.
[[nodiscard]] std::string describe(const std::vector<field_difference>& differences,
                                   std::size_t shown_max = 4);

}  // namespace btc::reconcile
