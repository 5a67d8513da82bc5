#include "test/sim/serve/node_listeners.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <list>
#include <optional>
#include <utility>

namespace btc::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

constexpr std::uint64_t body_bytes_max = 32 * 1024 * 1024;  // MAX_SIZE of bitcoind's httpserver
constexpr std::chrono::seconds idle_timeout{30};            // -rpcservertimeout

class node_session : public std::enable_shared_from_this<node_session> {
 public:
  node_session(tcp::socket socket, node_address at, std::shared_ptr<const node_handler> handler)
      : stream_(std::move(socket)), at_(std::move(at)), handler_(std::move(handler)) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(body_bytes_max);
    stream_.expires_after(idle_timeout);
    http::async_read(
        stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
          error ? self->close() : self->answer();
        });
  }

  void close() {
    error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    response_ = {};
    response_.version(11);
    response_.keep_alive(request.keep_alive());
    if (request.method() != http::verb::post) {
      response_.result(http::status::method_not_allowed);
      response_.body() = "JSONRPC server handles only POST requests";
    } else {
      const auto field = request[http::field::authorization];
      auto given = (*handler_)(at_, std::string(field.data(), field.size()), request.body());
      response_.result(static_cast<unsigned>(given.status));
      response_.set(http::field::content_type, "application/json");
      if (given.status == 401) {
        response_.set(http::field::www_authenticate, "Basic realm=\"jsonrpc\"");
      }
      response_.body() = std::move(given.body);
    }
    response_.prepare_payload();
    http::async_write(
        stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
          error || !self->response_.keep_alive() ? self->close() : self->read();
        });
  }

  beast::tcp_stream stream_;
  node_address at_;
  std::shared_ptr<const node_handler> handler_;
  beast::flat_buffer buffer_{};
  std::optional<http::request_parser<http::string_body>> parser_{};
  http::response<http::string_body> response_{};
};

}  // namespace

class node_listeners::listener : public std::enable_shared_from_this<listener> {
 public:
  listener(asio::io_context& io, node_address at, std::shared_ptr<const node_handler> handler)
      : acceptor_(io), at_(std::move(at)), handler_(std::move(handler)) {}

  [[nodiscard]] const node_address& at() const noexcept { return at_; }

  [[nodiscard]] bool open() {
    error_code error;
    const auto address = asio::ip::make_address(at_.ip, error);
    if (error || !address.is_loopback()) {
      return false;
    }
    const tcp::endpoint endpoint(address, at_.port);
    acceptor_.open(endpoint.protocol(), error);
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    acceptor_.bind(endpoint, error);
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      return false;
    }
    accept();
    return true;
  }

  void close() {
    closed_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) {
        session->close();
      }
    }
  }

 private:
  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (error || self->closed_) {
        return;
      }
      self->sessions_.remove_if([](const auto& weak) { return weak.expired(); });
      const auto session =
          std::make_shared<node_session>(std::move(socket), self->at_, self->handler_);
      self->sessions_.push_back(session);
      session->read();
      self->accept();
    });
  }

  tcp::acceptor acceptor_;
  node_address at_;
  std::shared_ptr<const node_handler> handler_;
  std::list<std::weak_ptr<node_session>> sessions_{};
  bool closed_{false};
};

node_listeners::node_listeners(asio::io_context& io, node_handler handler)
    : io_(io), handler_(std::make_shared<const node_handler>(std::move(handler))) {}

node_listeners::~node_listeners() {
  set({});
}

void node_listeners::set(const std::set<node_address>& wanted) {
  auto missing = wanted;
  for (auto at = listeners_.begin(); at != listeners_.end();) {
    if (missing.erase((*at)->at()) > 0) {
      ++at;
      continue;
    }
    (*at)->close();
    at = listeners_.erase(at);
  }
  for (const auto& address : missing) {
    const auto made = std::make_shared<listener>(io_, address, handler_);
    if (made->open()) {
      listeners_.insert(made);
    }
  }
}

}  // namespace btc::sim
