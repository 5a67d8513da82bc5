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
  const auto headers = count_at(result, "headers");
  const auto downloading = k8s::boolean_at(result, "initialblockdownload");
  blockchain_info info{.chain = k8s::string_at(result, "chain"),
                       .blocks = blocks.value_or(0),
                       .headers = headers.value_or(0),
                       .best_block_hash = k8s::string_at(result, "bestblockhash"),
                       .initial_block_download = downloading.value_or(false)};
  if (!blocks || !headers || !downloading || info.chain.empty() || !is_hash(info.best_block_hash)) {
    return std::nullopt;
  }
  return info;
}

std::optional<network_info> decode_network_info(const json& result) {
  const auto version = count_at(result, "version");
  const auto all = count_at(result, "connections");
  const auto in = count_at(result, "connections_in");
  const auto out = count_at(result, "connections_out");
  const auto active = k8s::boolean_at(result, "networkactive");
  if (!version || !all || !in || !out || !active) {
    return std::nullopt;
  }
  return network_info{*version, k8s::string_at(result, "subversion"), *all, *in, *out, *active};
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
    const auto version = count_at(entry, "version");
    if (!id || !inbound || !version) {
      return std::nullopt;
    }
    all.push_back({*id,
                   k8s::string_at(entry, "addr"),
                   *inbound,
                   *version,
                   k8s::string_at(entry, "connection_type")});
  }
  return all;
}

std::optional<std::int64_t> decode_count(const json& result) noexcept {
  if (result.is_number_unsigned()) {
    const auto number = result.get<std::uint64_t>();
    return number <= INT64_MAX ? std::optional{static_cast<std::int64_t>(number)} : std::nullopt;
  }
  if (result.is_number_integer()) {
    const auto number = result.get<std::int64_t>();
    return number >= 0 ? std::optional{number} : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> decode_hash(const json& result) {
  if (!result.is_string() || !is_hash(result.get_ref<const std::string&>())) {
    return std::nullopt;
  }
  return result.get<std::string>();
}

std::optional<std::string> decode_previous_hash(const json& result) {
  const auto* hash = k8s::member(result, "previousblockhash");
  return hash == nullptr ? std::nullopt : decode_hash(*hash);
}

}  // namespace btc::bitcoin
