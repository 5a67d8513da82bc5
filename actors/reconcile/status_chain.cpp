#include "actors/reconcile/status_chain.hpp"

#include "actors/reconcile/secret_steps.hpp"
#include "actors/reconcile/spec_rules.hpp"
#include "actors/reconcile/status_nodes.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace btc::reconcile {

namespace {

using bitcoin::finding;

/// What a condition about the chain is made of.
struct context {
  const observed& o;
  const degradation& degraded;
  bool valid{true};
  bitcoin::topology shape{};
  std::vector<const node*> ready{};  ///< of those that are wanted
};

[[nodiscard]] context gather(const observed& o,
                             const std::vector<node>& nodes,
                             const degradation& degraded) {
  const auto& spec = o.network->spec;
  context c{o, degraded, spec_problems(*o.network).empty()};
  c.shape = bitcoin::parse_topology(spec.topology).value_or(bitcoin::topology::automatic);
  for (const auto& n : nodes) {
    // An invalid spec does not say who is wanted, so the network is left as it is.
    if (n.ready() && (!c.valid || n.ordinal < spec.nodes)) {
      c.ready.push_back(&n);
    }
  }
  return c;
}

/// The node was ready when it was last spoken of, and has run ever since.
[[nodiscard]] bool is_heard(const context& c, const node* n) {
  const auto* said = last_word_of(c.o, *n);
  return said != nullptr && said->ready;
}

[[nodiscard]] bool is_of_this_spec(const context& c) {
  return !c.valid
         || (c.o.chain->shape == c.shape && c.o.chain->nodes_wanted == c.o.network->spec.nodes);
}

[[nodiscard]] bool some_heard(const context& c) {
  return std::ranges::any_of(c.ready, [&](const node* n) { return is_heard(c, n); });
}

[[nodiscard]] bool all_heard(const context& c) {
  return std::ranges::all_of(c.ready, [&](const node* n) { return is_heard(c, n); });
}

/// Why the nodes are asked by nobody; nothing when they are, as far as is known here.
[[nodiscard]] std::optional<degradation> why_nobody_asks(const context& c) {
  if (c.o.secret.credentials != nullptr && c.valid) {
    return std::nullopt;
  }
  if (auto trouble = secret_trouble(c.o)) {
    return trouble;
  }
  const bool held_up = !c.degraded.reason.empty() && c.degraded.blocks;
  return held_up ? std::optional{c.degraded} : std::nullopt;
}

[[nodiscard]] std::optional<finding> not_heard(const context& c, std::string_view type) {
  const auto* before = k8s::find_condition(c.o.network->status, type);
  const bool stays =
      before != nullptr && !c.o.unheard && !bitcoin::is_said_without_asking(before->reason);
  if (stays) {
    return std::nullopt;
  }
  if (auto why = why_nobody_asks(c)) {
    return finding{finding::truth::unknown,
                   std::move(why->reason),
                   "the nodes are not asked: " + why->message};
  }
  return bitcoin::checking();
}

[[nodiscard]] std::optional<finding> peers_of(const context& c) {
  if (c.valid) {
    auto found = bitcoin::peers_without_asking(
        c.shape != bitcoin::topology::none, c.o.network->spec.nodes, c.ready.size());
    if (found) {
      return found;
    }
  }
  if (c.o.chain == nullptr) {
    return not_heard(c, condition_peers);
  }
  return is_of_this_spec(c) && all_heard(c) ? c.o.chain->view.peers_connected : bitcoin::checking();
}

[[nodiscard]] std::optional<finding> chain_of(const context& c) {
  if (c.valid) {
    if (auto found = bitcoin::chain_without_asking(c.o.network->spec.nodes, c.ready.size())) {
      return found;
    }
  }
  if (c.o.chain == nullptr) {
    return not_heard(c, condition_chain);
  }
  return c.ready.empty() || some_heard(c) ? c.o.chain->view.chain_converged : bitcoin::checking();
}

[[nodiscard]] std::optional<std::int64_t> height_of(const context& c) {
  if (c.o.chain == nullptr) {
    return c.o.unheard ? std::nullopt : c.o.network->status.height;
  }
  return some_heard(c) ? c.o.chain->view.height : std::nullopt;
}

}  // namespace

chain_words words_on_chain(const observed& o,
                           const std::vector<node>& nodes,
                           const degradation& degraded) {
  const auto c = gather(o, nodes, degraded);
  return {peers_of(c), chain_of(c), height_of(c)};
}

}  // namespace btc::reconcile
