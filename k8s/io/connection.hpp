#pragma once

#include "k8s/api_error.hpp"
#include "k8s/io/cluster_config.hpp"
#include "k8s/io/transport_options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace btc::k8s::io {

using clock = std::chrono::steady_clock;

/// One TCP connection to the API server, with TLS on it unless the cluster has none. Touched by the
/// I/O thread only.
class connection {
 public:
  connection(boost::asio::io_context& io, std::shared_ptr<boost::asio::ssl::context> tls);

  /// Calls `use` with the stream to read from and write to.
  template <class Use>
  auto with_stream(Use use) {
    return tls_ ? use(*tls_) : use(tcp_);
  }

  [[nodiscard]] boost::beast::tcp_stream& tcp() noexcept { return tcp_; }
  [[nodiscard]] boost::beast::flat_buffer& buffer() noexcept { return buffer_; }
  void close() noexcept;
  /// False when the other end has closed, or spoken unasked: then a kept connection cannot serve.
  [[nodiscard]] bool is_quiet() noexcept;

  /// Resolves, connects (through the proxy, if any) and shakes hands. `deadline` holds for all.
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> open(
      const cluster_config& cluster, const transport_limits& limits, clock::time_point deadline);

  clock::time_point idle_since{};
  std::uint64_t generation{0};  ///< of the TLS material it was made with
  bool reusable{false};         ///< the last answer left it open

 private:
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> connect(
      const endpoint& to, const transport_limits& limits);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> tunnel(const endpoint& to);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> handshake(
      const cluster_config& cluster);

  std::shared_ptr<boost::asio::ssl::context> context_;  ///< outlives tls_
  boost::beast::tcp_stream tcp_;
  std::optional<boost::beast::ssl_stream<boost::beast::tcp_stream&>> tls_{};
  boost::beast::flat_buffer buffer_{};
};

/// An I/O error as an api_error: deadline, lost connection or unreachable server.
[[nodiscard]] api_error to_api_error(const boost::system::error_code& ec, const std::string& doing);

}  // namespace btc::k8s::io
