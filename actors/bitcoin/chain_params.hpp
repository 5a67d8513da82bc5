#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace btc::bitcoin {

/// What differs from chain to chain, of the three that a network may follow.
///
/// Source: Bitcoin Core, src/chainparamsbase.cpp (RPC port), src/kernel/chainparams.cpp
/// (P2P port), src/util/chaintype.cpp (the name, which is also the section of bitcoin.conf, the
/// value of -chain, and `chain` in the answer of getblockchaininfo).
struct chain_params {
  std::string_view name{};
  std::uint16_t rpc_port{0};
  std::uint16_t p2p_port{0};
  bool can_mine{false};  ///< whether a block costs nothing, so that the controller may make some
};

[[nodiscard]] std::span<const chain_params> all_chains() noexcept;

/// nullptr for a chain that spec.chain does not know.
[[nodiscard]] const chain_params* find_chain(std::string_view name) noexcept;

}  // namespace btc::bitcoin
