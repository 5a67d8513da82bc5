#pragma once

#include "actors/bitcoin/rpc_values.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::bitcoin {

/// What one node said when it was last asked.
struct node_answer {
  blockchain_info chain{};
  network_info network{};
  std::size_t neighbours_connected{0};  ///< of those that the topology has it add
  std::size_t neighbours_wanted{0};

  friend bool operator==(const node_answer&, const node_answer&) = default;
};

struct node_view {
  std::int32_t ordinal{0};
  bool ready{false};
  /// nullptr when it was not asked yet, or not heard of for too long. Shared: a network looks at
  /// all its nodes whenever one has answered.
  std::shared_ptr<const node_answer> answer{};
  std::string trouble{};  ///< why it did not answer, for the message; no credential
  /// Its neighbours were counted when the spec wanted others.
  bool outdated{false};
};

struct chain_input {
  std::string_view chain{};        ///< spec.chain
  std::int32_t nodes_wanted{0};    ///< spec.nodes
  std::vector<node_view> nodes{};  ///< ascending by ordinal
  bool connects{true};             ///< false for topology none
  /// The last answer to chain_view::ask_for_parent; of no effect once the tip is another.
  block_parent known_parent{};
};

/// Status, reason and message of a condition.
struct finding {
  enum class truth : std::uint8_t { yes, no, unknown };
  truth is{truth::unknown};
  std::string reason{};
  std::string message{};

  friend bool operator==(const finding&, const finding&) = default;
};

/// What the nodes amount to.
struct chain_view {
  /// Of the highest ready node that follows the right chain; nothing while none answered.
  std::optional<std::int64_t> height{};
  std::string tip_hash{};  ///< of a node at that height

  /// | PeersConnected | reason           | when                                                  |
  /// |----------------|------------------|-------------------------------------------------------|
  /// | True           | NothingToConnect | at most one node, or topology none                    |
  /// | False          | NodesNotReady    | fewer nodes ready than wanted                         |
  /// | Unknown        | NoAnswer         | a ready node does not answer                          |
  /// | Unknown        | Checking         | a ready node was not asked since the spec changed     |
  /// | False          | PeersMissing     | a node is not connected to all whom it should add     |
  /// | True           | AllConnected     |                                                       |
  finding peers_connected{};

  /// Over the ready nodes, first that applies:
  ///
  /// | ChainConverged | reason           | when                                                  |
  /// |----------------|------------------|-------------------------------------------------------|
  /// | True           | NothingToCompare | no nodes are wanted                                   |
  /// | False          | NodesNotReady    | none is ready                                         |
  /// | Unknown        | NoAnswer         | a ready node does not answer                          |
  /// | False          | WrongChain       | a node follows another chain than spec.chain          |
  /// | False          | Forked           | two tips at one height, or one behind elsewhere       |
  /// | False          | Behind           | a node lacks two blocks or more                       |
  /// | True           | SameTip          | all have it, or lack one block                        |
  finding chain_converged{};

  /// Some nodes lack one block, which is normal for a moment after each. Whether they are on the
  /// tip's branch, `getblockheader <tip_hash>` of this node tells; until it answers they count as
  /// converged. Nothing when there is no need to ask.
  std::optional<std::int32_t> ask_for_parent{};

  friend bool operator==(const chain_view&, const chain_view&) = default;
};

/// Rows of PeersConnected and ChainConverged for which no node has to be asked; nothing when none
/// of them applies. `ready`: of the nodes that are wanted.
[[nodiscard]] std::optional<finding> peers_without_asking(bool connects,
                                                          std::int32_t nodes_wanted,
                                                          std::size_t ready);
[[nodiscard]] std::optional<finding> chain_without_asking(std::int32_t nodes_wanted,
                                                          std::size_t ready);
/// Unknown for a moment, until the nodes were asked.
[[nodiscard]] finding checking();
/// Whether the reason is one that the three above give: without a word from the nodes, so it is
/// wrong once they no longer give it, and worth no Event.
[[nodiscard]] bool is_said_without_asking(std::string_view reason) noexcept;

/// Pure; messages name at most three nodes.
[[nodiscard]] chain_view view_chain(const chain_input& input);

}  // namespace btc::bitcoin
