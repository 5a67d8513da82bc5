#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace boost::asio {
class io_context;
}

namespace btc::sim {

/// Where a simulated bitcoind answers RPC: an address in 127.0.0.0/8 and the chain's port.
struct node_address {
  std::string ip{};
  std::uint16_t port{0};
  friend auto operator<=>(const node_address&, const node_address&) = default;
};

struct node_answer {
  int status{200};
  std::string body{};
};

/// What a node says to a POST: address, header Authorization, body.
using node_handler =
    std::function<node_answer(const node_address&, const std::string&, const std::string&)>;

/// Real sockets for simulated nodes, so that an unmodified controller can talk to them. Plain
/// HTTP/1.1 as bitcoind speaks it, on the caller's io_context. A node that goes away takes its
/// connections with it.
class node_listeners {
 public:
  node_listeners(boost::asio::io_context& io, node_handler handler);
  node_listeners(const node_listeners&) = delete;
  node_listeners& operator=(const node_listeners&) = delete;
  ~node_listeners();

  /// Listens on exactly these addresses. An address that cannot be bound (one outside of
  /// 127.0.0.0/8 is not even tried) is left out and tried again with the next call.
  void set(const std::set<node_address>& wanted);

 private:
  class listener;
  boost::asio::io_context& io_;
  std::shared_ptr<const node_handler> handler_;
  std::set<std::shared_ptr<listener>> listeners_{};
};

}  // namespace btc::sim
