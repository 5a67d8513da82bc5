#include "actors/bitcoin/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace btc::bitcoin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// As many as a network may have (k8s::nodes_max).
constexpr std::int32_t nodes_tested = 500;

struct graph {
  std::vector<std::vector<std::int32_t>> neighbours{};
  std::size_t out_degree_max{0};
  std::size_t added{0};  ///< entries of all addnode lists
  std::set<std::pair<std::int32_t, std::int32_t>> edges{};
};

[[nodiscard]] graph graph_of(topology shape, std::int32_t nodes) {
  graph g;
  g.neighbours.resize(static_cast<std::size_t>(nodes));
  for (std::int32_t from = 0; from < nodes; ++from) {
    const auto targets = added_by(shape, nodes, from);
    g.out_degree_max = std::max(g.out_degree_max, targets.size());
    g.added += targets.size();
    for (const auto to : targets) {
      g.edges.emplace(std::min(from, to), std::max(from, to));
      g.neighbours[static_cast<std::size_t>(from)].push_back(to);
      g.neighbours[static_cast<std::size_t>(to)].push_back(from);
    }
  }
  return g;
}

/// Hops to the farthest node from node 0, which for a circulant graph is the diameter (every node
/// sees the same graph); -1 when some cannot be reached.
[[nodiscard]] int eccentricity(const graph& g, std::size_t start = 0) {
  std::vector<int> hops(g.neighbours.size(), -1);
  std::vector<std::size_t> queue{start};
  hops[start] = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const auto next : g.neighbours[queue[i]]) {
      const auto at = static_cast<std::size_t>(next);
      if (hops[at] < 0) {
        hops[at] = hops[queue[i]] + 1;
        queue.push_back(at);
      }
    }
  }
  return queue.size() == hops.size() ? hops[queue.back()] : -1;
}

[[nodiscard]] std::string name_of(topology shape) {
  constexpr std::array<const char*, 4> names{"Auto", "Mesh", "Ring", "None"};
  return names.at(static_cast<std::size_t>(shape));
}

class EveryShape : public testing::TestWithParam<topology> {};

TEST_P(EveryShape, HasEachEdgeOnceAndWithinTheLimitOfAddedConnections) {
  for (std::int32_t nodes = 1; nodes <= nodes_tested; ++nodes) {
    const auto g = graph_of(GetParam(), nodes);
    ASSERT_EQ(g.added, g.edges.size()) << nodes << " nodes: an edge is added twice";
    ASSERT_LE(g.out_degree_max, added_connections_max) << nodes << " nodes";
    for (const auto& [low, high] : g.edges) {
      ASSERT_TRUE(low >= 0 && low < high && high < nodes) << low << "-" << high << " of " << nodes;
    }
  }
}

TEST_P(EveryShape, IsAscending) {
  for (const std::int32_t nodes : {2, 7, 16, 17, 18, 256, 500}) {
    for (std::int32_t i = 0; i < nodes; ++i) {
      const auto added = added_by(GetParam(), nodes, i);
      ASSERT_TRUE(std::is_sorted(added.begin(), added.end())) << i << " of " << nodes;
    }
  }
}

TEST_P(EveryShape, IsEmptyForANodeThatIsNotThere) {
  for (const std::int32_t nodes : {-1, 0, 1, 5}) {
    EXPECT_THAT(added_by(GetParam(), nodes, -1), IsEmpty());
    EXPECT_THAT(added_by(GetParam(), nodes, std::max(nodes, 0)), IsEmpty());
  }
  EXPECT_THAT(added_by(GetParam(), 1, 0), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    EveryShape,
    testing::Values(topology::automatic, topology::mesh, topology::ring, topology::none),
    [](const auto& row) { return name_of(row.param); });

TEST(Topology, AutoConnectsEachWithEachUpToSeventeenNodes) {
  for (std::int32_t nodes = 1; nodes <= mesh_nodes_max; ++nodes) {
    const auto pairs = static_cast<std::size_t>(nodes * (nodes - 1) / 2);
    EXPECT_EQ(graph_of(topology::automatic, nodes).edges.size(), pairs) << nodes;
    EXPECT_EQ(graph_of(topology::mesh, nodes).edges.size(), pairs) << nodes;
  }
}

TEST(Topology, AutoIsConnectedInAtMostFiveHops) {
  int most = 0;
  for (std::int32_t nodes = 1; nodes <= nodes_tested; ++nodes) {
    const auto hops = eccentricity(graph_of(topology::automatic, nodes));
    ASSERT_GE(hops, 0) << nodes << " nodes are not connected";
    ASSERT_LE(hops, 5) << nodes;
    most = std::max(most, hops);
  }
  RecordProperty("hops_max", most);
}

TEST(Topology, AutoLooksTheSameFromEveryNode) {
  for (const std::int32_t nodes : {18, 31, 32, 100, 256, 257}) {
    const auto g = graph_of(topology::automatic, nodes);
    const auto hops = eccentricity(g);
    for (std::size_t i = 0; i < g.neighbours.size(); ++i) {
      ASSERT_EQ(eccentricity(g, i), hops) << i << " of " << nodes;
      ASSERT_EQ(g.neighbours[i].size(), g.neighbours[0].size()) << i << " of " << nodes;
      ASSERT_LE(g.neighbours[i].size(), 2 * added_connections_max);
    }
  }
}

TEST(Topology, AutoSurvivesTheLossOfAnyNode) {
  for (const std::int32_t nodes : {3, 17, 18, 64, 200}) {
    const auto whole = graph_of(topology::automatic, nodes);
    for (std::int32_t lost = 0; lost < nodes; ++lost) {
      auto g = whole;
      const auto at = static_cast<std::size_t>(lost);
      // Without its edges it is the only one that cannot be reached.
      for (auto& list : g.neighbours) {
        std::erase(list, lost);
      }
      g.neighbours[at] = {static_cast<std::int32_t>((at + 1) % g.neighbours.size())};
      ASSERT_GE(eccentricity(g, at), 0) << "without " << lost << " of " << nodes;
    }
  }
}

TEST(Topology, RingIsOneCycle) {
  for (std::int32_t nodes = 3; nodes <= nodes_tested; ++nodes) {
    const auto g = graph_of(topology::ring, nodes);
    ASSERT_EQ(g.edges.size(), static_cast<std::size_t>(nodes));
    ASSERT_EQ(eccentricity(g), nodes / 2);
  }
  EXPECT_THAT(added_by(topology::ring, 2, 0), ElementsAre(1));
  EXPECT_THAT(added_by(topology::ring, 2, 1), IsEmpty());
}

TEST(Topology, NoneConnectsNobody) {
  EXPECT_THAT(graph_of(topology::none, 9).edges, IsEmpty());
}

TEST(Topology, Examples) {
  EXPECT_THAT(added_by(topology::automatic, 3, 0), ElementsAre(1));
  EXPECT_THAT(added_by(topology::automatic, 3, 2), ElementsAre(0));
  EXPECT_THAT(added_by(topology::automatic, 4, 1), ElementsAre(2, 3));
  EXPECT_THAT(added_by(topology::automatic, 4, 3), ElementsAre(0));
  EXPECT_THAT(added_by(topology::automatic, 18, 17), ElementsAre(0, 1, 3, 7));
  EXPECT_THAT(added_by(topology::automatic, 500, 0), ElementsAre(1, 2, 4, 8, 16, 32, 64, 128));
}

TEST(Topology, RefusesAMeshThatBitcoindWouldNotConnect) {
  EXPECT_THAT(topology_problem(topology::mesh, 17), IsEmpty());
  EXPECT_THAT(topology_problem(topology::mesh, 18), HasSubstr("at most 17 nodes, because"));
  for (const auto shape : {topology::automatic, topology::ring, topology::none}) {
    EXPECT_THAT(topology_problem(shape, nodes_tested), IsEmpty());
  }
  EXPECT_EQ(added_by(topology::mesh, 18, 4), added_by(topology::automatic, 18, 4));
}

TEST(Topology, ReadsTheWordsOfTheCrd) {
  EXPECT_EQ(parse_topology("auto"), topology::automatic);
  EXPECT_EQ(parse_topology("mesh"), topology::mesh);
  EXPECT_EQ(parse_topology("ring"), topology::ring);
  EXPECT_EQ(parse_topology("none"), topology::none);
  for (const auto* word : {"", "Auto", "automatic", "star"}) {
    EXPECT_EQ(parse_topology(word), std::nullopt) << word;
  }
}

TEST(Topology, KnowsHowManyNodesAddOne) {
  for (const auto shape : {topology::automatic, topology::ring, topology::none}) {
    for (std::int32_t nodes = 0; nodes <= nodes_tested;
         nodes = nodes < 40 ? nodes + 1 : nodes * 2) {
      std::vector<std::int32_t> adders(static_cast<std::size_t>(nodes) + 1);
      for (std::int32_t from = 0; from < nodes; ++from) {
        for (const auto to : added_by(shape, nodes, from)) {
          ++adders[static_cast<std::size_t>(to)];
        }
      }
      EXPECT_EQ(adders_max(shape, nodes), *std::max_element(adders.begin(), adders.end())) << nodes;
    }
  }
}

}  // namespace
}  // namespace btc::bitcoin
