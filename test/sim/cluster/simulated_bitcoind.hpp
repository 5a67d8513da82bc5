#pragma once

#include "actors/bitcoin/rpc_transport.hpp"
#include "test/sim/cluster/bitcoin_node.hpp"
#include "test/sim/cluster/built_in.hpp"
#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/node_agent.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace btc::sim {

/// The bitcoinds of all pods: JSON-RPC, connections between them, blocks. Each reads its
/// bitcoin.conf from the mounted Secret when its container starts.
///
/// Sources: Bitcoin Core, src/httprpc.cpp (401, 403), src/rpc/net.cpp (-23, -24, -29), src/net.cpp
/// (8 added connections, an attempt each 60 s, names resolved anew). Left out: mempool, headers
/// ahead of blocks, bans.
class simulated_bitcoind final : public built_in, public pod_runtime {
 public:
  explicit simulated_bitcoind(core& c) : core_(&c) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "bitcoind"; }

  void started(const json& pod) override;
  void stopped(const std::string& uid) override;
  [[nodiscard]] bool is_ready(const std::string& uid) const override;
  [[nodiscard]] std::vector<std::string> take_changes() override {
    return std::exchange(changes_, {});
  }

  /// Steps: the end of a warm-up, an attempt to connect an added node, a block that goes over a
  /// connection. Attempts wait for the cluster's time (set_time).
  [[nodiscard]] std::size_t runnable() override;
  void step(std::size_t choice) override;
  /// When the next attempt to connect is due; nothing while no node lacks a connection.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> wakes_at() const noexcept { return wake_; }
  /// The TCP connection ends; tells the name that it was opened to. An added node is tried again
  /// when the next attempt is due.
  std::string cut(std::int64_t link);
  /// Somebody at the node's console: an entry that the controller knows nothing of.
  void add_by_hand(std::string_view uid, const std::string& name);

  /// One POST to an address; nothing when nobody listens there: connection refused.
  [[nodiscard]] std::optional<bitcoin::rpc_response> post(std::string_view address,
                                                          std::uint16_t port,
                                                          std::string_view authorization,
                                                          std::string_view body);

  /// Changes with whatever an oracle can see here.
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

  /// For oracles.
  [[nodiscard]] const std::vector<bitcoin_node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::vector<bitcoin_link>& links() const noexcept { return links_; }
  [[nodiscard]] const bitcoin_node* find(std::string_view uid) const;
  /// The node that has the address.
  [[nodiscard]] const bitcoin_node* at_address(std::string_view address) const;
  /// Height of the node's chain; 0 when there is no such node.
  [[nodiscard]] std::int64_t height_of(std::string_view uid) const;
  /// The running node that the name leads to now; nullptr when there is none.
  [[nodiscard]] const bitcoin_node* node_at(const std::string& name) const {
    return listening(name);
  }

 private:
  /// Something happens to a node, or to both ends of a connection.
  void touch(bitcoin_node& n) noexcept;
  void touch_ends(const bitcoin_link& l);
  [[nodiscard]] bitcoin::rpc_response answer_to(bitcoin_node& node,
                                                std::string_view authorization,
                                                std::string_view body);
  void look();
  void look_at(bitcoin_node& n) const;
  void look_at(bitcoin_link& l);
  void act(bitcoin_node& n);
  void even(const bitcoin_link& l);
  void try_added(bitcoin_node& from);
  void index_nodes();
  [[nodiscard]] bitcoin_node* node(std::string_view uid);
  [[nodiscard]] const bitcoin_node* listening(const std::string& name) const;
  [[nodiscard]] std::string resolve(const std::string& host) const;
  bool connect(const bitcoin_node& from, const std::string& name);
  [[nodiscard]] std::size_t added_links(const bitcoin_node& n) const;
  [[nodiscard]] bool is_linked(const bitcoin_node& n, const std::string& name) const;
  [[nodiscard]] const sim_block& tip(const bitcoin_node& n);
  [[nodiscard]] json call(bitcoin_node& n,
                          const std::string& user,
                          const json& request,
                          bool& forbidden);
  [[nodiscard]] json result_of(bitcoin_node& n, const std::string& method, const json& params);
  [[nodiscard]] json add_node(bitcoin_node& n, const json& params);
  [[nodiscard]] json disconnect(const bitcoin_node& n, const json& params);
  [[nodiscard]] json generate(bitcoin_node& n, std::int64_t count);
  [[nodiscard]] json chain_info(const bitcoin_node& n);
  [[nodiscard]] json network_info(const bitcoin_node& n) const;
  [[nodiscard]] json added_info(const bitcoin_node& n) const;
  [[nodiscard]] json peer_info(const bitcoin_node& n) const;
  [[nodiscard]] json header(const std::string& hash, const bitcoin_node& n);

  core* core_;
  std::vector<bitcoin_node> nodes_{};
  std::vector<bitcoin_link> links_{};
  std::map<std::string, sim_block> blocks_{};
  /// Chain and tip of nodes that stopped, by volume: an entry a volume, for ever.
  std::map<std::string, std::pair<std::string, std::string>> disks_{};
  /// bitcoin.conf in the pod by its uid: a Secret that goes takes nothing from a volume.
  std::map<std::string, std::string> mounted_{};
  std::int64_t link_ids_{0};
  std::uint64_t block_ids_{0};

  /// Places in nodes_; the views are of their own texts.
  std::unordered_map<std::string_view, std::size_t> by_uid_{};
  std::unordered_map<std::string_view, std::size_t> by_address_{};
  std::size_t possible_{0};
  bool changed_{true};  ///< since the possible steps were counted
  std::uint64_t events_{0};
  std::optional<std::chrono::sys_seconds> wake_{};
  std::vector<std::string> changes_{};  ///< pods whose readiness may have changed
};

}  // namespace btc::sim
