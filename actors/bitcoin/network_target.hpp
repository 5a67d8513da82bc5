#pragma once

#include "actors/bitcoin/chain_view.hpp"
#include "actors/bitcoin/peer_address.hpp"
#include "actors/bitcoin/rpc_auth.hpp"
#include "actors/bitcoin/topology.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::bitcoin {

/// One pod of a network, as far as speaking to its bitcoind is concerned. A process of bitcoind is
/// told by the pod's uid together with its restarts: its addnode list lives as long as that.
struct node_target {
  std::int32_t ordinal{0};
  std::string pod_uid{};
  std::int32_t restarts{0};  ///< of the container
  bool ready{false};
  std::string ip{};  ///< empty while the pod has none

  friend bool operator==(const node_target&, const node_target&) = default;
};

/// What the nodes of a network should be to each other, and how to speak to them. Made by the
/// network's reconcile actor, read by the peer actor; immutable once sent.
struct network_target {
  std::string uid{};  ///< of the BitcoinNetwork
  std::string chain{};
  topology shape{topology::automatic};
  std::int32_t nodes_wanted{0};
  std::chrono::seconds mining_interval{0};  ///< 0: nobody mines
  node_names names{};
  /// The controller's own user; nothing while the Secret is not known: then nobody is asked.
  std::shared_ptr<const rpc_credentials> credentials{};
  std::vector<node_target> nodes{};  ///< pods that exist, ascending by ordinal
  /// False while the network is paused: nodes are asked, and told nothing.
  bool acting{true};

  /// Of the pods; empty where one has none.
  [[nodiscard]] std::vector<std::string> addresses() const {
    std::vector<std::string> all;
    for (const auto& node : nodes) {
      all.push_back(node.ip);
    }
    return all;
  }
};

/// What one node last said, or why it did not.
struct node_report {
  std::int32_t ordinal{0};
  std::string pod_uid{};
  std::int32_t restarts{0};
  bool ready{false};                     ///< it counts in the report's view
  std::optional<std::int32_t> peers{};   ///< connections that stand
  std::optional<std::int64_t> height{};  ///< blocks of its active chain

  friend bool operator==(const node_report&, const node_report&) = default;
};

/// The peer actor's knowledge of one network, for its status. It says of what it speaks: its reader
/// may know a newer spec, or pods that have come since.
struct chain_report {
  std::string network_uid{};
  topology shape{topology::automatic};
  std::int32_t nodes_wanted{0};
  std::vector<node_report> nodes{};  ///< ascending by ordinal
  chain_view view{};

  friend bool operator==(const chain_report&, const chain_report&) = default;
};

}  // namespace btc::bitcoin
