#pragma once

#include "test/sim/world/observer.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace btc::sim {

/// Everything is as wished: each network's children and status follow from its spec, what belongs
/// to no network is gone. Otherwise, what is missing (Anvil's "eventually stable reconciliation",
/// OSDI 2024, as a predicate on one state).
///
/// Written against the documents and docs/crd.md, not against the controller's own manifests: only
/// whether a spec is valid is asked of the product, whose rules have tables of their own.
[[nodiscard]] std::optional<std::string> why_not_converged(const world_view& v);

/// The final state without what may differ between two runs with the same wishes: uids, versions,
/// times, addresses, generated passwords. Two runs that end with the same specs end with the same
/// text.
[[nodiscard]] std::string canonical_state(const cluster& c);

/// The specs and Secrets of users in the final state: what canonical_state() is a function of.
[[nodiscard]] nlohmann::json final_wishes(const cluster& c);

}  // namespace btc::sim
