#include "actors/bitcoin/topology.hpp"

#include <algorithm>

namespace btc::bitcoin {

namespace {

/// Offsets that a node adds, without regard to the half of an even network.
[[nodiscard]] std::vector<std::int32_t> offsets(topology shape, std::int32_t nodes) {
  std::vector<std::int32_t> all;
  const auto half = nodes / 2;
  if (shape == topology::none || half == 0) {
    return all;
  }
  if (shape == topology::ring) {
    return {1};
  }
  if (nodes <= mesh_nodes_max) {
    for (std::int32_t d = 1; d <= half; ++d) {
      all.push_back(d);
    }
    return all;
  }
  for (std::int32_t d = 1; d <= half && all.size() < added_connections_max; d *= 2) {
    all.push_back(d);
  }
  return all;
}

}  // namespace

std::optional<topology> parse_topology(std::string_view word) noexcept {
  if (word == "auto") {
    return topology::automatic;
  }
  if (word == "mesh") {
    return topology::mesh;
  }
  if (word == "ring") {
    return topology::ring;
  }
  if (word == "none") {
    return topology::none;
  }
  return std::nullopt;
}

std::string topology_problem(topology shape, std::int32_t nodes) {
  if (shape != topology::mesh || nodes <= mesh_nodes_max) {
    return {};
  }
  return "a mesh has at most " + std::to_string(mesh_nodes_max)
         + " nodes, because Bitcoin Core keeps " + std::to_string(added_connections_max)
         + " added connections; use auto";
}

std::int32_t adders_max(topology shape, std::int32_t nodes) {
  return static_cast<std::int32_t>(offsets(shape, nodes).size());
}

std::vector<std::int32_t> added_by(topology shape, std::int32_t nodes, std::int32_t ordinal) {
  std::vector<std::int32_t> added;
  if (ordinal < 0 || ordinal >= nodes) {
    return added;
  }
  for (const auto d : offsets(shape, nodes)) {
    if (nodes % 2 == 0 && d == nodes / 2 && ordinal >= d) {
      continue;  // the other end of this edge adds it
    }
    added.push_back((ordinal + d) % nodes);
  }
  std::sort(added.begin(), added.end());
  return added;
}

}  // namespace btc::bitcoin
