#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/store.hpp"

#include <string>
#include <string_view>

namespace btc::sim {

/// What somebody wants to do, as RBAC sees it.
struct access {
  std::string_view verb{};
  std::string_view group{};
  std::string_view resource{};     ///< plural
  std::string_view subresource{};  ///< empty for the object itself
  std::string_view ns{};           ///< empty: the cluster scope
  std::string_view name{};
};

/// RBAC over the roles and bindings in the store; the group system:masters may do everything.
[[nodiscard]] bool allowed(const store& objects, const caller& who, const access& what);

/// The sentence of a refusal: `User "x" cannot list resource "pods" in API group "" …`.
[[nodiscard]] std::string why_forbidden(const caller& who, const access& what);

}  // namespace btc::sim
