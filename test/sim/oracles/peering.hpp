#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace btc::sim {

/// What the controller tells nodes, at every call that reaches one:
///
/// - A node is told to add nodes of its own network and nobody else: by a name of the network's own
///   pods, or by an address whose pod has taken the network's credentials.
/// - It is told to remove, or to cut, only such entries: what somebody added by hand stays.
/// - It is never asked for a method that its whitelist does not name.
/// - At most two calls to a node are under way.
/// - Blocks are made where spec.mining wants them, and no more than one each interval; each process
///   of the controller and each fault may cost one more, and two processes at once make twice as
///   many. Of one network, at most one call for a
///   block is under way; a peer actor that dies forgets its own, so this is not asked after that.
class peering_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "peering"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_fault(std::string_view what) override;

 private:
  struct mining {
    std::int64_t interval_s{0};  ///< the shortest ever wished
    time_point since{};
    std::uint64_t blocks{0};
  };

  void check_call(const nlohmann::json& call,
                  const bitcoin_node& node,
                  const served_rpc& r,
                  const world_view& v);
  void check_entry(const std::string& command,
                   const std::string& entry,
                   const bitcoin_node& node,
                   process_id process);
  void check_block(const bitcoin_node& node, const world_view& v);

  /// Addresses that took a network's credentials, by process and Service of the network.
  std::map<process_id, std::set<std::pair<std::string, std::string>>> proofs_{};
  std::map<std::string, mining> mining_{};  ///< by Service of the network
  std::uint64_t processes_{0};
  std::uint64_t overlaps_{0};  ///< how often two processes worked at once
  bool over_{false};           ///< an actor died
};

}  // namespace btc::sim
