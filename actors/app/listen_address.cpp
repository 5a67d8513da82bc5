#include "actors/app/listen_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace btc::app {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, port);
  return error == std::errc{} && end == last ? std::optional(port) : std::nullopt;
}

/// Text before the colon to an address; brackets are for IPv6 and needed there.
std::optional<std::string> parse_host(std::string_view text) {
  if (text.empty()) {
    return "0.0.0.0";
  }
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const std::string host(bracketed ? text.substr(1, text.size() - 2) : text);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) {
    return std::nullopt;
  }
  return host;
}

}  // namespace

std::optional<listen_address> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const auto host = parse_host(text.substr(0, colon));
  const auto port = parse_port(text.substr(colon + 1));
  if (!host || !port) {
    return std::nullopt;
  }
  return listen_address{*host, *port};
}

std::string to_string(const listen_address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

}  // namespace btc::app
