#pragma once

#include "actors/bitcoin/chain_view.hpp"
#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/status.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace btc::reconcile {

/// What the status says of peers and chain, so that it never speaks of another spec, or of other
/// pods, than the rest of it. First that applies:
///
/// | state                                        | PeersConnected, ChainConverged             |
/// |----------------------------------------------|--------------------------------------------|
/// | spec and pods say enough                     | as the tables of bitcoin::chain_view       |
/// | heard, of this spec and these pods           | as heard                                   |
/// | heard, of another                            | Unknown Checking                           |
/// | not heard yet, by a controller that is new   | as they were (`nothing`)                   |
/// | not heard for too long, or never before      | Unknown, with the reason that nobody asks; |
/// |                                              |   Checking where there is none             |
///
/// ChainConverged is about the nodes that were heard: one that is new among them is not waited for,
/// so that a network which grows does not flap.
struct chain_words {
  std::optional<bitcoin::finding> peers{};
  std::optional<bitcoin::finding> chain{};
  std::optional<std::int64_t> height{};
};
[[nodiscard]] chain_words words_on_chain(const observed& o,
                                         const std::vector<node>& nodes,
                                         const degradation& degraded);

}  // namespace btc::reconcile
