#include "actors/bitcoin/peer_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace btc::bitcoin {

namespace {

using name_set = std::set<std::string_view>;

[[nodiscard]] const added_node* find(const std::vector<added_node>& listed,
                                     std::string_view address) {
  const auto found = std::find_if(
      listed.begin(), listed.end(), [&](const added_node& n) { return n.address == address; });
  return found == listed.end() ? nullptr : &*found;
}

/// Neighbours with an address that is not somebody else's by now.
[[nodiscard]] std::vector<neighbour> usable(const peer_input& input, const name_set& foreign) {
  std::vector<neighbour> all;
  name_set seen;
  for (const auto& n : input.wanted) {
    if (!n.address.empty() && !foreign.contains(n.address) && seen.insert(n.address).second) {
      all.push_back(n);
    }
  }
  return all;
}

/// Takes away entries of ours that nobody wants, and remembers all of ours that are listed.
void remove_unwanted(const peer_input& input,
                     const std::vector<neighbour>& wanted,
                     peer_plan& plan,
                     std::set<std::string>& remembered) {
  const name_set ours{input.ours.begin(), input.ours.end()};
  name_set wanted_names;
  for (const auto& n : wanted) {
    wanted_names.insert(n.address);
  }
  for (const auto& entry : input.listed) {
    if (!ours.contains(entry.address)) {
      continue;
    }
    remembered.insert(entry.address);  // also what is removed now, until it is seen to be gone
    if (!wanted_names.contains(entry.address)) {
      plan.calls.push_back(remove_node(entry.address));
      plan.calls.push_back(disconnect_node(entry.address));
    }
  }
}

}  // namespace

peer_plan plan_peers(const peer_input& input) {
  const name_set foreign{input.foreign.begin(), input.foreign.end()};
  const auto wanted = usable(input, foreign);

  peer_plan plan;
  std::set<std::string> remembered;
  remove_unwanted(input, wanted, plan, remembered);
  std::vector<rpc_call> tries;
  for (const auto& n : wanted) {
    const auto* entry = find(input.listed, n.address);
    if (entry != nullptr && entry->connected) {
      ++plan.connected;
      continue;
    }
    if (!n.proven) {
      continue;
    }
    if (n.ready) {
      tries.push_back(try_node(n.address));
    }
    if (entry == nullptr) {
      remembered.insert(n.address);
      (n.ready ? tries : plan.calls).push_back(add_node(n.address));
    }
  }
  plan.calls.insert(plan.calls.end(), tries.begin(), tries.end());
  plan.ours.assign(remembered.begin(), remembered.end());
  return plan;
}

std::vector<rpc_call> end_doubles(const std::vector<peer_info>& peers,
                                  const std::vector<std::string>& ours) {
  std::map<std::string_view, std::int64_t> oldest;
  std::vector<rpc_call> calls;
  for (const auto& peer : peers) {
    if (peer.inbound || !std::binary_search(ours.begin(), ours.end(), peer.address)) {
      continue;
    }
    const auto [kept, first] = oldest.try_emplace(peer.address, peer.id);
    if (!first) {
      calls.push_back(disconnect_peer(std::max(kept->second, peer.id)));
      kept->second = std::min(kept->second, peer.id);
    }
  }
  return calls;
}

}  // namespace btc::bitcoin
