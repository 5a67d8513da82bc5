#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::app {

/// A TCP address to listen on.
struct listen_address {
  std::string host{"0.0.0.0"};  ///< an IP address, without the brackets of IPv6
  std::uint16_t port{8080};     ///< 0: any free port

  friend bool operator==(const listen_address&, const listen_address&) = default;
};

/// Reads "127.0.0.1:8080", "[::1]:8080" or ":8080" (all IPv4 addresses); no host names, which may
/// resolve to something else tomorrow. Nothing for any other text.
[[nodiscard]] std::optional<listen_address> parse_listen_address(std::string_view text);

/// The same form: "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string to_string(const listen_address& address);

}  // namespace btc::app
