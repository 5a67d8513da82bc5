#include "actors/bitcoin/chain_params.hpp"

#include <algorithm>
#include <array>

namespace btc::bitcoin {

namespace {

constexpr std::array chains{
    chain_params{"regtest", 18443, 18444, true},
    chain_params{"signet", 38332, 38333, false},
    chain_params{"testnet4", 48332, 48333, false},
};

}  // namespace

std::span<const chain_params> all_chains() noexcept {
  return chains;
}

const chain_params* find_chain(std::string_view name) noexcept {
  const auto* const found = std::find_if(
      chains.begin(), chains.end(), [&](const chain_params& c) { return c.name == name; });
  return found == chains.end() ? nullptr : found;
}

}  // namespace btc::bitcoin
