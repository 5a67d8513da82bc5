#include "actors/bitcoin/io/http_rpc_transport.hpp"

#include "actors/bitcoin/io/rpc_connections.hpp"
#include "actors/bitcoin/io/wiping_allocator.hpp"
#include "actors/bitcoin/peer_address.hpp"
#include "k8s/io/use_tuple.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http.hpp>

#include <utility>

namespace btc::bitcoin::io {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using k8s::io::use_tuple;

namespace {

constexpr unsigned http_1_1 = 11;

using secret_fields = http::basic_fields<wiping_allocator<char>>;
using http_request = http::request<http::string_body, secret_fields>;

/// How far one exchange came.
struct progress {
  bool sent{false};      ///< the whole request, so the node may have acted on it
  bool answered{false};  ///< some byte of the answer came
};

[[nodiscard]] http_request to_http(rpc_request&& r) {
  http_request out{http::verb::post, "/", http_1_1};
  out.set(http::field::host, node_address(r.host, r.port));
  const auto authorization = r.authorization.reveal();
  out.set(http::field::authorization, {authorization.data(), authorization.size()});
  out.set(http::field::content_type, "application/json");
  out.body() = std::move(r.body);
  out.prepare_payload();
  return out;
}

}  // namespace

struct http_rpc_transport::impl {
  impl(k8s::io::io_thread& thread, rpc_transport_limits l)
      : limits(l), io(thread.context()), connections(io, limits) {}

  const rpc_transport_limits limits;
  asio::io_context& io;
  rpc_connections connections;

  asio::awaitable<k8s::result<rpc_response>> exchange(rpc_connection& c,
                                                      const http_request& message,
                                                      progress& at,
                                                      bool& reusable) const {
    const auto node = node_address(c.host, c.port);
    // A request that was not written to its end is none: bitcoind acts on complete bodies only.
    if (const auto [ec, n] = co_await http::async_write(c.stream, message, use_tuple); ec) {
      co_return to_rpc_error(ec, "request to " + node);
    }
    at.sent = true;
    http::response_parser<http::string_body> parser;
    parser.header_limit(limits.header_bytes_max);
    parser.body_limit(limits.answer_bytes_max);
    const auto [ec, n] = co_await http::async_read(c.stream, c.buffer, parser, use_tuple);
    at.answered = parser.got_some();
    if (ec) {
      co_return to_rpc_error(ec, "answer of " + node);
    }
    reusable = parser.get().keep_alive() && c.buffer.size() == 0;
    co_return rpc_response{static_cast<int>(parser.get().result_int()),
                           std::move(parser.get().body())};
  }

  asio::awaitable<k8s::result<rpc_response>> call(rpc_request r, clock::time_point deadline) {
    const std::string host = r.host;
    const auto port = r.port;
    const bool idempotent = r.idempotent;
    const auto message = to_http(std::move(r));
    for (bool fresh = false;; fresh = true) {
      auto taken = co_await connections.take(host, port, deadline, fresh);
      if (!taken) {
        co_return taken.error();
      }
      taken->connection->stream.expires_at(deadline);
      progress at;
      bool reusable = false;
      auto answer = co_await exchange(*taken->connection, message, at, reusable);
      if (reusable) {
        connections.keep(std::move(taken->connection));
      } else {
        connections.drop();
      }
      const bool repeat = !answer && taken->reused && !at.answered && (idempotent || !at.sent)
                          && answer.error().reason() == k8s::reason_connection_lost;
      if (!repeat) {
        co_return answer;
      }
    }
  }

  static asio::awaitable<void> run(std::shared_ptr<impl> me,
                                   rpc_request r,
                                   clock::time_point deadline,
                                   response_handler done) {
    done(co_await me->call(std::move(r), deadline));
  }
};

http_rpc_transport::http_rpc_transport(k8s::io::io_thread& thread, rpc_transport_limits limits)
    : impl_(std::make_shared<impl>(thread, limits)) {}

http_rpc_transport::~http_rpc_transport() = default;

void http_rpc_transport::post(rpc_request r,
                              std::chrono::milliseconds deadline,
                              response_handler done) {
  asio::co_spawn(impl_->io,
                 impl::run(impl_, std::move(r), clock::now() + deadline, std::move(done)),
                 asio::detached);
}

}  // namespace btc::bitcoin::io
