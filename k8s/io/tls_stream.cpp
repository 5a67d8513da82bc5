#include "k8s/io/tls_stream.hpp"

#include "k8s/io/use_tuple.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <sys/socket.h>

namespace btc::k8s::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

[[nodiscard]] error_code system_error(int number) noexcept {
  return {number, asio::error::get_system_category()};
}

[[nodiscard]] int length_of(std::size_t bytes) noexcept {
  return static_cast<int>(
      std::min(bytes, static_cast<std::size_t>(std::numeric_limits<int>::max())));
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

/// As Go's net package divides it: equal shares, none of which is too short to get an answer.
[[nodiscard]] clock::time_point share_of(clock::time_point deadline, std::size_t addresses) {
  const auto now = clock::now();
  const clock::duration share = (deadline - now) / static_cast<clock::rep>(addresses);
  return std::min(deadline, now + std::max<clock::duration>(share, std::chrono::seconds{2}));
}

}  // namespace

struct tls_stream::link {
  explicit link(asio::io_context& io) : socket(io), deadline(io) {}

  tcp::socket socket;
  asio::steady_timer deadline;
  bool timed_out{false};

  /// What an operation that ended with `ec` really ended of.
  [[nodiscard]] error_code explain(error_code ec) const noexcept {
    return timed_out ? make_error_code(boost::beast::error::timeout) : ec;
  }
};

/// A connection is closed without a farewell, as HTTP clients do; said to OpenSSL, or it would not
/// let the session be resumed.
void tls_stream::end_session::operator()(SSL* ssl) const noexcept {
  SSL_set_quiet_shutdown(ssl, 1);
  SSL_shutdown(ssl);
  SSL_free(ssl);
}

tls_stream::tls_stream(asio::io_context& io) : link_(std::make_shared<link>(io)) {}

tcp::socket& tls_stream::socket() noexcept {
  return link_->socket;
}

void tls_stream::expires_at(clock::time_point deadline) {
  link_->deadline.expires_at(deadline);
  link_->deadline.async_wait([weak = std::weak_ptr{link_}](error_code ec) {
    const auto self = ec ? nullptr : weak.lock();
    // One that was set again while its handler was on its way is not over.
    if (self != nullptr && self->deadline.expiry() <= clock::now()) {
      self->timed_out = true;
      error_code ignored;
      self->socket.close(ignored);
    }
  });
}

void tls_stream::expires_never() {
  link_->deadline.expires_at(clock::time_point::max());
}

void tls_stream::close() noexcept {
  error_code ignored;
  link_->socket.close(ignored);
}

bool tls_stream::has_pending() const noexcept {
  return ssl_ != nullptr && SSL_has_pending(ssl_.get()) == 1;
}

asio::awaitable<error_code> tls_stream::connect(const tcp::resolver::results_type& addresses,
                                                clock::time_point deadline) {
  auto left = addresses.size();
  error_code ec = asio::error::host_not_found;
  for (const auto& address : addresses) {
    ec = co_await connect_to(address.endpoint(), share_of(deadline, left--));
    if (!ec || clock::now() >= deadline) {
      break;
    }
  }
  expires_never();
  if (!ec) {
    link_->socket.native_non_blocking(true, ec);
  }
  co_return ec;
}

asio::awaitable<error_code> tls_stream::connect_to(tcp::endpoint address, clock::time_point until) {
  const auto self = link_;
  error_code ignored;
  self->socket.close(ignored);
  self->timed_out = false;
  expires_at(until);
  const auto [ec] = co_await self->socket.async_connect(address, use_tuple);
  co_return self->explain(ec);
}

asio::awaitable<error_code> tls_stream::wait(tcp::socket::wait_type what) {
  const auto self = link_;
  const auto [ec] = co_await self->socket.async_wait(what, use_tuple);
  co_return self->explain(ec);
}

tls_stream::step tls_stream::after(int n, error_code& error) const noexcept {
  const int number = errno;
  if (n > 0) {
    return step::done;
  }
  switch (SSL_get_error(ssl_.get(), n)) {
    case SSL_ERROR_WANT_READ:
      return step::wait_to_read;
    case SSL_ERROR_WANT_WRITE:
      return step::wait_to_write;
    case SSL_ERROR_ZERO_RETURN:
      error = asio::error::eof;
      return step::failed;
    case SSL_ERROR_SYSCALL:
      error =
          number == 0 ? make_error_code(asio::ssl::error::stream_truncated) : system_error(number);
      return step::failed;
    default:
      break;
  }
  const auto code = ERR_get_error();
  error = ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING
              ? make_error_code(asio::ssl::error::stream_truncated)
              : error_code(static_cast<int>(code), asio::error::get_ssl_category());
  return step::failed;
}

template <class Call>
asio::awaitable<tls_stream::transferred> tls_stream::drive(Call call) {
  for (;;) {
    if (!link_->socket.is_open()) {
      co_return transferred{link_->explain(asio::error::operation_aborted)};
    }
    ERR_clear_error();
    errno = 0;
    const int n = call(ssl_.get());
    error_code ec;
    const auto next = after(n, ec);
    if (next == step::done) {
      co_return transferred{{}, static_cast<std::size_t>(n)};
    }
    if (next != step::failed) {
      ec = co_await wait(next == step::wait_to_read ? tcp::socket::wait_read
                                                    : tcp::socket::wait_write);
    }
    if (ec) {
      co_return transferred{link_->explain(ec)};
    }
  }
}

asio::awaitable<error_code> tls_stream::handshake(asio::ssl::context& context,
                                                  const std::string& name,
                                                  SSL_SESSION* session) {
  ssl_.reset(SSL_new(context.native_handle()));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), link_->socket.native_handle()) != 1) {
    co_return system_error(ENOMEM);
  }
  expect_name(ssl_.get(), name);
  if (session != nullptr) {
    SSL_set_session(ssl_.get(), session);
  }
  const auto done = co_await drive([](SSL* ssl) { return SSL_connect(ssl); });
  co_return done.error;
}

asio::awaitable<error_code> tls_stream::write(std::string_view bytes) {
  if (ssl_ == nullptr) {
    const auto self = link_;
    const auto [ec, n] = co_await asio::async_write(self->socket, asio::buffer(bytes), use_tuple);
    co_return self->explain(ec);
  }
  while (!bytes.empty()) {
    const auto done = co_await drive(
        [bytes](SSL* ssl) { return SSL_write(ssl, bytes.data(), length_of(bytes.size())); });
    if (done.error) {
      co_return done.error;
    }
    bytes.remove_prefix(done.bytes);
  }
  co_return error_code{};
}

asio::awaitable<tls_stream::transferred> tls_stream::read_some(asio::mutable_buffer to) {
  if (ssl_ == nullptr) {
    const auto self = link_;
    const auto [ec, n] = co_await self->socket.async_read_some(to, use_tuple);
    co_return transferred{self->explain(ec), n};
  }
  if (!has_pending()) {  // an answer is hardly ever there at once: spares a read in vain
    if (const auto ec = co_await wait(tcp::socket::wait_read)) {
      co_return transferred{ec};
    }
  }
  co_return co_await drive(
      [to](SSL* ssl) { return SSL_read(ssl, to.data(), length_of(to.size())); });
}

tls_stream::transferred tls_stream::try_read(asio::mutable_buffer to) {
  if (!has_pending() || !link_->socket.is_open()) {
    return {};
  }
  ERR_clear_error();
  errno = 0;
  const int n = SSL_read(ssl_.get(), to.data(), length_of(to.size()));
  error_code ec;
  const auto next = after(n, ec);
  return {ec, next == step::done ? static_cast<std::size_t>(n) : 0};
}

}  // namespace btc::k8s::io
