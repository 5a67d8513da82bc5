#pragma once

#include "k8s/transport.hpp"
#include "test/node/node_names.hpp"
#include "test/node/subnet.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace btc::node {

/// What the node and its pods share. Lives longer than all of them; one thread.
struct node_context {
  boost::asio::io_context& io;
  k8s::transport& transport;
  node_names names;
  address_pool addresses;
  std::filesystem::path self{};      ///< this program
  std::filesystem::path programs{};  ///< folder with bitcoind and bitcoin-cli
  /// A pod's address came or went: /etc/hosts has to follow.
  std::function<void()> addresses_changed{};

  [[nodiscard]] std::string host_ip() const { return to_string(addresses.bridge()); }
};

/// One request, with a deadline of 30 s.
[[nodiscard]] boost::asio::awaitable<k8s::result<k8s::payload>> ask(k8s::transport& transport,
                                                                    k8s::request request);

[[nodiscard]] boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds time);

/// A line on stdout, with the time.
void say(const std::string& about, std::string_view text);

}  // namespace btc::node
