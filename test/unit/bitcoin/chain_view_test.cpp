#include "actors/bitcoin/chain_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace btc::bitcoin {
namespace {

using testing::HasSubstr;
using truth = finding::truth;

[[nodiscard]] std::string hash(std::int64_t height, char branch = 'a') {
  return std::string(60, branch) + "00" + std::to_string(10 + height);
}

[[nodiscard]] node_answer answer_at(std::int64_t height, char branch = 'a') {
  return {.chain = {"regtest", height, hash(height, branch)},
          .network = {.connections = 2},
          .neighbours_connected = 1,
          .neighbours_wanted = 1};
}

/// A ready node that says so.
[[nodiscard]] node_view saying(std::int32_t ordinal, node_answer answer) {
  return {.ordinal = ordinal,
          .ready = true,
          .answer = std::make_shared<const node_answer>(std::move(answer))};
}

/// A ready node at `height` on branch `branch`.
[[nodiscard]] node_view node(std::int32_t ordinal, std::int64_t height, char branch = 'a') {
  return saying(ordinal, answer_at(height, branch));
}

[[nodiscard]] node_view unready(std::int32_t ordinal) {
  return {.ordinal = ordinal};
}

[[nodiscard]] node_view silent(std::int32_t ordinal, std::string trouble = "") {
  return {.ordinal = ordinal, .ready = true, .trouble = std::move(trouble)};
}

[[nodiscard]] node_view lacking(std::int32_t ordinal) {
  auto answer = answer_at(5);
  answer.neighbours_connected = 0;
  return saying(ordinal, std::move(answer));
}

/// Asked when the spec wanted others.
[[nodiscard]] node_view outdated(std::int32_t ordinal) {
  auto n = lacking(ordinal);
  n.outdated = true;
  return n;
}

[[nodiscard]] node_view stranger(std::int32_t ordinal, std::int64_t height) {
  auto answer = answer_at(height);
  answer.chain.chain = "main";
  return saying(ordinal, std::move(answer));
}

[[nodiscard]] chain_input network(std::vector<node_view> nodes) {
  const auto wanted = static_cast<std::int32_t>(nodes.size());
  return {.chain = "regtest", .nodes_wanted = wanted, .nodes = std::move(nodes)};
}

[[nodiscard]] chain_input with_parent(chain_input input, std::string block, std::string parent) {
  input.known_parent = {std::move(block), std::move(parent)};
  return input;
}

struct view_case {
  const char* name;
  chain_input input;
  truth is;
  const char* reason;
  const char* message;
};

class ChainConverged : public testing::TestWithParam<view_case> {};

TEST_P(ChainConverged, Is) {
  const auto found = view_chain(GetParam().input).chain_converged;
  EXPECT_EQ(found.is, GetParam().is);
  EXPECT_EQ(found.reason, GetParam().reason) << found.message;
  EXPECT_THAT(found.message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ChainConverged,
    testing::Values(
        view_case{"NoNodesWanted", network({}), truth::yes, "NothingToCompare", ""},
        view_case{"NoneReady", network({unready(0), unready(1)}), truth::no, "NodesNotReady", ""},
        view_case{"OneNode", network({node(0, 0)}), truth::yes, "SameTip", "height 0"},
        view_case{"AllAtTheTip",
                  network({node(0, 5), node(1, 5), node(2, 5)}),
                  truth::yes,
                  "SameTip",
                  "height 5, block …aaaaaaaa0015"},
        view_case{"UnreadyOnesDoNotCount",
                  network({node(0, 5), unready(1), node(2, 5)}),
                  truth::yes,
                  "SameTip",
                  "height 5"},
        view_case{"OneBehind",
                  network({node(0, 5), node(1, 4), node(2, 5)}),
                  truth::yes,
                  "SameTip",
                  "height 5"},
        view_case{"OneBehindOnTheTipsBranch",
                  with_parent(network({node(0, 5), node(1, 4)}), hash(5), hash(4)),
                  truth::yes,
                  "SameTip",
                  ""},
        view_case{"OneBehindOnAnotherBranch",
                  with_parent(network({node(0, 5), node(1, 4, 'b')}), hash(5), hash(4)),
                  truth::no,
                  "Forked",
                  "node 1 disagrees with node 0 at height 5"},
        view_case{"ParentOfAnotherTipSaysNothing",
                  with_parent(network({node(0, 5), node(1, 4, 'b')}), hash(6), hash(4)),
                  truth::yes,
                  "SameTip",
                  ""},
        view_case{"TwoBranchesOneBehind",
                  network({node(0, 5), node(1, 4), node(2, 4, 'b')}),
                  truth::no,
                  "Forked",
                  "node 2"},
        view_case{"TwoTips",
                  network({node(0, 5), node(1, 5, 'b')}),
                  truth::no,
                  "Forked",
                  "node 1 disagrees with node 0"},
        view_case{"TwoBehind",
                  network({node(0, 5), node(1, 3), node(2, 0)}),
                  truth::no,
                  "Behind",
                  "nodes 1 and 2 lack two blocks or more of height 5"},
        view_case{"ForkedBeforeBehind",
                  network({node(0, 5), node(1, 5, 'b'), node(2, 0)}),
                  truth::no,
                  "Forked",
                  ""},
        view_case{"WrongChain",
                  network({node(0, 5), stranger(1, 900'000)}),
                  truth::no,
                  "WrongChain",
                  "node 1 follows main instead of regtest"},
        view_case{"AllOnTheWrongChain",
                  network({stranger(0, 1), stranger(1, 1)}),
                  truth::no,
                  "WrongChain",
                  "nodes 0 and 1 follow main"},
        view_case{"SilentNode",
                  network({node(0, 5), silent(1, "warming up")}),
                  truth::unknown,
                  "NoAnswer",
                  "node 1 does not answer (warming up)"},
        view_case{"ManySilentNodes",
                  network({silent(0), silent(1), silent(2), silent(3), silent(4)}),
                  truth::unknown,
                  "NoAnswer",
                  "nodes 0, 1, 2 and 2 more do not answer"}),
    [](const auto& row) { return row.param.name; });

class PeersConnected : public testing::TestWithParam<view_case> {};

TEST_P(PeersConnected, Is) {
  const auto found = view_chain(GetParam().input).peers_connected;
  EXPECT_EQ(found.is, GetParam().is);
  EXPECT_EQ(found.reason, GetParam().reason) << found.message;
  EXPECT_THAT(found.message, HasSubstr(GetParam().message));
}

[[nodiscard]] chain_input without_topology(chain_input input) {
  input.connects = false;
  return input;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PeersConnected,
    testing::Values(
        view_case{"NoNodes", network({}), truth::yes, "NothingToConnect", "no two nodes"},
        view_case{"OneNode", network({node(0, 0)}), truth::yes, "NothingToConnect", "no two nodes"},
        view_case{"OneUnreadyNode", network({unready(0)}), truth::yes, "NothingToConnect", ""},
        view_case{"NoTopology",
                  without_topology(network({lacking(0), silent(1)})),
                  truth::yes,
                  "NothingToConnect",
                  "spec.topology"},
        view_case{"AllConnected",
                  network({node(0, 1), node(1, 7)}),
                  truth::yes,
                  "AllConnected",
                  "2 of 2 connections stand"},
        view_case{"OneLacks",
                  network({node(0, 1), lacking(1), node(2, 1)}),
                  truth::no,
                  "PeersMissing",
                  "2 of 3 connections stand; waiting for node 1"},
        view_case{"OneUnready",
                  network({node(0, 1), unready(1), node(2, 1)}),
                  truth::no,
                  "NodesNotReady",
                  "2 of 3 nodes are ready"},
        view_case{"OneSilent", network({node(0, 1), silent(1)}), truth::unknown, "NoAnswer", ""},
        view_case{"OneNotAskedSinceTheSpecChanged",
                  network({node(0, 1), outdated(1)}),
                  truth::unknown,
                  "Checking",
                  "have not been asked"},
        view_case{"SilentBeforeNotAsked",
                  network({outdated(0), silent(1)}),
                  truth::unknown,
                  "NoAnswer",
                  ""},
        view_case{"OnlyOneIsWanted",
                  {.chain = "regtest", .nodes_wanted = 1, .nodes = {outdated(0)}},
                  truth::yes,
                  "NothingToConnect",
                  ""},
        view_case{"PodsNotMadeYet",
                  {.chain = "regtest", .nodes_wanted = 3, .nodes = {node(0, 1)}},
                  truth::no,
                  "NodesNotReady",
                  "1 of 3"},
        view_case{
            "MoreThanWantedWhileScalingDown",
            {.chain = "regtest", .nodes_wanted = 2, .nodes = {node(0, 1), node(1, 1), node(2, 1)}},
            truth::yes,
            "AllConnected",
            ""}),
    [](const auto& row) { return row.param.name; });

TEST(ChainView, HeightIsThatOfTheHighestReadyNodeOfTheChain) {
  auto hidden = node(3, 99);
  hidden.ready = false;
  const auto view = view_chain(network({node(0, 4), node(1, 7), stranger(2, 50), hidden}));
  EXPECT_EQ(view.height, 7);
  EXPECT_EQ(view.tip_hash, hash(7));
}

TEST(ChainView, HasNoHeightWhileNobodyAnswered) {
  EXPECT_EQ(view_chain(network({})).height, std::nullopt);
  EXPECT_EQ(view_chain(network({silent(0), unready(1)})).height, std::nullopt);
  EXPECT_EQ(view_chain(network({stranger(0, 5)})).height, std::nullopt);
}

TEST(ChainView, KeepsItsHeightWhileOneNodeIsSilent) {
  EXPECT_EQ(view_chain(network({node(0, 5), silent(1)})).height, 5);
}

TEST(ChainView, AsksForTheParentOnlyWhileItMatters) {
  EXPECT_EQ(view_chain(network({node(0, 4), node(1, 5)})).ask_for_parent, 1);
  EXPECT_EQ(view_chain(network({node(0, 5), node(1, 5)})).ask_for_parent, std::nullopt);
  EXPECT_EQ(view_chain(network({node(0, 5), node(1, 2)})).ask_for_parent, std::nullopt);
  EXPECT_EQ(
      view_chain(with_parent(network({node(0, 4), node(1, 5)}), hash(5), hash(4))).ask_for_parent,
      std::nullopt);
  EXPECT_EQ(
      view_chain(with_parent(network({node(0, 4), node(1, 5)}), hash(4), hash(3))).ask_for_parent,
      1);
}

TEST(ChainView, KnowsTheReasonsForWhichNoNodeIsAsked) {
  for (const auto& found : {peers_without_asking(false, 3, 3),
                            peers_without_asking(true, 1, 1),
                            peers_without_asking(true, 3, 2),
                            chain_without_asking(0, 0),
                            chain_without_asking(1, 0),
                            std::optional{checking()}}) {
    EXPECT_TRUE(is_said_without_asking(found.value().reason)) << found.value().reason;
  }
  for (const auto* reason : {"AllConnected", "PeersMissing", "NoAnswer", "SameTip", "Behind", ""}) {
    EXPECT_FALSE(is_said_without_asking(reason)) << reason;
  }
}

}  // namespace
}  // namespace btc::bitcoin
