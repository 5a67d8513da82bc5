#pragma once

#include "actors/app/admin_page.hpp"
#include "actors/app/admin_reply.hpp"
#include "actors/app/admin_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace btc::app {

/// What all connections share; lives as long as the last of them.
struct admin_context {
  admin_limits limits{};
  status_source& source;
  const telemetry::metrics& metrics;
  admin_page page{};
};

/// One connection: read a request, answer it, again. Runs on the executor of its socket, a strand,
/// where every member is called. Its pending operation keeps it alive; when nothing is pending any
/// more, it is gone.
class admin_session : public std::enable_shared_from_this<admin_session> {
 public:
  admin_session(boost::asio::ip::tcp::socket socket, std::shared_ptr<const admin_context> context);

  void start();
  /// Cuts the connection; what is pending ends.
  void close();
  /// The peer's address; unspecified when it has left already.
  [[nodiscard]] const boost::asio::ip::address& client() const noexcept { return client_; }
  /// When it was accepted or its last answer was taken.
  [[nodiscard]] std::chrono::steady_clock::time_point busy_since() const noexcept {
    return busy_since_;
  }

 private:
  using error_code = boost::system::error_code;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  // The answer to HEAD has the length of a body and no body.
  using response = std::variant<boost::beast::http::response<boost::beast::http::string_body>,
                                boost::beast::http::response<boost::beast::http::empty_body>>;

  void read();
  void on_read(error_code error);
  void on_bad_request(error_code error);
  void answer(admin_path path);
  void ask_status(admin_path path);
  void on_status(std::uint64_t question, telemetry::status_report report);
  void on_status_timeout();
  void send(admin_reply reply);
  void on_written(error_code error);
  void drain();

  std::shared_ptr<const admin_context> context_;
  boost::beast::tcp_stream stream_;
  boost::asio::ip::address client_{};
  std::chrono::steady_clock::time_point busy_since_{};
  boost::asio::steady_timer status_timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_{};
  response response_{};
  std::array<char, 1024> drained_{};
  bool keep_alive_{false};
  std::optional<admin_path> asked_{};  ///< what waits for a report
  std::uint64_t question_{0};          ///< tells a late report from the present one
};

}  // namespace btc::app
