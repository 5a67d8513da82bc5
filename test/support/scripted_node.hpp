#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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
#include <thread>
#include <utility>
#include <vector>

namespace btc::test {

/// The server's end of one connection, for a script: blocking, and bounded by a timeout of 20 s for
/// each read.
class node_connection {
 public:
  using request = boost::beast::http::request<boost::beast::http::string_body>;

  explicit node_connection(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    const timeval bound{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  }

  /// The next request; an empty one when the client closed.
  request read() {
    request r;
    boost::system::error_code ec;
    boost::beast::http::read(socket_, buffer_, r, ec);
    return ec ? request{} : r;
  }
  void write(std::string_view bytes) {
    boost::system::error_code ec;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), ec);
  }
  void answer(int status, std::string_view body, std::string_view headers = {}) {
    write("HTTP/1.1 " + std::to_string(status)
          + " Text\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"
          + std::string{headers} + "\r\n" + std::string{body});
  }
  /// True when the client closes the connection, false when it speaks or waits for 20 s.
  bool closed_by_client() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, 0) == 0;
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_{};
};

/// A server on loopback, in place of a bitcoind, that treats its first connection by the first
/// script, and so on; a connection is closed at the end of its script. Connections above the
/// scripts are not accepted.
class scripted_node {
 public:
  using script = std::function<void(node_connection&)>;

  explicit scripted_node(std::vector<script> scripts)
      : scripts_(std::move(scripts)), thread_([this] { serve(); }) {}
  scripted_node(const scripted_node&) = delete;
  scripted_node& operator=(const scripted_node&) = delete;
  ~scripted_node() {
    stopping_ = true;
    // A connection of our own ends the accept that may be under way.
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket last{io};
    boost::system::error_code ignored;
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// Connections so far.
  [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }

 private:
  void serve() {
    for (const auto& run : scripts_) {
      boost::system::error_code ec;
      auto socket = acceptor_.accept(ec);
      if (ec || stopping_) {
        return;
      }
      ++accepted_;
      node_connection connection{std::move(socket)};
      run(connection);
    }
  }

  boost::asio::io_context io_{};
  boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::vector<script> scripts_;
  std::atomic<std::size_t> accepted_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace btc::test
