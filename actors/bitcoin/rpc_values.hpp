#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btc::bitcoin {

// Results of JSON-RPC as values with exactly the fields that are read. A decoder gives nothing when
// a field is missing or of another type: whatever answered is then no bitcoind that we know. Fields
// that releases dropped (startingheight of getpeerinfo, in 31.0) are not asked for.

/// getblockchaininfo.
struct blockchain_info {
  std::string chain{};  ///< chain_params::name
  std::int64_t blocks{0};
  std::int64_t headers{0};
  std::string best_block_hash{};  ///< 64 hexadecimal digits, as in getbestblockhash
  /// Never a reason to call a node unready: regtest reports it until a fresh block is mined.
  bool initial_block_download{false};

  friend bool operator==(const blockchain_info&, const blockchain_info&) = default;
};

/// getnetworkinfo.
struct network_info {
  std::int64_t version{0};   ///< 290403 for 29.4.3
  std::string subversion{};  ///< "/Satoshi:29.4.3/"
  std::int64_t connections{0};
  std::int64_t connections_in{0};
  std::int64_t connections_out{0};
  bool network_active{false};

  friend bool operator==(const network_info&, const network_info&) = default;
};

/// An entry of getaddednodeinfo.
struct added_node {
  std::string address{};  ///< the very text that was added
  bool connected{false};
  std::string peer{};  ///< IP address and port that it is connected to; empty when it is not

  friend bool operator==(const added_node&, const added_node&) = default;
};

/// An entry of getpeerinfo.
struct peer_info {
  std::int64_t id{0};
  std::string address{};  ///< of an added node the text that was added
  bool inbound{false};
  std::int64_t version{0};        ///< protocol version; 0 until the handshake is over
  std::string connection_type{};  ///< "manual" for added nodes, "inbound", …

  friend bool operator==(const peer_info&, const peer_info&) = default;
};

[[nodiscard]] std::optional<blockchain_info> decode_blockchain_info(const nlohmann::json& result);
[[nodiscard]] std::optional<network_info> decode_network_info(const nlohmann::json& result);
[[nodiscard]] std::optional<std::vector<added_node>> decode_added_nodes(
    const nlohmann::json& result);
[[nodiscard]] std::optional<std::vector<peer_info>> decode_peers(const nlohmann::json& result);
/// getblockcount, and uptime in seconds.
[[nodiscard]] std::optional<std::int64_t> decode_count(const nlohmann::json& result) noexcept;
/// getbestblockhash.
[[nodiscard]] std::optional<std::string> decode_hash(const nlohmann::json& result);
/// The hash of the block before, from getblockheader; nothing for the first block of a chain.
[[nodiscard]] std::optional<std::string> decode_previous_hash(const nlohmann::json& result);

}  // namespace btc::bitcoin
