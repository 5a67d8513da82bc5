#include "actors/bitcoin/io/rpc_connections.hpp"

#include "actors/bitcoin/peer_address.hpp"
#include "k8s/io/use_tuple.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace btc::bitcoin::io {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using k8s::api_error;
using k8s::io::use_tuple;

namespace {

/// False when the node has closed the connection, or spoken unasked.
[[nodiscard]] bool is_quiet(rpc_connection& c) noexcept {
  char byte = 0;
  const auto n =
      ::recv(c.stream.socket().native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

api_error to_rpc_error(const boost::system::error_code& ec, const std::string& doing) {
  auto reason = k8s::reason_connection_lost;
  if (ec == boost::beast::error::timeout) {
    reason = k8s::reason_timeout;
  } else if (ec == http::error::body_limit) {
    reason = k8s::reason_too_large;
  } else if (ec.category() == http::make_error_code(http::error::bad_version).category()
             && ec != http::error::end_of_stream && ec != http::error::partial_message) {
    reason = k8s::reason_malformed;
  }
  return {0, std::string{reason}, doing + ": " + ec.message()};
}

rpc_connections::rpc_connections(asio::io_context& io, const rpc_transport_limits& limits)
    : io_(io), limits_(limits), sweep_(io) {}

asio::awaitable<k8s::result<rpc_lease>> rpc_connections::take(std::string host,
                                                              std::uint16_t port,
                                                              clock::time_point deadline,
                                                              bool fresh) {
  while (in_use_ >= limits_.connections_max) {
    auto turn = std::make_shared<waiting>(waiting{asio::steady_timer{io_, deadline}});
    queue_.push_back(turn);
    co_await turn->timer.async_wait(use_tuple);
    if (!turn->called) {
      std::erase(queue_, turn);
      co_return api_error{
          0, std::string{k8s::reason_timeout}, "no connection became free within the deadline"};
    }
  }
  ++in_use_;
  if (auto kept = fresh ? nullptr : take_kept(host, port)) {
    co_return rpc_lease{std::move(kept), true};
  }
  auto made = co_await connect(std::move(host), port, deadline);
  if (!made) {
    drop();
  }
  co_return made;
}

asio::awaitable<k8s::result<rpc_lease>> rpc_connections::connect(std::string host,
                                                                 std::uint16_t port,
                                                                 clock::time_point deadline) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    co_return api_error{0,
                        std::string{k8s::reason_unreachable},
                        '"' + host + "\" is not an IP address, as status.podIP is"};
  }
  auto made = std::make_unique<rpc_connection>(io_);
  made->stream.expires_at(std::min(deadline, clock::now() + limits_.connect_deadline));
  const auto [ec] = co_await made->stream.async_connect(tcp::endpoint{address, port}, use_tuple);
  if (ec) {
    const auto reason =
        ec == boost::beast::error::timeout ? k8s::reason_timeout : k8s::reason_unreachable;
    co_return api_error{0,
                        std::string{reason},
                        "cannot connect to " + node_address(host, port) + ": " + ec.message()};
  }
  boost::system::error_code ignored;
  made->stream.socket().set_option(tcp::no_delay{true}, ignored);
  made->host = std::move(host);
  made->port = port;
  co_return rpc_lease{std::move(made), false};
}

std::unique_ptr<rpc_connection> rpc_connections::take_kept(const std::string& host,
                                                           std::uint16_t port) {
  close_idle();
  for (;;) {
    const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& c) {
      return c->port == port && c->host == host;
    });
    if (found == kept_.rend()) {
      return nullptr;
    }
    auto newest = std::move(*found);
    kept_.erase(std::next(found).base());
    if (is_quiet(*newest)) {
      return newest;
    }
  }
}

void rpc_connections::keep(std::unique_ptr<rpc_connection> c) {
  c->idle_since = clock::now();
  c->stream.expires_never();
  kept_.push_back(std::move(c));
  if (kept_.size() > limits_.kept_max) {
    kept_.pop_front();
  }
  if (kept_.size() == 1) {
    close_idle();  // starts the timer
  }
  drop();
}

void rpc_connections::drop() noexcept {
  --in_use_;
  if (!queue_.empty()) {
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    next->called = true;
    next->timer.cancel();
  }
}

void rpc_connections::close_idle() {
  const auto oldest = clock::now() - limits_.idle_max;
  while (!kept_.empty() && kept_.front()->idle_since <= oldest) {
    kept_.pop_front();
  }
  if (kept_.empty()) {
    sweep_.cancel();
    return;
  }
  sweep_.expires_at(kept_.front()->idle_since + limits_.idle_max);
  sweep_.async_wait([this](boost::system::error_code ec) {
    if (!ec) {
      close_idle();
    }
  });
}

}  // namespace btc::bitcoin::io
