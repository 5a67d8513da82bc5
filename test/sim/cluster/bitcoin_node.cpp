#include "test/sim/cluster/bitcoin_node.hpp"

#include "actors/bitcoin/rpc_auth.hpp"
#include "test/sim/cluster/base64.hpp"

#include <charconv>

namespace btc::sim {

namespace {

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

void take_port(std::string_view value, std::uint16_t& port) {
  std::from_chars(value.data(), value.data() + value.size(), port);
}

/// "user:m1,m2"; a user without a list may call nothing.
void take_whitelist(std::string_view value, node_conf& conf) {
  const auto colon = value.find(':');
  auto& methods = conf.whitelist[std::string{value.substr(0, colon)}];
  auto rest = colon == std::string_view::npos ? std::string_view{} : value.substr(colon + 1);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    methods.emplace(trimmed(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
}

void take_option(std::string_view key, std::string_view value, node_conf& conf) {
  if (key == "chain") {
    conf.chain = value;
  } else if (key == "rpcport") {
    take_port(value, conf.rpc_port);
  } else if (key == "port") {
    take_port(value, conf.p2p_port);
  } else if (key == "bind") {  // address:port
    take_port(value.substr(value.rfind(':') + 1), conf.p2p_port);
  } else if (key == "rpcwhitelist") {
    take_whitelist(value, conf);
  } else if (key == "rpcauth") {
    const auto colon = value.find(':');
    if (colon != std::string_view::npos) {
      conf.users[std::string{value.substr(0, colon)}] = value.substr(colon + 1);
    }
  }
}

void set_default_ports(node_conf& conf) {
  if (conf.chain == "signet") {
    conf.rpc_port = 38332;
    conf.p2p_port = 38333;
  } else if (conf.chain == "testnet4") {
    conf.rpc_port = 48332;
    conf.p2p_port = 48333;
  }
}

}  // namespace

node_conf parse_node_conf(std::string_view text) {
  node_conf conf;
  bool ports_set = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const auto equals = line.find('=');
    if (line.empty() || line.front() == '#' || line.front() == '['
        || equals == std::string_view::npos) {
      continue;
    }
    const auto key = trimmed(line.substr(0, equals));
    take_option(key, trimmed(line.substr(equals + 1)), conf);
    if (key == "chain" && !ports_set) {
      set_default_ports(conf);
    }
    ports_set = ports_set || key == "rpcport";
  }
  return conf;
}

rpc_access check_authorization(const node_conf& conf, std::string_view authorization) {
  constexpr std::string_view scheme = "Basic ";
  if (!authorization.starts_with(scheme)) {
    return {};
  }
  const auto decoded = decode_base64(authorization.substr(scheme.size()));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return {};
  }
  const auto user = decoded->substr(0, colon);
  const auto found = conf.users.find(user);
  const auto dollar = found == conf.users.end() ? std::string::npos : found->second.find('$');
  if (dollar == std::string::npos) {
    return {};
  }
  const auto salt = found->second.substr(0, dollar);
  const bool right = bitcoin::hmac_sha256_hex(salt, decoded->substr(colon + 1))
                     == found->second.substr(dollar + 1);
  return right ? rpc_access{true, user} : rpc_access{};
}

bool may_call(const node_conf& conf, const std::string& user, const std::string& method) {
  const auto found = conf.whitelist.find(user);
  return found == conf.whitelist.end() || found->second.contains(method);
}

std::string block_hash(std::uint64_t number, const std::string& chain) {
  std::string out;
  std::uint64_t state = number * 0x9E3779B97F4A7C15ULL;
  for (const char c : chain) {
    state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  while (out.size() < 64) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    for (unsigned i = 0; i < 16; ++i) {
      out += hex[state >> 4U * i & 0xFU];
    }
  }
  return out;
}

std::pair<std::string, std::uint16_t> split_node_name(const std::string& name) {
  const auto colon = name.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos) {
    std::from_chars(name.data() + colon + 1, name.data() + name.size(), port);
  }
  return {name.substr(0, colon), port};
}

}  // namespace btc::sim
