#include "k8s/io/connection.hpp"

#include "k8s/io/resolve.hpp"
#include "k8s/io/tls.hpp"
#include "k8s/io/use_tuple.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>

#include <algorithm>
#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace btc::k8s::io {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Of one read: a TLS record holds no more.
constexpr std::size_t read_bytes = std::size_t{16} << 10U;

void set_option(int socket, int level, int name, int value) {
  // Best effort: a kernel that lacks an option still has the deadlines above it.
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

/// A connection whose other end vanished is noticed in user_timeout when data waits, and by
/// keepalive probes when none does.
void tune(tcp::socket& socket, const transport_limits& limits) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  const int fd = socket.native_handle();
  const auto idle = static_cast<int>(limits.keepalive_idle.count());
  constexpr int probe_interval_seconds = 15;
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, probe_interval_seconds);
  const std::chrono::milliseconds user_timeout{limits.user_timeout};
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(user_timeout.count()));
}

}  // namespace

api_error to_api_error(const boost::system::error_code& ec, const std::string& doing) {
  const auto reason = ec == beast::error::timeout ? reason_timeout : reason_connection_lost;
  return {0, std::string{reason}, doing + ": " + ec.message()};
}

connection::connection(asio::io_context& io, const tls_material& tls)
    : tls_(tls), context_(tls.context()), stream_(io) {}

bool connection::is_quiet() noexcept {
  if (buffer_.size() > 0 || stream_.has_pending()) {
    return false;
  }
  char byte = 0;
  const auto n =
      ::recv(stream_.socket().native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::rest() {
  stream_.expires_never();
  buffer_.shrink_to_fit();
}

asio::awaitable<std::optional<api_error>> connection::open(const cluster_config& cluster,
                                                           const transport_limits& limits,
                                                           clock::time_point deadline) {
  const auto until = std::min(deadline, clock::now() + limits.connect_deadline);
  const endpoint& first = cluster.proxy ? *cluster.proxy : cluster.server;
  auto error = co_await connect(first, limits, until);
  expires_at(until);
  if (!error && cluster.proxy) {
    error = co_await tunnel(cluster.server, cluster.proxy->authorization);
  }
  if (!error && context_ != nullptr) {
    error = co_await handshake(cluster);
  }
  co_return error;
}

// -- reading ------------------------------------------------------------------------------

error_code connection::parse(answer_parser& parser) {
  error_code ec;
  const auto used = parser.put(buffer_.data(), ec);
  buffer_.consume(used);
  if (!ec && used == 0) {
    return http::error::need_more;
  }
  return ec == http::error::need_more && used > 0 ? error_code{} : ec;
}

error_code connection::take(answer_parser& parser, const tls_stream::transferred& got) {
  if (got.error == asio::error::eof) {
    error_code ec;
    if (parser.got_some()) {
      parser.put_eof(ec);  // an error unless the answer may end with its connection
    }
    return ec ? ec : http::error::end_of_stream;
  }
  if (got.error) {
    return got.error;
  }
  buffer_.commit(got.bytes);
  const auto ec = parse(parser);
  return ec == http::error::need_more ? error_code{} : ec;
}

asio::awaitable<error_code> connection::read_some(answer_parser& parser) {
  if (buffer_.size() > 0) {
    if (const auto ec = parse(parser); ec != http::error::need_more) {
      co_return ec;
    }
  }
  co_return take(parser, co_await stream_.read_some(buffer_.prepare(read_bytes)));
}

bool connection::take_more(answer_parser& parser, error_code& ec) {
  const auto got = stream_.try_read(buffer_.prepare(read_bytes));
  ec = got.error || got.bytes > 0 ? take(parser, got) : error_code{};
  return got.bytes > 0;
}

asio::awaitable<error_code> connection::read(answer_parser& parser, part until) {
  parser.eager(until == part::all);
  const auto complete = [&] {
    return until == part::all ? parser.is_done() : parser.is_header_done();
  };
  while (!complete()) {
    const auto ec = co_await read_some(parser);
    if (complete()) {  // a body without an announced end is complete with the end of the stream
      break;
    }
    if (ec) {
      co_return ec;
    }
  }
  co_return error_code{};
}

// -- opening ------------------------------------------------------------------------------

asio::awaitable<std::optional<api_error>> connection::connect(const endpoint& to,
                                                              const transport_limits& limits,
                                                              clock::time_point until) {
  const auto addresses = co_await resolve(to, until);
  if (!addresses) {
    co_return addresses.error();
  }
  if (const auto connect_error = co_await stream_.connect(*addresses, until)) {
    co_return api_error{0,
                        std::string{reason_unreachable},
                        "cannot connect to " + authority(to) + ": " + connect_error.message()};
  }
  tune(stream_.socket(), limits);
  co_return std::nullopt;
}

asio::awaitable<std::optional<api_error>> connection::tunnel(const endpoint& to,
                                                             const std::string& authorization) {
  const auto name = authority(to);
  auto ask = "CONNECT " + name + " HTTP/1.1\r\nHost: " + name + "\r\n";
  if (!authorization.empty()) {
    ask += "Proxy-Authorization: " + authorization + "\r\n";
  }
  ask += "\r\n";
  if (const auto ec = co_await write(ask)) {
    co_return to_api_error(ec, "proxy");
  }
  answer_parser answer;
  answer.skip(true);
  if (const auto ec = co_await read(answer, part::head)) {
    co_return to_api_error(ec, "proxy");
  }
  if (answer.get().result() != http::status::ok) {
    co_return api_error{
        0,
        std::string{reason_unreachable},
        "the proxy answers CONNECT with " + std::to_string(answer.get().result_int())};
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<api_error>> connection::handshake(const cluster_config& cluster) {
  const auto& name =
      cluster.tls_server_name.empty() ? cluster.server.host : cluster.tls_server_name;
  const auto ec = co_await stream_.handshake(*context_, name, tls_.session());
  if (!ec) {
    co_return std::nullopt;
  }
  if (ec.category() != asio::error::get_ssl_category()) {
    co_return to_api_error(ec, "TLS handshake with " + authority(cluster.server));
  }
  const auto verified = SSL_get_verify_result(ssl());
  const std::string why =
      verified == X509_V_OK ? ec.message() : X509_verify_cert_error_string(verified);
  co_return api_error{0,
                      std::string{reason_bad_certificate},
                      "TLS with " + authority(cluster.server) + " as \"" + name + "\": " + why
                          + "; check certificate-authority and tls-server-name"};
}

}  // namespace btc::k8s::io
