#include "k8s/io/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http.hpp>
#include <openssl/x509v3.h>

#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace btc::k8s::io {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

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

/// Whom the certificate must name. By OpenSSL itself, which then says what is wrong with it; Asio's
/// callback leaves "unspecified certificate verification error".
void expect_name(SSL* ssl, const std::string& name) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1) {
    return;
  }
  SSL_set_tlsext_host_name(ssl, name.c_str());  // SNI carries names only
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, name.c_str());
}

}  // namespace

api_error to_api_error(const boost::system::error_code& ec, const std::string& doing) {
  const auto reason = ec == beast::error::timeout ? reason_timeout : reason_connection_lost;
  return {0, std::string{reason}, doing + ": " + ec.message()};
}

connection::connection(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls)
    : context_(std::move(tls)), tcp_(io) {
  if (context_ != nullptr) {
    tls_.emplace(tcp_, *context_);
  }
}

void connection::close() noexcept {
  boost::system::error_code ignored;
  tcp_.socket().close(ignored);
}

bool connection::is_quiet() noexcept {
  char byte = 0;
  const auto n = ::recv(tcp_.socket().native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<std::optional<api_error>> connection::open(const cluster_config& cluster,
                                                           const transport_limits& limits,
                                                           clock::time_point deadline) {
  tcp_.expires_at(std::min(deadline, clock::now() + limits.connect_deadline));
  auto error = co_await connect(cluster.proxy.value_or(cluster.server), limits);
  if (!error && cluster.proxy) {
    error = co_await tunnel(cluster.server);
  }
  if (!error && tls_) {
    error = co_await handshake(cluster);
  }
  co_return error;
}

asio::awaitable<std::optional<api_error>> connection::connect(const endpoint& to,
                                                              const transport_limits& limits) {
  tcp::resolver resolver{co_await asio::this_coro::executor};
  // The stream's deadline does not cover the resolver.
  asio::steady_timer watchdog{co_await asio::this_coro::executor, limits.connect_deadline};
  watchdog.async_wait([&resolver](boost::system::error_code ec) {
    if (!ec) {
      resolver.cancel();
    }
  });
  auto [resolve_error, addresses] = co_await resolver.async_resolve(to.host, to.port, use_tuple);
  watchdog.cancel();
  if (resolve_error) {
    co_return api_error{0,
                        std::string{reason_unreachable},
                        "cannot resolve " + authority(to) + ": " + resolve_error.message()};
  }
  const auto [connect_error, peer] = co_await tcp_.async_connect(addresses, use_tuple);
  if (connect_error) {
    co_return api_error{0,
                        std::string{reason_unreachable},
                        "cannot connect to " + authority(to) + ": " + connect_error.message()};
  }
  tune(tcp_.socket(), limits);
  co_return std::nullopt;
}

asio::awaitable<std::optional<api_error>> connection::tunnel(const endpoint& to) {
  http::request<http::empty_body> ask{http::verb::connect, authority(to), 11};
  ask.set(http::field::host, authority(to));
  if (const auto [ec, n] = co_await http::async_write(tcp_, ask, use_tuple); ec) {
    co_return to_api_error(ec, "proxy");
  }
  http::response_parser<http::empty_body> answer;
  answer.skip(true);
  if (const auto [ec, n] = co_await http::async_read_header(tcp_, buffer_, answer, use_tuple); ec) {
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
  expect_name(tls_->native_handle(), name);
  const auto [ec] = co_await tls_->async_handshake(asio::ssl::stream_base::client, use_tuple);
  if (!ec) {
    co_return std::nullopt;
  }
  if (ec.category() != asio::error::get_ssl_category()) {
    co_return to_api_error(ec, "TLS handshake with " + authority(cluster.server));
  }
  const auto verified = SSL_get_verify_result(tls_->native_handle());
  const std::string why =
      verified == X509_V_OK ? ec.message() : X509_verify_cert_error_string(verified);
  co_return api_error{0,
                      std::string{reason_bad_certificate},
                      "TLS with " + authority(cluster.server) + " as \"" + name + "\": " + why
                          + "; check certificate-authority and tls-server-name"};
}

}  // namespace btc::k8s::io
