#pragma once

#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/observed.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace btc::reconcile {

/// What this life of the node's bitcoind was last heard to say; nullptr while there is nothing.
[[nodiscard]] const bitcoin::node_report* last_word_of(const observed& o, const node& n);

/// The nodes as the status shows them, in the order given. What a node says of itself comes from
/// the last report, or from the status before while there is none yet.
[[nodiscard]] std::vector<k8s::node_status> describe_nodes(const observed& o,
                                                           const std::vector<node>& nodes);

/// Connections between the nodes: each is seen from both ends. Nothing while no node was heard.
[[nodiscard]] std::optional<std::int32_t> connections(const std::vector<k8s::node_status>& nodes);

}  // namespace btc::reconcile
