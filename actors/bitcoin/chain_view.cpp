#include "actors/bitcoin/chain_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace btc::bitcoin {

namespace {

using truth = finding::truth;

/// Ready nodes, those that answered first sorted out.
struct ready_nodes {
  std::vector<const node_view*> answered{};
  std::vector<const node_view*> silent{};

  [[nodiscard]] std::size_t size() const noexcept { return answered.size() + silent.size(); }
};

[[nodiscard]] ready_nodes ready_of(const chain_input& input) {
  ready_nodes ready;
  for (const auto& node : input.nodes) {
    if (node.ready) {
      (node.answer ? ready.answered : ready.silent).push_back(&node);
    }
  }
  return ready;
}

/// "node 3", "nodes 1, 2 and 5", "nodes 1, 2, 3 and 9 more".
[[nodiscard]] std::string names(const std::vector<const node_view*>& nodes) {
  constexpr std::size_t shown_max = 3;
  std::string text = nodes.size() == 1 ? "node " : "nodes ";
  const auto shown = std::min(nodes.size(), shown_max);
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == nodes.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + std::to_string(nodes[i]->ordinal);
  }
  if (nodes.size() > shown_max) {
    text += " and " + std::to_string(nodes.size() - shown_max) + " more";
  }
  return text;
}

/// "node 3 lacks", "nodes 1 and 2 lack".
[[nodiscard]] std::string names(const std::vector<const node_view*>& nodes,
                                std::string_view one,
                                std::string_view many) {
  return names(nodes) + ' ' + std::string{nodes.size() == 1 ? one : many};
}

[[nodiscard]] std::string short_hash(std::string_view hash) {
  constexpr std::size_t shown_digits = 12;  // the end: the beginning is zeros
  return "…" + std::string{hash.substr(hash.size() - std::min(hash.size(), shown_digits))};
}

[[nodiscard]] finding no_answer(const ready_nodes& ready) {
  const auto& trouble = ready.silent.front()->trouble;
  return {truth::unknown,
          "NoAnswer",
          names(ready.silent, "does", "do") + " not answer"
              + (trouble.empty() ? "" : " (" + trouble + ")")};
}

[[nodiscard]] finding judge_peers(const chain_input& input, const ready_nodes& ready) {
  if (auto found = peers_without_asking(input.connects, input.nodes_wanted, ready.size())) {
    return *std::move(found);
  }
  if (!ready.silent.empty()) {
    return no_answer(ready);
  }
  if (std::ranges::any_of(ready.answered, &node_view::outdated)) {
    return checking();
  }
  std::vector<const node_view*> lacking;
  std::size_t connected = 0;
  std::size_t wanted = 0;
  for (const auto* node : ready.answered) {
    connected += node->answer->neighbours_connected;
    wanted += node->answer->neighbours_wanted;
    if (node->answer->neighbours_connected < node->answer->neighbours_wanted) {
      lacking.push_back(node);
    }
  }
  const auto count =
      std::to_string(connected) + " of " + std::to_string(wanted) + " connections stand";
  if (!lacking.empty()) {
    return {truth::no, "PeersMissing", count + "; waiting for " + names(lacking)};
  }
  return {truth::yes, "AllConnected", count};
}

/// Those that answered, by how far they are from the tip.
struct tips {
  const node_view* highest{nullptr};
  std::vector<const node_view*> other_tip{};  ///< at the tip's height, with another hash
  std::vector<const node_view*> one_behind{};
  std::vector<const node_view*> far_behind{};
  std::vector<const node_view*> wrong_chain{};
};

[[nodiscard]] tips sort_tips(const chain_input& input, const ready_nodes& ready) {
  tips t;
  for (const auto* node : ready.answered) {
    const auto& info = node->answer->chain;
    if (info.chain != input.chain) {
      t.wrong_chain.push_back(node);
    } else if (t.highest == nullptr || info.blocks > t.highest->answer->chain.blocks) {
      t.highest = node;
    }
  }
  if (t.highest == nullptr) {
    return t;
  }
  const auto& tip = t.highest->answer->chain;
  for (const auto* node : ready.answered) {
    const auto& info = node->answer->chain;
    if (info.chain != input.chain) {
      continue;
    }
    if (info.blocks == tip.blocks && info.best_block_hash != tip.best_block_hash) {
      t.other_tip.push_back(node);
    } else if (info.blocks + 1 == tip.blocks) {
      t.one_behind.push_back(node);
    } else if (info.blocks + 1 < tip.blocks) {
      t.far_behind.push_back(node);
    }
  }
  return t;
}

/// Empty when it is not known.
[[nodiscard]] std::string_view parent_of(std::string_view block, const block_parent& known) {
  return known.block == block ? std::string_view{known.parent} : std::string_view{};
}

/// Those one block behind that cannot all be on the tip's branch, as far as it is known.
[[nodiscard]] std::vector<const node_view*> on_other_branch(const tips& t,
                                                            std::string_view parent_hash) {
  std::vector<const node_view*> all;
  for (const auto* node : t.one_behind) {
    // Without the parent, two different hashes are a fork all the same.
    const auto expected =
        parent_hash.empty() ? std::string_view{t.one_behind.front()->answer->chain.best_block_hash}
                            : parent_hash;
    if (node->answer->chain.best_block_hash != expected) {
      all.push_back(node);
    }
  }
  return all;
}

[[nodiscard]] finding judge_chain(const chain_input& input,
                                  const ready_nodes& ready,
                                  const tips& t) {
  if (auto found = chain_without_asking(input.nodes_wanted, ready.size())) {
    return *std::move(found);
  }
  if (!ready.silent.empty()) {
    return no_answer(ready);
  }
  if (!t.wrong_chain.empty()) {
    return {truth::no,
            "WrongChain",
            names(t.wrong_chain, "follows ", "follow ") + t.wrong_chain.front()->answer->chain.chain
                + " instead of " + std::string{input.chain}};
  }
  const auto& tip = t.highest->answer->chain;
  const auto at = "height " + std::to_string(tip.blocks);
  auto forked = t.other_tip;
  const auto branch = on_other_branch(t, parent_of(tip.best_block_hash, input.known_parent));
  forked.insert(forked.end(), branch.begin(), branch.end());
  if (!forked.empty()) {
    return {truth::no,
            "Forked",
            names(forked, "disagrees", "disagree") + " with node "
                + std::to_string(t.highest->ordinal) + " at " + at};
  }
  if (!t.far_behind.empty()) {
    return {
        truth::no, "Behind", names(t.far_behind, "lacks", "lack") + " two blocks or more of " + at};
  }
  return {truth::yes, "SameTip", at + ", block " + short_hash(tip.best_block_hash)};
}

}  // namespace

std::optional<finding> peers_without_asking(bool connects,
                                            std::int32_t nodes_wanted,
                                            std::size_t ready) {
  if (!connects) {
    return finding{
        truth::yes, "NothingToConnect", "spec.topology is none: the controller connects nobody"};
  }
  if (nodes_wanted <= 1) {
    return finding{truth::yes, "NothingToConnect", "there are no two nodes"};
  }
  if (ready < static_cast<std::size_t>(nodes_wanted)) {
    return finding{
        truth::no,
        "NodesNotReady",
        std::to_string(ready) + " of " + std::to_string(nodes_wanted) + " nodes are ready"};
  }
  return std::nullopt;
}

std::optional<finding> chain_without_asking(std::int32_t nodes_wanted, std::size_t ready) {
  if (nodes_wanted == 0) {
    return finding{truth::yes, "NothingToCompare", "no nodes are wanted"};
  }
  if (ready == 0) {
    return finding{truth::no, "NodesNotReady", "no node is ready"};
  }
  return std::nullopt;
}

finding checking() {
  return {truth::unknown, "Checking", "the nodes have not been asked since something changed"};
}

bool is_said_without_asking(std::string_view reason) noexcept {
  constexpr std::array<std::string_view, 4> reasons{
      "Checking", "NodesNotReady", "NothingToConnect", "NothingToCompare"};
  return std::ranges::find(reasons, reason) != reasons.end();
}

chain_view view_chain(const chain_input& input) {
  const auto ready = ready_of(input);
  const auto t = sort_tips(input, ready);
  chain_view view;
  if (t.highest != nullptr) {
    view.height = t.highest->answer->chain.blocks;
    view.tip_hash = t.highest->answer->chain.best_block_hash;
    if (!t.one_behind.empty() && parent_of(view.tip_hash, input.known_parent).empty()) {
      view.ask_for_parent = t.highest->ordinal;
    }
  }
  view.peers_connected = judge_peers(input, ready);
  view.chain_converged = judge_chain(input, ready, t);
  return view;
}

}  // namespace btc::bitcoin
