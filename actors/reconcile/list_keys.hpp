#pragma once

#include "k8s/json_view.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace btc::reconcile {

// How the API server merges what we write: the x-kubernetes-list-map-keys, -list-type and -map-type
// of the Kubernetes OpenAPI document, for the fields that we set.

/// What tells `element` apart in the list `list` ("bitcoind" in containers, "zone DoNotSchedule" in
/// topologySpreadConstraints); empty when the list has no keys and is one value as a whole.
[[nodiscard]] std::string identity_of(std::string_view list, k8s::json_view element);
[[nodiscard]] std::string identity_of(std::string_view list, const nlohmann::json& element);

/// The element of `elements` with that identity; absent or nullptr when there is none.
[[nodiscard]] k8s::json_view find_element(std::string_view list,
                                          k8s::json_view elements,
                                          std::string_view identity);
[[nodiscard]] const nlohmann::json* find_element(std::string_view list,
                                                 const nlohmann::json& elements,
                                                 std::string_view identity);

/// True for an object that is one value as a whole: who owns it owns every member, the ones that
/// somebody else added included.
[[nodiscard]] bool is_atomic_object(std::string_view field) noexcept;

}  // namespace btc::reconcile
