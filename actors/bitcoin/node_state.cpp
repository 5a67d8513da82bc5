#include "actors/bitcoin/node_state.hpp"

#include "actors/bitcoin/peer_plan.hpp"

#include <algorithm>
#include <utility>

namespace btc::bitcoin {

namespace {

struct context {
  const network_target& target;
  const node_states& nodes;
  const address_book& book;
  bool by_ip;

  [[nodiscard]] std::string address_of(const node_state& n) const {
    return n.target.ip.empty() ? std::string{} : node_address(n.target.ip, target.names.p2p_port);
  }

  [[nodiscard]] bool is_own_pod(std::string_view host) const {
    return std::any_of(nodes.begin(), nodes.end(), [&](const auto& entry) {
      return !host.empty() && entry.second.target.ip == host;
    });
  }

  /// Another network's pod has this address, as far as is known. A pod of this network that took
  /// the credentials at it knows better.
  [[nodiscard]] bool is_foreign(std::string_view host) const {
    return book.belongs_to_other(host, target.uid)
           && std::none_of(nodes.begin(), nodes.end(), [&](const auto& entry) {
                return entry.second.target.ip == host && entry.second.proven;
              });
  }

  /// The node that has this DNS name; nullptr for an address, and for a node that is not there.
  [[nodiscard]] const node_state* named(std::string_view address) const {
    const auto ordinal = target.names.ordinal_of(address);
    const auto found = ordinal ? nodes.find(*ordinal) : nodes.end();
    return found == nodes.end() ? nullptr : &found->second;
  }

  /// Whether an entry of ours that is connected leads elsewhere than to the pod that it names. Only
  /// a pod that took the credentials is sure to be where we think; one may have an address of each
  /// family. What is as it should be is told without a look at the other pods.
  [[nodiscard]] bool is_misled(const added_node& entry) const {
    const auto host = host_of_address(entry.peer);
    const auto* node = named(entry.address);
    if (node != nullptr && node->target.ip == host) {
      return false;
    }
    if (is_foreign(host) && !is_own_pod(host)) {
      return true;
    }
    if (node == nullptr || !node->proven) {
      return false;
    }
    const auto& ip = node->target.ip;
    return (ip.find(':') == std::string::npos) == (host.find(':') == std::string_view::npos);
  }

  [[nodiscard]] neighbour neighbour_of(std::int32_t ordinal) const {
    const auto found = nodes.find(ordinal);
    const bool ready = found != nodes.end() && found->second.target.ready;
    if (!by_ip) {
      return {target.names.address_of(ordinal), ready, true};
    }
    if (found == nodes.end()) {
      return {};
    }
    return {address_of(found->second), ready, found->second.proven};
  }

  [[nodiscard]] bool is_ours(const node_state& node, const std::string& address) const {
    if (std::binary_search(node.ours.begin(), node.ours.end(), address)
        || target.names.ordinal_of(address)) {
      return true;
    }
    const auto host = host_of_address(address);
    const bool p2p = address == node_address(host, target.names.p2p_port);
    return p2p && (is_own_pod(host) || (by_ip && book.belongs_to_other(host, target.uid)));
  }
};

/// Takes the connections of entries of ours that lead astray out of the list.
[[nodiscard]] std::vector<std::string> cut_misled(const context& c,
                                                  const std::vector<std::string>& ours,
                                                  std::vector<added_node>& listed) {
  std::vector<std::string> cut;
  for (auto& entry : listed) {
    if (entry.connected && !entry.peer.empty()
        && std::binary_search(ours.begin(), ours.end(), entry.address) && c.is_misled(entry)) {
      entry.connected = false;
      cut.push_back(entry.address);
    }
  }
  return cut;
}

[[nodiscard]] bool is_lacking(const peer_input& input) {
  return std::any_of(input.wanted.begin(), input.wanted.end(), [&](const neighbour& n) {
    return n.ready && std::none_of(input.listed.begin(), input.listed.end(), [&](const auto& e) {
             return e.connected && e.address == n.address;
           });
  });
}

}  // namespace

std::vector<std::int32_t> other_ends(const network_target& target,
                                     const node_states& nodes,
                                     const std::vector<rpc_call>& calls) {
  std::vector<std::int32_t> ends;
  for (const auto& call : calls) {
    const auto& address = call.params.at(0).get_ref<const std::string&>();
    const auto host = host_of_address(address);
    auto ordinal = target.names.ordinal_of(address);
    if (!ordinal && !host.empty()) {
      const auto found = std::ranges::find_if(
          nodes, [&](const auto& entry) { return entry.second.target.ip == host; });
      ordinal = found == nodes.end() ? std::nullopt : std::optional{found->first};
    }
    if (ordinal && std::ranges::find(ends, *ordinal) == ends.end()) {
      ends.push_back(*ordinal);
    }
  }
  return ends;
}

node_plan plan_node(const network_target& target,
                    const node_states& nodes,
                    const address_book& book,
                    bool by_ip,
                    const node_state& node,
                    std::vector<added_node> listed) {
  const context c{target, nodes, book, by_ip};
  peer_input input;
  for (const auto ordinal : node.wanted) {
    input.wanted.push_back(c.neighbour_of(ordinal));
    if (by_ip && c.is_foreign(host_of_address(input.wanted.back().address))) {
      input.foreign.push_back(input.wanted.back().address);
    }
  }
  for (const auto& entry : listed) {
    if (c.is_ours(node, entry.address)) {
      input.ours.push_back(entry.address);
    }
  }
  std::sort(input.ours.begin(), input.ours.end());
  const auto misled = cut_misled(c, input.ours, listed);
  input.listed = std::move(listed);

  auto plan = plan_peers(input);
  for (const auto& address : misled) {
    std::erase(plan.calls, try_node(address));
    plan.calls.insert(plan.calls.begin(), disconnect_node(address));
  }
  return {std::move(plan.calls),
          std::move(plan.ours),
          plan.connected,
          is_lacking(input),
          misled.size()};
}

}  // namespace btc::bitcoin
