#pragma once

#include "k8s/api_error.hpp"
#include "k8s/io/cluster_config.hpp"
#include "k8s/io/tls_stream.hpp"
#include "k8s/io/transport_options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace btc::k8s::io {

class tls_material;

using answer_parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

/// One TCP connection to the API server, with TLS on it unless the cluster has none. Touched by the
/// I/O thread only.
class connection {
 public:
  /// `tls` outlives this object.
  connection(boost::asio::io_context& io, const tls_material& tls);

  void expires_at(clock::time_point deadline) { stream_.expires_at(deadline); }
  void close() noexcept { stream_.close(); }
  /// False when the other end has closed, or spoken unasked: then a kept connection cannot serve.
  [[nodiscard]] bool is_quiet() noexcept;
  /// Called while nobody needs it: no deadline, no buffer.
  void rest();

  /// Resolves, connects (through the proxy, if any) and shakes hands. `deadline` holds for all.
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> open(
      const cluster_config& cluster, const transport_limits& limits, clock::time_point deadline);

  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> write(std::string_view bytes) {
    return stream_.write(bytes);
  }
  /// How much of an answer is awaited.
  enum class part : std::uint8_t { head, all };
  /// Reads into `parser` until that part is complete.
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> read(answer_parser& parser,
                                                                       part until);
  /// Waits for more of a body and reads what is there; http::error::end_of_stream at its end.
  [[nodiscard]] boost::asio::awaitable<boost::system::error_code> read_some(answer_parser& parser);
  /// Reads what has arrived already, without waiting. False when that is nothing.
  [[nodiscard]] bool take_more(answer_parser& parser, boost::system::error_code& ec);
  [[nodiscard]] SSL* ssl() const noexcept { return stream_.ssl(); }

  clock::time_point idle_since{};
  std::uint64_t generation{0};  ///< of the TLS material it was made with
  bool reusable{false};         ///< the last answer left it open

 private:
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> connect(
      const endpoint& to, const transport_limits& limits, clock::time_point until);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> tunnel(
      const endpoint& to, const std::string& authorization);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> handshake(
      const cluster_config& cluster);
  /// Parses what is in the buffer; need_more when that is not enough to go on.
  [[nodiscard]] boost::system::error_code parse(answer_parser& parser);
  /// Parses what a read gave.
  [[nodiscard]] boost::system::error_code take(answer_parser& parser,
                                               const tls_stream::transferred& got);

  const tls_material& tls_;
  std::shared_ptr<boost::asio::ssl::context> context_;  ///< outlives stream_
  tls_stream stream_;
  boost::beast::flat_buffer buffer_{};  ///< read and not parsed yet
};

/// An I/O error as an api_error: deadline, lost connection or unreachable server.
[[nodiscard]] api_error to_api_error(const boost::system::error_code& ec, const std::string& doing);

}  // namespace btc::k8s::io
