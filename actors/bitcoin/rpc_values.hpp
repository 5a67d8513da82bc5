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
  std::string best_block_hash{};  ///< 64 hexadecimal digits

  friend bool operator==(const blockchain_info&, const blockchain_info&) = default;
};

/// getnetworkinfo.
struct network_info {
  std::int64_t connections{0};      ///< in both directions
  std::int64_t connections_out{0};  ///< that the node opened

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

  friend bool operator==(const peer_info&, const peer_info&) = default;
};

/// A block and the one before it, from getblockheader.
struct block_parent {
  std::string block{};
  std::string parent{};

  friend bool operator==(const block_parent&, const block_parent&) = default;
};

[[nodiscard]] std::optional<blockchain_info> decode_blockchain_info(const nlohmann::json& result);
[[nodiscard]] std::optional<network_info> decode_network_info(const nlohmann::json& result);
[[nodiscard]] std::optional<std::vector<added_node>> decode_added_nodes(
    const nlohmann::json& result);
[[nodiscard]] std::optional<std::vector<peer_info>> decode_peers(const nlohmann::json& result);
/// Nothing for the first block of a chain.
[[nodiscard]] std::optional<block_parent> decode_parent(const nlohmann::json& result);

}  // namespace btc::bitcoin
