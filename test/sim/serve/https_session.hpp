#pragma once

#include "test/sim/serve/https_server.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace btc::sim {

/// One connection of a client, for all its requests, one after the other. Keeps itself alive while
/// an operation is under way; close() ends all of them.
class https_session : public std::enable_shared_from_this<https_session> {
 public:
  /// `served` is called after every request, because it may have changed what others watch.
  https_session(boost::asio::ip::tcp::socket socket,
                boost::asio::ssl::context& tls,
                const https_limits& limits,
                exchange_handler& handler,
                std::function<void()> served);

  void start();
  void close();

  [[nodiscard]] bool streaming() const noexcept { return answer_.events != nullptr; }
  /// Sends what the stream's source has, unless a write is under way: that one asks again.
  void pump();

 private:
  using error_code = boost::system::error_code;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void on_detected(error_code error, bool tls);
  void refuse_plain_text();
  void on_handshake(error_code error, std::size_t used);
  void read_request();
  void on_head(error_code error);
  void on_request(error_code error);
  [[nodiscard]] exchange_request to_request() const;
  void deliver();
  void write_answer();
  void write_half();
  void open_stream();
  void watch_client();
  void finish_stream();
  void on_written(error_code error, bool keep);

  boost::asio::ssl::stream<boost::beast::tcp_stream> stream_;
  boost::asio::steady_timer delay_;
  const https_limits& limits_;
  exchange_handler& handler_;
  std::function<void()> served_;
  boost::beast::flat_buffer buffer_{};
  std::optional<parser> parser_{};
  std::optional<certificate_identity> certificate_{};
  exchange_answer answer_{};
  boost::beast::http::response<boost::beast::http::string_body> response_{};
  std::string chunk_{};  ///< being written
  bool writing_{false};  ///< a chunk or the head of a stream is under way
  bool reading_{false};  ///< watch_client has a read under way
  bool closed_{false};
};

}  // namespace btc::sim
