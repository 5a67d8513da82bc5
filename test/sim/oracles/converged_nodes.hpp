#pragma once

#include "test/sim/world/observer.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace btc::sim {

/// Nothing when the pods, bitcoinds and the status of a network with a valid spec are as they
/// should be in the end: all pods ready and of one revision, each node connected to whom the
/// topology says and to nobody else, with the credentials of today, and a status that tells the
/// truth of all that. Otherwise what is missing first.
[[nodiscard]] std::optional<std::string> why_nodes_differ(const world_view& v,
                                                          const nlohmann::json& network);

/// True when the pods of a network can run at all.
[[nodiscard]] bool can_run(const nlohmann::json& network);

/// The ordinals that node `ordinal` of `nodes` should have on its addnode list: docs/crd.md in code
/// of its own, so that product and oracle do not share a mistake.
[[nodiscard]] bool should_add(const std::string& topology,
                              std::int64_t nodes,
                              std::int64_t from,
                              std::int64_t to);

}  // namespace btc::sim
