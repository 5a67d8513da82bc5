#pragma once

#include "actors/bitcoin/peer_plan.hpp"
#include "actors/bitcoin/topology.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace btc::test {

/// What bitcoind does with addnode and disconnectnode (Bitcoin Core, src/net.cpp): a list that is
/// compared as text, connections that outlive their entry, at most 8 connections for the list.
class addnode_model {
 public:
  /// Addresses at which a node of whatever network accepts connections.
  std::set<std::string> reachable{};
  std::vector<std::string> list{};
  std::set<std::string> connections{};

  void restart() {
    list.clear();
    connections.clear();
  }

  void perform(const bitcoin::rpc_call& call) {
    const auto address = call.params.at(0).get<std::string>();
    if (call.method == "disconnectnode") {
      connections.erase(address);
      return;
    }
    const auto command = call.params.at(1).get<std::string>();
    const auto found = std::find(list.begin(), list.end(), address);
    if (command == "add" && found == list.end()) {
      list.push_back(address);
    } else if (command == "remove" && found != list.end()) {
      list.erase(found);
    } else if (command == "onetry") {
      connect(address);
    }
  }

  /// One round of the thread that keeps the list connected.
  void look_at_list() {
    for (const auto& address : list) {
      const auto connected = static_cast<std::size_t>(std::count_if(
          list.begin(), list.end(), [&](const auto& a) { return connections.contains(a); }));
      if (connected < bitcoin::added_connections_max) {
        connect(address);
      }
    }
  }

  [[nodiscard]] std::vector<bitcoin::added_node> added_nodes() const {
    std::vector<bitcoin::added_node> all;
    for (const auto& address : list) {
      all.push_back({address, connections.contains(address)});
    }
    return all;
  }

 private:
  void connect(const std::string& address) {
    if (reachable.contains(address)) {
      connections.insert(address);
    }
  }
};

}  // namespace btc::test
