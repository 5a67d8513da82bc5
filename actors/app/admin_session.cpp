#include "actors/app/admin_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <string>
#include <utility>

namespace btc::app {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using error_code = boost::system::error_code;

constexpr std::string_view strictest_policy = "default-src 'none'; frame-ancestors 'none'";
constexpr int http_1_1 = 11;

template <class Body>
http::response<Body> make_head(const admin_reply& reply, bool keep_alive) {
  http::response<Body> head(static_cast<http::status>(reply.status), http_1_1);
  head.set(http::field::content_type, reply.content_type);
  head.set(http::field::cache_control, "no-store");
  head.set(
      "Content-Security-Policy",
      reply.content_security_policy.empty() ? strictest_policy : reply.content_security_policy);
  head.set("X-Content-Type-Options", "nosniff");
  head.set("Referrer-Policy", "no-referrer");
  if (reply.status == static_cast<unsigned>(http::status::method_not_allowed)) {
    head.set(http::field::allow, "GET, HEAD");
  }
  head.content_length(reply.body.size());
  head.keep_alive(keep_alive);
  return head;
}

}  // namespace

admin_session::admin_session(asio::ip::tcp::socket socket,
                             std::shared_ptr<const admin_context> context)
    : context_(std::move(context)),
      stream_(std::move(socket)),
      status_timer_(stream_.get_executor()),
      buffer_(context_->limits.header_bytes_max + context_->limits.body_bytes_max) {
  error_code ignored;
  client_ = stream_.socket().remote_endpoint(ignored).address();
}

void admin_session::start() {
  read();
}

void admin_session::close() {
  stream_.close();
  asked_.reset();
  status_timer_.cancel();
}

void admin_session::read() {
  busy_since_ = std::chrono::steady_clock::now();
  parser_.emplace();
  parser_->header_limit(context_->limits.header_bytes_max);
  parser_->body_limit(context_->limits.body_bytes_max);
  // One deadline for the whole request, so that a byte now and then does not hold a connection.
  stream_.expires_after(context_->limits.idle_timeout);
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, auto) {
    self->on_read(error);
  });
}

void admin_session::on_read(error_code error) {
  if (error) {
    on_bad_request(error);
    return;
  }
  const auto& request = parser_->get();
  keep_alive_ = request.keep_alive();
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    send(refusal(405, "read-only: GET and HEAD"));
  } else if (const auto path = find_admin_path(request.target())) {
    answer(*path);
  } else {
    send(not_found_reply());
  }
}

/// A request that breaks a limit or HTTP itself gets an answer and is the connection's last; for a
/// connection that ended there is nothing to do.
void admin_session::on_bad_request(error_code error) {
  keep_alive_ = false;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    send(refusal(431, "header too large"));
  } else if (error == http::error::body_limit) {
    send(refusal(413, "body too large; none is needed"));
  } else if (error.category() == make_error_code(http::error::bad_version).category()
             && error != http::error::end_of_stream && error != http::error::partial_message) {
    send(refusal(400, "not an HTTP/1.1 request: " + error.message()));
  }
}

void admin_session::answer(admin_path path) {
  if (needs_report(path)) {
    ask_status(path);
  } else if (path == admin_path::metrics) {
    send({.body = context_->metrics.expose(std::chrono::steady_clock::now()),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"});
  } else {
    send({.body = context_->page.html(),
          .content_type = "text/html; charset=utf-8",
          .content_security_policy = context_->page.policy()});
  }
}

void admin_session::ask_status(admin_path path) {
  asked_ = path;
  ++question_;
  status_timer_.expires_after(context_->limits.status_timeout);
  status_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) {
      self->on_status_timeout();
    }
  });
  // The source may keep the handler for ever, so it holds no session alive.
  context_->source.query(
      [weak = weak_from_this(), question = question_](telemetry::status_report report) {
        if (auto self = weak.lock()) {
          const auto strand = self->stream_.get_executor();
          asio::post(strand, [self = std::move(self), question, r = std::move(report)]() mutable {
            self->on_status(question, std::move(r));
          });
        }
      });
}

void admin_session::on_status(std::uint64_t question, telemetry::status_report report) {
  if (!asked_ || question != question_) {
    return;
  }
  const auto path = *std::exchange(asked_, std::nullopt);
  status_timer_.cancel();
  send(report_reply(path, std::move(report), context_->limits.health));
}

void admin_session::on_status_timeout() {
  // The timer may have fired just before a report cancelled it.
  if (asked_ && status_timer_.expiry() <= std::chrono::steady_clock::now()) {
    asked_.reset();
    send(refusal(503,
                 "the actors gave no report within "
                     + std::to_string(context_->limits.status_timeout.count()) + " ms"));
  }
}

void admin_session::send(admin_reply reply) {
  stream_.expires_after(context_->limits.io_timeout);
  const auto done = [self = shared_from_this()](error_code error, auto) {
    self->on_written(error);
  };
  // After a request that could not be read the method is unknown and counts as GET.
  if (parser_->is_header_done() && parser_->get().method() == http::verb::head) {
    auto& head = response_.emplace<1>(make_head<http::empty_body>(reply, keep_alive_));
    http::async_write(stream_, head, done);
  } else {
    auto& full = response_.emplace<0>(make_head<http::string_body>(reply, keep_alive_));
    full.body() = std::move(reply.body);
    http::async_write(stream_, full, done);
  }
}

void admin_session::on_written(error_code error) {
  response_ = {};  // a report of 1000 networks is large, and the connection may stay idle
  if (error) {
    return;
  }
  if (keep_alive_) {
    read();
    return;
  }
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(context_->limits.io_timeout);
  drain();
}

/// Reads what the client still sends: closing before would reset the connection and could take the
/// answer with it.
void admin_session::drain() {
  stream_.async_read_some(asio::buffer(drained_),
                          [self = shared_from_this()](error_code error, auto) {
                            if (!error) {
                              self->drain();
                            }
                          });
}

}  // namespace btc::app
