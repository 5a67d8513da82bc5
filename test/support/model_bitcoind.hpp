#pragma once

#include "actors/bitcoin/peer_address.hpp"
#include "actors/bitcoin/rpc_transport.hpp"
#include "test/support/addnode_model.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace btc::test {

/// One bitcoind as far as the controller sees it. Its pod's address is its key in the world.
struct model_bitcoind {
  enum class state : std::uint8_t {
    running,
    warming,  ///< every call gets -28
    down,     ///< connections are refused
    hanging,  ///< connections stand, answers never come
  };

  state is{state::running};
  std::string authorization{};  ///< the only one that it takes
  addnode_model nodes{};
  std::map<std::string, std::string> peers{};  ///< connection → address of the other pod
  std::vector<std::string> doubles{};          ///< connections that stand twice
  std::int64_t height{100};
  bool mines{true};  ///< else making a block fails

  void restart() {
    nodes.restart();
    peers.clear();
    is = state::running;
  }
};

/// Several networks' bitcoinds, the DNS between them, and one chain: at each height one block.
class bitcoind_world {
 public:
  std::map<std::string, model_bitcoind> at{};  ///< by IP address
  std::map<std::string, std::string> dns{};    ///< "name:port" → IP address; may be out of date
  std::vector<std::string> asked{};            ///< "10.0.0.1 getblockchaininfo", without polls'
  std::size_t blocks{0};
  bool counts_inbound{false};  ///< connections that others opened are counted too

  /// What the node at this address answers; a node that hangs gives the deadline's error.
  [[nodiscard]] k8s::result<bitcoin::rpc_response> answer(const bitcoin::rpc_request& r) {
    const auto found = at.find(r.host);
    if (found == at.end() || found->second.is == model_bitcoind::state::down) {
      return k8s::api_error{0, std::string{k8s::reason_unreachable}, "connection refused"};
    }
    auto& node = found->second;
    if (node.is == model_bitcoind::state::hanging) {
      return k8s::api_error{0, std::string{k8s::reason_timeout}, "the deadline is over"};
    }
    if (r.authorization.reveal() != node.authorization) {
      return bitcoin::rpc_response{401, ""};
    }
    drop_dead_connections();
    auto answers = nlohmann::json::array();
    for (const auto& call : nlohmann::json::parse(r.body)) {
      answers.push_back(answer_call(r.host, node, call));
    }
    return bitcoin::rpc_response{200, answers.dump()};
  }

  /// Connections of a pod that is gone break.
  void drop_dead_connections() {
    for (auto& [ip, node] : at) {
      std::erase_if(node.peers, [&](const auto& peer) {
        const auto other = at.find(peer.second);
        const bool dead = other == at.end() || other->second.is == model_bitcoind::state::down;
        if (dead) {
          node.nodes.connections.erase(peer.first);
        }
        return dead;
      });
    }
  }

  /// How often two pods are connected, in either direction.
  [[nodiscard]] std::size_t connections_between(const std::string& a, const std::string& b) const {
    const auto count = [&](const std::string& from, const std::string& to) {
      std::size_t n = 0;
      for (const auto& [connection, ip] : at.at(from).peers) {
        n += ip == to ? 1 : 0;
      }
      return n;
    };
    return count(a, b) + count(b, a);
  }

  [[nodiscard]] static std::string hash_of(std::int64_t height) {
    auto digits = std::to_string(height);
    return std::string(64 - digits.size(), '0') + digits;
  }

 private:
  [[nodiscard]] std::size_t inbound_of(const std::string& ip) const {
    std::size_t n = 0;
    for (const auto& [other, node] : at) {
      for (const auto& [connection, to] : node.peers) {
        n += to == ip ? 1 : 0;
      }
    }
    return n;
  }
  [[nodiscard]] std::string resolve(const std::string& address) const {
    const auto name = dns.find(address);
    return name != dns.end() ? name->second : std::string{bitcoin::host_of_address(address)};
  }

  [[nodiscard]] nlohmann::json answer_call(const std::string& ip,
                                           model_bitcoind& node,
                                           const nlohmann::json& call) {
    nlohmann::json out{{"jsonrpc", "2.0"}, {"id", call.at("id")}};
    if (node.is == model_bitcoind::state::warming) {
      out["error"] = {{"code", -28}, {"message", "Loading block index"}};
      return out;
    }
    const auto method = call.at("method").get<std::string>();
    if (method == "generatetodescriptor" && !node.mines) {
      out["error"] = {{"code", -1}, {"message", "no block"}};
      return out;
    }
    out["result"] = result_of(ip, node, method, call.at("params"));
    return out;
  }

  [[nodiscard]] nlohmann::json result_of(const std::string& ip,
                                         model_bitcoind& node,
                                         const std::string& method,
                                         const nlohmann::json& params) {
    if (method == "getblockchaininfo") {
      return {
          {"chain", "regtest"}, {"blocks", node.height}, {"bestblockhash", hash_of(node.height)}};
    }
    if (method == "getnetworkinfo") {
      const auto opened = node.peers.size() + node.doubles.size();
      return {{"connections", opened + (counts_inbound ? inbound_of(ip) : 0)},
              {"connections_out", opened}};
    }
    if (method == "getaddednodeinfo") {
      return added_nodes(node);
    }
    if (method == "getpeerinfo") {
      return peers_of(node);
    }
    asked.push_back(ip + ' ' + method + ' ' + params.dump());
    if (method == "getblockheader") {
      const auto hash = params.at(0).get<std::string>();
      return {{"hash", hash}, {"previousblockhash", hash_of(std::stoll(hash) - 1)}};
    }
    if (method == "generatetodescriptor") {
      ++blocks;
      spread(ip, node.height + 1);
      return nlohmann::json::array({hash_of(node.height)});
    }
    tell(node, method, params);
    return nullptr;
  }

  [[nodiscard]] static nlohmann::json added_nodes(const model_bitcoind& node) {
    auto all = nlohmann::json::array();
    for (const auto& entry : node.nodes.added_nodes()) {
      auto addresses = nlohmann::json::array();
      if (entry.connected) {
        addresses.push_back(
            {{"address", node.peers.at(entry.address) + ":18444"}, {"connected", "outbound"}});
      }
      all.push_back({{"addednode", entry.address},
                     {"connected", entry.connected},
                     {"addresses", std::move(addresses)}});
    }
    return all;
  }

  [[nodiscard]] static nlohmann::json peers_of(const model_bitcoind& node) {
    auto all = nlohmann::json::array();
    const auto add = [&](const std::string& address) {
      all.push_back({{"id", all.size()},
                     {"addr", address},
                     {"inbound", false},
                     {"version", 70016},
                     {"connection_type", "manual"}});
    };
    for (const auto& [address, ip] : node.peers) {
      add(address);
    }
    for (const auto& address : node.doubles) {
      add(address);
    }
    return all;
  }

  void tell(model_bitcoind& node, const std::string& method, const nlohmann::json& params) {
    if (params.size() == 2 && params.at(1).is_number()) {  // disconnectnode by id
      const auto id = params.at(1).get<std::size_t>();
      if (id >= node.peers.size()) {
        node.doubles.erase(node.doubles.begin()
                           + static_cast<std::ptrdiff_t>(id - node.peers.size()));
      }
      return;
    }
    const auto address = params.at(0).get<std::string>();
    const auto other = at.find(resolve(address));
    node.nodes.reachable.clear();
    if (other != at.end() && other->second.is != model_bitcoind::state::down) {
      node.nodes.reachable.insert(address);
    }
    node.nodes.perform({method, params});
    if (node.nodes.connections.contains(address)) {
      node.peers.try_emplace(address, resolve(address));
    } else {
      node.peers.erase(address);
    }
  }

  void spread(const std::string& ip, std::int64_t height) {
    auto& node = at.at(ip);
    if (node.height >= height) {
      return;
    }
    node.height = height;
    for (auto& [other, unused] : at) {
      if (connections_between(ip, other) > 0) {
        spread(other, height);
      }
    }
  }
};

}  // namespace btc::test
