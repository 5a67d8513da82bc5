#include "actors/bitcoin/peer_address.hpp"

#include <charconv>

namespace btc::bitcoin {

std::string node_address(std::string_view host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  std::string text;
  if (is_ipv6) {
    text += '[';
  }
  text += host;
  if (is_ipv6) {
    text += ']';
  }
  return text + ':' + std::to_string(port);
}

std::string_view host_of_address(std::string_view address) {
  auto host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

std::string node_names::host_of(std::int32_t ordinal) const {
  return set + '-' + std::to_string(ordinal) + '.' + service + '.' + ns + ".svc";
}

std::string node_names::address_of(std::int32_t ordinal) const {
  return node_address(host_of(ordinal), p2p_port);
}

std::optional<std::int32_t> node_names::ordinal_of(std::string_view address) const {
  if (!address.starts_with(set) || address.substr(set.size()).substr(0, 1) != "-") {
    return std::nullopt;
  }
  const auto digits = address.substr(set.size() + 1);
  std::int32_t ordinal = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  const bool canonical = parsed.ec == std::errc{} && ordinal >= 0 && address == address_of(ordinal);
  return canonical ? std::optional{ordinal} : std::nullopt;
}

}  // namespace btc::bitcoin
