#pragma once

#include "actors/bitcoin/chain_params.hpp"
#include "actors/bitcoin/node_tuning.hpp"
#include "actors/bitcoin/rpc_auth.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace btc::bitcoin {

/// The key of bitcoin.conf in the Secret `<name>-conf`, and the file's name in the pod.
inline constexpr std::string_view conf_key = "bitcoin.conf";

/// The JSON-RPC methods that the controller calls, ascending: its user may call no other
/// (-rpcwhitelist), so a leaked password of the controller moves no coins and stops no node.
inline constexpr std::array<std::string_view, 8> controller_methods{"addnode",
                                                                    "disconnectnode",
                                                                    "generatetodescriptor",
                                                                    "getaddednodeinfo",
                                                                    "getblockchaininfo",
                                                                    "getblockheader",
                                                                    "getnetworkinfo",
                                                                    "getpeerinfo"};

/// All that bitcoin.conf is made of.
struct conf_input {
  const chain_params* chain{nullptr};  ///< never null
  node_limits limits{};
  rpc_credentials user{};     ///< from the Secret
  std::string network_uid{};  ///< of the BitcoinNetwork
};

/// bitcoin.conf for every node of a network. Canonical: the same input gives the same bytes in
/// every process and release of the controller that sets the same options, because other bytes
/// restart every pod. Nothing when the credentials are refused (rpc_user_problem,
/// rpc_password_problem).
///
/// Holds hashes of passwords, no password; still it belongs into a Secret, since a weak password
/// can be guessed from its hash.
///
/// Format: Bitcoin Core, src/common/config.cpp. Options that bitcoind takes from a chain's own
/// section only (init.cpp: NETWORK_ONLY) stand in one. IPv4: a failed -bind ends bitcoind since
/// 28.0, so an address family that the pod may lack cannot be bound on suspicion.
[[nodiscard]] std::optional<secret_text> render_bitcoin_conf(const conf_input& input);

}  // namespace btc::bitcoin
