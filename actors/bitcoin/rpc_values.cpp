#include "actors/bitcoin/rpc_values.hpp"

#include "k8s/json_fields.hpp"

#include <algorithm>

namespace btc::bitcoin {

namespace {

using json = nlohmann::json;

[[nodiscard]] bool is_hash(std::string_view text) noexcept {
  constexpr std::size_t hash_hex_digits = 64;
  return text.size() == hash_hex_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// A number that counts something.
[[nodiscard]] std::optional<std::int64_t> count_at(const json& object, std::string_view key) {
  const auto number = k8s::integer_at(object, key);
  return number && *number >= 0 ? number : std::nullopt;
}

/// What the entry of an added node is connected to: the only one of its `addresses`.
[[nodiscard]] std::string connected_peer(const json& entry) {
  const auto* addresses = k8s::member(entry, "addresses");
  return addresses != nullptr && addresses->is_array() && !addresses->empty()
             ? k8s::string_at(addresses->front(), "address")
             : std::string{};
}

}  // namespace

std::optional<blockchain_info> decode_blockchain_info(const json& result) {
  const auto blocks = count_at(result, "blocks");
  blockchain_info info{.chain = k8s::string_at(result, "chain"),
                       .blocks = blocks.value_or(0),
                       .best_block_hash = k8s::string_at(result, "bestblockhash")};
  if (!blocks || info.chain.empty() || !is_hash(info.best_block_hash)) {
    return std::nullopt;
  }
  return info;
}

std::optional<network_info> decode_network_info(const json& result) {
  const auto all = count_at(result, "connections");
  const auto out = count_at(result, "connections_out");
  return all && out ? std::optional{network_info{*all, *out}} : std::nullopt;
}

std::optional<std::vector<added_node>> decode_added_nodes(const json& result) {
  if (!result.is_array()) {
    return std::nullopt;
  }
  std::vector<added_node> all;
  for (const auto& entry : result) {
    auto address = k8s::string_at(entry, "addednode");
    const auto connected = k8s::boolean_at(entry, "connected");
    if (address.empty() || !connected) {
      return std::nullopt;
    }
    all.push_back({std::move(address), *connected, connected_peer(entry)});
  }
  return all;
}

std::optional<std::vector<peer_info>> decode_peers(const json& result) {
  if (!result.is_array()) {
    return std::nullopt;
  }
  std::vector<peer_info> all;
  for (const auto& entry : result) {
    const auto id = count_at(entry, "id");
    const auto inbound = k8s::boolean_at(entry, "inbound");
    if (!id || !inbound) {
      return std::nullopt;
    }
    all.push_back({*id, k8s::string_at(entry, "addr"), *inbound});
  }
  return all;
}

std::optional<block_parent> decode_parent(const json& result) {
  block_parent found{k8s::string_at(result, "hash"), k8s::string_at(result, "previousblockhash")};
  return is_hash(found.block) && is_hash(found.parent) ? std::optional{std::move(found)}
                                                       : std::nullopt;
}

}  // namespace btc::bitcoin
