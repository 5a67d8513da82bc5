#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::bitcoin {

/// Connections that bitcoind opens for the entries of its addnode list; the list may be longer, the
/// rest is never connected (Bitcoin Core, src/net.h: MAX_ADDNODE_CONNECTIONS).
inline constexpr std::size_t added_connections_max = 8;

/// The largest network in which each can be connected with each: a node adds 8 and is added by 8.
inline constexpr std::int32_t mesh_nodes_max =
    2 * static_cast<std::int32_t>(added_connections_max) + 1;

/// spec.topology.
enum class topology : std::uint8_t {
  automatic,  ///< "auto": a mesh up to `mesh_nodes_max` nodes, sparser above
  mesh,       ///< each with each; refused above `mesh_nodes_max` nodes
  ring,       ///< each with the next
  none,       ///< the controller connects nobody, and cuts what it connected before
};

/// nullopt for a word that the CRD does not know.
[[nodiscard]] std::optional<topology> parse_topology(std::string_view word) noexcept;

/// Why `nodes` nodes cannot be connected so, as a rule that tells what to do; empty when they can.
///
/// A mesh above 17 nodes is refused instead of quietly thinned out: who asks for each with each and
/// gets less would look for the fault in Bitcoin Core. `auto` is the one that adapts.
[[nodiscard]] std::string topology_problem(topology shape, std::int32_t nodes);

/// How many nodes add one and the same node, at the most.
[[nodiscard]] std::int32_t adders_max(topology shape, std::int32_t nodes);

/// The ordinals that node `ordinal` of `nodes` adds, ascending, at most `added_connections_max`.
///
/// A circulant graph, oriented: addnode ignores an inbound connection of the same peer (its port is
/// another), so an entry on both sides would be two connections. Node i adds i + d (mod nodes) for
/// each offset d; where d is exactly half the way round, only the lower half adds. Offsets are
/// 1 … ⌊(nodes - 1) / 2⌋ while that is a full mesh, else the powers of two up to 128: each node
/// then has at most 16 neighbours, and a block needs a logarithmic number of hops.
///
/// Empty for an ordinal out of range. A mesh that topology_problem() refuses gets what auto gives.
[[nodiscard]] std::vector<std::int32_t> added_by(topology shape,
                                                 std::int32_t nodes,
                                                 std::int32_t ordinal);

}  // namespace btc::bitcoin
