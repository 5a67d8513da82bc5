#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::sim {

/// Who may speak JSON-RPC, and on which ports: read from bitcoin.conf.
struct node_conf {
  std::string chain{"regtest"};
  std::uint16_t rpc_port{18443};
  std::uint16_t p2p_port{18444};
  std::map<std::string, std::string> users{};                ///< name → "salt$hmac"
  std::map<std::string, std::set<std::string>> whitelist{};  ///< name → methods
};

/// Reads what matters here; unknown options are passed over. Format: Bitcoin Core,
/// src/common/config.cpp.
[[nodiscard]] node_conf parse_node_conf(std::string_view text);

/// What became of HTTP's Authorization.
struct rpc_access {
  bool known{false};  ///< else 401
  std::string user{};
};

[[nodiscard]] rpc_access check_authorization(const node_conf& conf, std::string_view authorization);
/// False for a method that the user's whitelist does not name: 403.
[[nodiscard]] bool may_call(const node_conf& conf,
                            const std::string& user,
                            const std::string& method);

/// A block of a simulated chain.
struct sim_block {
  std::string hash{};
  std::string previous{};
  std::int64_t height{0};
};

/// Of the `number`th block that was made; like a real one in its form only.
[[nodiscard]] std::string block_hash(std::uint64_t number, const std::string& chain);
/// Host and port of "host:port"; port 0 where there is none.
[[nodiscard]] std::pair<std::string, std::uint16_t> split_node_name(const std::string& name);

/// A call that did nothing, and its answer: it holds until something happens to the node.
struct last_call {
  std::uint64_t at{0};  ///< bitcoin_node::events
  std::string authorization{};
  std::string body{};
  int status{0};
  std::string answer{};
};

/// One running bitcoind. Its list of added nodes lives in memory only.
struct bitcoin_node {
  std::string uid{};
  std::string pod{};  ///< "namespace/name"
  std::string ns{};
  std::string hostname{};
  std::string subdomain{};
  std::string address{};
  node_conf conf{};
  bool warm{false};  ///< else every call answers -28
  std::vector<std::string> added{};
  std::chrono::sys_seconds next_attempt{};
  std::chrono::sys_seconds started{};
  std::string best{};    ///< hash of the tip
  std::string volume{};  ///< what its blocks live and die with
  last_call last{};
  std::string proven{};  ///< Authorization that was right, and whose it is
  std::string proven_user{};
  std::uint64_t events{1};  ///< whatever may change its answers, but the time
  bool touched{true};       ///< something has happened since its step was looked at
  bool can_act{false};      ///< it has a step now
  bool waits{false};        ///< it has one at next_attempt
};

/// A TCP connection between two nodes.
struct bitcoin_link {
  std::int64_t id{0};
  std::string from{};  ///< uid
  std::string to{};    ///< uid
  std::string name{};  ///< what `from` was told to connect to
  bool uneven{false};  ///< one end has blocks that the other lacks
};

}  // namespace btc::sim
