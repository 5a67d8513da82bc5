#pragma once

#include "test/sim/serve/exchange.hpp"
#include "test/support/test_certificates.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace btc::sim {

/// Limits of the server; an API server has the same for bodies, and none for connections.
struct https_limits {
  std::size_t connections_max{2048};              ///< one more is closed at once
  std::uint32_t header_bytes_max{64 * 1024};      ///< more: the connection is closed
  std::uint64_t body_bytes_max{3 * 1024 * 1024};  ///< more: the handler is told, for a 413
  std::size_t chunk_bytes_max{64 * 1024};         ///< watch lines are gathered up to this
};

struct https_options {
  std::string address{"127.0.0.1"};
  std::uint16_t port{0};           ///< 0: any free port, see https_server::port
  test::issued identity{};         ///< of the server
  std::string client_authority{};  ///< PEM; certificates of clients are checked against it
  https_limits limits{};
};

/// HTTP/1.1 over TLS with kept connections and chunked streams, on the caller's io_context, which
/// one thread runs. The handler outlives the server.
class https_server {
 public:
  /// Binds and listens; throws std::runtime_error, naming the address, when that fails.
  https_server(boost::asio::io_context& io,
               const https_options& options,
               exchange_handler& handler);
  https_server(const https_server&) = delete;
  https_server& operator=(const https_server&) = delete;
  ~https_server();

  [[nodiscard]] std::uint16_t port() const;

  /// Something may have changed: every open stream asks its source for lines. Cheap when called
  /// often; the asking happens once, later.
  void wake();

  /// Closes every stream in the middle, as a network does; gives their number.
  std::size_t cut_streams();

  /// Closes the listener and every connection, as if the server had died: until resume() everybody
  /// is refused.
  void interrupt();
  /// Listens again, on the same port. False when somebody else has taken it.
  [[nodiscard]] bool resume();

  /// Closes the listener and every connection for good.
  void stop();

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace btc::sim
