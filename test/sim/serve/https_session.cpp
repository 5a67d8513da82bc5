#include "test/sim/serve/https_session.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <utility>

namespace btc::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds handshake_timeout{10};
constexpr std::chrono::seconds request_timeout{30};  // from its first byte to its last
constexpr std::size_t drained_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t peek_bytes = 4096;

[[nodiscard]] std::vector<std::string> entries(X509_NAME* name, int nid) {
  std::vector<std::string> found;
  for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0;
       at = X509_NAME_get_index_by_NID(name, nid, at)) {
    const auto* data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
                       static_cast<std::size_t>(ASN1_STRING_length(data)));
  }
  return found;
}

/// OpenSSL has checked the certificate against the authority by now.
[[nodiscard]] std::optional<certificate_identity> identity_of(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(ssl),
                                                                &X509_free};
  if (!certificate) {
    return std::nullopt;
  }
  auto* name = X509_get_subject_name(certificate.get());
  auto users = entries(name, NID_commonName);
  return certificate_identity{users.empty() ? std::string{} : std::move(users.front()),
                              entries(name, NID_organizationName)};
}

[[nodiscard]] std::string text_of(beast::string_view view) {
  return {view.data(), view.size()};
}

}  // namespace

https_session::https_session(asio::ip::tcp::socket socket,
                             asio::ssl::context& tls,
                             const https_limits& limits,
                             exchange_handler& handler,
                             std::function<void()> served)
    : stream_(std::move(socket), tls),
      delay_(stream_.get_executor()),
      limits_(limits),
      handler_(handler),
      served_(std::move(served)) {}

void https_session::start() {
  auto& lowest = beast::get_lowest_layer(stream_);
  lowest.socket().set_option(asio::ip::tcp::no_delay(true));
  lowest.expires_after(handshake_timeout);
  beast::async_detect_ssl(lowest, buffer_, [self = shared_from_this()](error_code error, bool tls) {
    self->on_detected(error, tls);
  });
}

void https_session::close() {
  closed_ = true;
  answer_.events.reset();
  delay_.cancel();
  error_code ignored;
  beast::get_lowest_layer(stream_).socket().close(ignored);
}

void https_session::on_detected(error_code error, bool tls) {
  if (error) {
    return close();
  }
  if (!tls) {
    return refuse_plain_text();
  }
  stream_.async_handshake(asio::ssl::stream_base::server,
                          buffer_.data(),
                          [self = shared_from_this()](error_code failed, std::size_t used) {
                            self->on_handshake(failed, used);
                          });
}

void https_session::refuse_plain_text() {
  chunk_ = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
  asio::async_write(beast::get_lowest_layer(stream_),
                    asio::buffer(chunk_),
                    [self = shared_from_this()](error_code, std::size_t) { self->close(); });
}

void https_session::on_handshake(error_code error, std::size_t used) {
  if (error) {
    return close();
  }
  buffer_.consume(used);
  certificate_ = identity_of(stream_.native_handle());
  read_request();
}

void https_session::read_request() {
  parser_.emplace();
  parser_->header_limit(limits_.header_bytes_max);
  parser_->body_limit(drained_bytes_max);
  // An idle connection may wait as long as its client likes.
  beast::get_lowest_layer(stream_).expires_never();
  http::async_read_header(
      stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
        self->on_head(error);
      });
}

void https_session::on_head(error_code error) {
  if (error) {
    return close();
  }
  beast::get_lowest_layer(stream_).expires_after(request_timeout);
  http::async_read(
      stream_, buffer_, *parser_, [self = shared_from_this()](error_code failed, std::size_t) {
        self->on_request(failed);
      });
}

void https_session::on_request(error_code error) {
  beast::get_lowest_layer(stream_).expires_never();
  if (error) {
    return close();
  }
  answer_ = handler_.handle(to_request());
  served_();
  if (answer_.delay.count() > 0) {
    delay_.expires_after(answer_.delay);
    delay_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) {
        self->deliver();
      }
    });
    return;
  }
  deliver();
}

exchange_request https_session::to_request() const {
  const auto& message = parser_->get();
  exchange_request r;
  r.method = text_of(message.method_string());
  r.target = text_of(message.target());
  r.content_type = text_of(message[http::field::content_type]);
  r.accept = text_of(message[http::field::accept]);
  r.authorization = text_of(message[http::field::authorization]);
  r.user_agent = text_of(message[http::field::user_agent]);
  r.impersonate_user = text_of(message["Impersonate-User"]);
  const auto [first, last] = message.equal_range("Impersonate-Group");
  for (auto at = first; at != last; ++at) {
    r.impersonate_groups.push_back(text_of(at->value()));
  }
  r.body_too_large = message.body().size() > limits_.body_bytes_max;
  if (!r.body_too_large) {
    r.body = message.body();
  }
  r.certificate = certificate_;
  return r;
}

void https_session::deliver() {
  switch (answer_.how) {
    case delivery::lost:
      return close();
    case delivery::truncated:
      return write_half();
    case delivery::whole:
      return answer_.events ? open_stream() : write_answer();
  }
}

void https_session::write_answer() {
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(answer_.status));
  if (!answer_.content_type.empty()) {
    response_.set(http::field::content_type, answer_.content_type);
  }
  for (const auto& [name, value] : answer_.headers) {
    response_.insert(name, value);
  }
  response_.keep_alive(parser_->get().keep_alive() && !answer_.close);
  if (parser_->get().method() != http::verb::head) {
    response_.body() = std::move(answer_.body);
  }
  response_.prepare_payload();
  const bool keep = response_.keep_alive();
  http::async_write(
      stream_, response_, [self = shared_from_this(), keep](error_code error, std::size_t) {
        self->on_written(error, keep);
      });
}

void https_session::on_written(error_code error, bool keep) {
  if (error || !keep) {
    // Without a proper end of TLS a client would take the answer for one that was cut off.
    stream_.async_shutdown([self = shared_from_this()](error_code) { self->close(); });
    return;
  }
  read_request();
}

void https_session::write_half() {
  chunk_ = "HTTP/1.1 " + std::to_string(answer_.status) + " Cut\r\nContent-Type: "
           + answer_.content_type + "\r\nContent-Length: " + std::to_string(answer_.body.size())
           + "\r\n\r\n" + answer_.body.substr(0, answer_.body.size() / 2);
  asio::async_write(stream_,
                    asio::buffer(chunk_),
                    [self = shared_from_this()](error_code, std::size_t) { self->close(); });
}

// -- streams ----------------------------------------------------------------------------------

void https_session::open_stream() {
  chunk_ = "HTTP/1.1 200 OK\r\nContent-Type: " + answer_.content_type
           + "\r\nCache-Control: no-cache, private\r\nTransfer-Encoding: chunked\r\n\r\n";
  writing_ = true;
  watch_client();
  asio::async_write(
      stream_, asio::buffer(chunk_), [self = shared_from_this()](error_code error, std::size_t) {
        self->writing_ = false;
        error ? self->close() : self->pump();
      });
}

/// Notices that the client has gone; what it may send in the meantime is its next request.
void https_session::watch_client() {
  if (reading_) {
    return;
  }
  reading_ = true;
  stream_.async_read_some(buffer_.prepare(peek_bytes),
                          [self = shared_from_this()](error_code error, std::size_t count) {
                            self->reading_ = false;
                            if (error) {
                              return self->close();
                            }
                            self->buffer_.commit(count);
                            if (!self->streaming() && !self->writing_) {
                              self->read_request();
                            }
                          });
}

void https_session::pump() {
  if (closed_ || writing_ || !streaming()) {
    return;
  }
  const auto now = steady_clock::now();
  std::string lines;
  while (lines.size() < limits_.chunk_bytes_max) {
    auto line = answer_.events->next(now);
    if (!line) {
      break;
    }
    lines += *line;
  }
  if (lines.empty()) {
    if (answer_.events->ended(now)) {
      finish_stream();
    }
    return;
  }
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", lines.size());
  chunk_ = size.data() + lines + "\r\n";
  writing_ = true;
  asio::async_write(
      stream_, asio::buffer(chunk_), [self = shared_from_this()](error_code error, std::size_t) {
        self->writing_ = false;
        error ? self->close() : self->pump();
      });
}

void https_session::finish_stream() {
  answer_.events.reset();
  chunk_ = "0\r\n\r\n";
  writing_ = true;
  asio::async_write(
      stream_, asio::buffer(chunk_), [self = shared_from_this()](error_code error, std::size_t) {
        self->writing_ = false;
        if (error) {
          return self->close();
        }
        if (!self->reading_) {
          self->read_request();
        }
      });
}

}  // namespace btc::sim
