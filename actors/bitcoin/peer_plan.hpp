#pragma once

#include "actors/bitcoin/rpc.hpp"
#include "actors/bitcoin/rpc_values.hpp"

#include <string>
#include <vector>

namespace btc::bitcoin {

/// A node that another one should add, by the topology.
struct neighbour {
  std::string address{};  ///< empty while it has none
  bool ready{false};      ///< connecting is worth a try now
  /// Whether the address is known to lead to this network: always for a DNS name; for an IP once
  /// the pod behind it has accepted this network's credentials. An IP that moved on to a pod of
  /// another network is thereby never added, whatever a stale cache says.
  bool proven{true};
};

/// All that is known of one node's connections.
struct peer_input {
  std::vector<neighbour> wanted{};   ///< added_by() of the topology
  std::vector<added_node> listed{};  ///< getaddednodeinfo, just read
  /// Addresses that the controller added, or that its own nodes have or had. Only these are ever
  /// removed; what a user added with bitcoin-cli stays.
  std::vector<std::string> ours{};
  /// Addresses that belong to pods of other networks now: never added, and removed when ours.
  std::vector<std::string> foreign{};
};

struct peer_plan {
  std::vector<rpc_call> calls{};    ///< one batch, in this order; empty when all is as it should be
  std::vector<std::string> ours{};  ///< `ours` of the next plan, ascending
  std::size_t connected{0};         ///< neighbours that this node is connected to
};

/// What one node has to be told.
///
/// 1. Entries of ours that no longer belong are removed and disconnected: `addnode remove` alone
///    leaves the connection.
/// 2. Neighbours that are not ready are added: bitcoind connects them when they come, also when the
///    controller is away.
/// 3. Ready ones are tried and then added, in this order. Added first, an entry could be connected
///    by bitcoind's own thread, which looks at its list every two seconds, at the very moment of
///    the try, and there would be two connections: neither sees the other before it stands.
/// 4. Listed but unconnected ready ones are tried: bitcoind's thread sleeps for a minute after a
///    failure.
///
/// The plan is made of what was just read, so it needs no memory of pods or restarts: a restarted
/// bitcoind has an empty list and gets it anew. Applied in full, the next plan is empty.
[[nodiscard]] peer_plan plan_peers(const peer_input& input);

/// Ends every further connection that the node opened to an address of `ours` (ascending); the
/// oldest stays. A try of an entry that is listed (4.) may meet bitcoind's own thread all the same,
/// and nobody else would ever end the second one.
[[nodiscard]] std::vector<rpc_call> end_doubles(const std::vector<peer_info>& peers,
                                                const std::vector<std::string>& ours);

}  // namespace btc::bitcoin
