#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace btc::k8s::io {

using clock = std::chrono::steady_clock;

/// Bytes in and out of one TCP connection, with TLS on it when it has been started, under one
/// deadline. Touched by the I/O thread only.
///
/// OpenSSL reads and writes the socket itself; Asio only tells when it is ready. Asio's own
/// ssl::stream carries every byte through two more pairs of buffers, 68 KiB for each connection.
class tls_stream {
 public:
  explicit tls_stream(boost::asio::io_context& io);

  struct transferred {
    boost::system::error_code error{};
    std::size_t bytes{0};
  };

  [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept;
  /// At this time the socket is closed, and what waits for it ends with beast::error::timeout.
  void expires_at(clock::time_point deadline);
  void expires_never();
  void close() noexcept;

  /// Tries the addresses one after the other. Each gets an equal share of what is left until
  /// `deadline`, so that a silent one keeps nobody from the next; no deadline is set afterwards.
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> connect(
      const boost::asio::ip::tcp::resolver::results_type& addresses, clock::time_point deadline);
  /// `session`, if any, is offered for resumption. A failed verification is told by
  /// SSL_get_verify_result.
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> handshake(
      boost::asio::ssl::context& context, const std::string& name, SSL_SESSION* session);
  /// Writes all.
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> write(std::string_view bytes);
  /// Reads something; error::eof at a clean end.
  [[nodiscard]] boost::asio::awaitable<transferred> read_some(boost::asio::mutable_buffer to);

  /// Takes what OpenSSL has read ahead, without waiting and without a system call more than that
  /// needs. No bytes and no error: there is nothing.
  [[nodiscard]] transferred try_read(boost::asio::mutable_buffer to);

  /// Bytes have arrived that no read has taken yet.
  [[nodiscard]] bool has_pending() const noexcept;
  /// nullptr before the handshake.
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

 private:
  struct link;
  struct end_session {
    void operator()(SSL* ssl) const noexcept;
  };
  enum class step : std::uint8_t { done, wait_to_read, wait_to_write, failed };

  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> connect_to(
      boost::asio::ip::tcp::endpoint address, clock::time_point until);
  /// What an OpenSSL call that returned `n` wants next.
  [[nodiscard]] step after(int n, boost::system::error_code& error) const noexcept;
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> wait(
      boost::asio::ip::tcp::socket::wait_type what);
  /// Repeats `call`, an operation of OpenSSL, until it has made progress.
  template <class Call>
  [[nodiscard]] boost::asio::awaitable<transferred> drive(Call call);

  std::shared_ptr<link> link_;  ///< shared with the deadline's handler
  std::unique_ptr<SSL, end_session> ssl_{};
};

}  // namespace btc::k8s::io
