#pragma once

#include "actors/bitcoin/io/http_rpc_transport.hpp"
#include "k8s/api_error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

namespace btc::bitcoin::io {

using clock = std::chrono::steady_clock;

/// One TCP connection to a node's JSON-RPC.
struct rpc_connection {
  explicit rpc_connection(boost::asio::io_context& io) : stream(io) {}

  boost::beast::tcp_stream stream;
  boost::beast::flat_buffer buffer{};
  std::string host{};
  std::uint16_t port{0};
  clock::time_point idle_since{};
};

/// A connection for one call.
struct rpc_lease {
  std::unique_ptr<rpc_connection> connection{};
  bool reused{false};  ///< it has served before, so the node may have closed it meanwhile
};

/// The connections to all nodes: how many, and which are kept. Touched by the I/O thread only.
class rpc_connections {
 public:
  rpc_connections(boost::asio::io_context& io, const rpc_transport_limits& limits);

  /// A kept connection to this node or a new one; waits for its turn within the deadline.
  /// `fresh`: never a kept one. Each lease ends with keep() or drop().
  [[nodiscard]] boost::asio::awaitable<k8s::result<rpc_lease>> take(std::string host,
                                                                    std::uint16_t port,
                                                                    clock::time_point deadline,
                                                                    bool fresh);
  void keep(std::unique_ptr<rpc_connection> c);
  void drop() noexcept;

 private:
  struct waiting {
    boost::asio::steady_timer timer;
    bool called{false};
  };
  [[nodiscard]] std::unique_ptr<rpc_connection> take_kept(const std::string& host,
                                                          std::uint16_t port);
  [[nodiscard]] boost::asio::awaitable<k8s::result<rpc_lease>> connect(std::string host,
                                                                       std::uint16_t port,
                                                                       clock::time_point deadline);
  void close_idle();

  boost::asio::io_context& io_;
  const rpc_transport_limits& limits_;
  std::deque<std::unique_ptr<rpc_connection>> kept_{};  ///< the one idle longest first
  std::deque<std::shared_ptr<waiting>> queue_{};
  boost::asio::steady_timer sweep_;  ///< closes the first of kept_ when its time is over
  std::size_t in_use_{0};
};

/// A failed read or write as an error: deadline, malformed answer or lost connection. `doing` names
/// the node and the step.
[[nodiscard]] k8s::api_error to_rpc_error(const boost::system::error_code& ec,
                                          const std::string& doing);

}  // namespace btc::bitcoin::io
