#pragma once

#include "actors/app/status_source.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

namespace btc::app {

/// A status_source whose answer the test chooses; silent at first. Thread-safe.
class scripted_source final : public status_source {
 public:
  using script = std::function<void(handler)>;

  void query(handler done) override {
    ++queries;
    if (const auto now = current()) {
      now(std::move(done));
    }
  }

  void answer(script s) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(s);
  }

  std::atomic<int> queries{0};

 private:
  [[nodiscard]] script current() const {
    const std::lock_guard lock(mutex_);
    return script_;
  }

  mutable std::mutex mutex_{};
  script script_{};
};

/// A blocking HTTP client with one connection to a server on loopback.
class admin_client {
 public:
  using response = boost::beast::http::response<boost::beast::http::string_body>;

  /// `from`: the address that the server sees, one of loopback.
  explicit admin_client(std::uint16_t port, const char* from = "127.0.0.1") {
    socket_.open(boost::asio::ip::tcp::v4());
    socket_.bind({boost::asio::ip::make_address(from), 0});
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    // Reads block in the kernel; a server that says nothing fails the test instead of hanging it.
    const timeval limit{10, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  [[nodiscard]] response get(std::string_view target) {
    return request(boost::beast::http::verb::get, target);
  }

  [[nodiscard]] response request(boost::beast::http::verb method,
                                 std::string_view target,
                                 std::string body = {}) {
    namespace http = boost::beast::http;
    http::request<http::string_body> r(method, target, 11);
    r.set(http::field::host, "localhost");
    r.body() = std::move(body);
    r.prepare_payload();
    http::write(socket_, r);
    http::response_parser<http::string_body> parser;
    parser.skip(method == http::verb::head);
    http::read(socket_, buffer_, parser);
    return parser.release();
  }

  void send(std::string_view bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }

  /// All that comes until the server closes.
  [[nodiscard]] std::string read_to_end() {
    std::string text;
    boost::system::error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), error);
    return text;
  }

  void close() { socket_.close(); }

 private:
  boost::asio::io_context io_{};
  boost::asio::ip::tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_{};
};

}  // namespace btc::app
