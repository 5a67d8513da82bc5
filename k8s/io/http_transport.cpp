#include "k8s/io/http_transport.hpp"

#include "k8s/io/connection_pool.hpp"
#include "k8s/io/credentials.hpp"
#include "k8s/io/guarded.hpp"
#include "k8s/io/http_messages.hpp"
#include "k8s/io/http_watch.hpp"
#include "k8s/io/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

namespace btc::k8s::io {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr int status_unauthorized = 401;
constexpr int interim_answers_max = 8;

/// 101 is none: the server would speak another protocol after it.
[[nodiscard]] bool is_interim(unsigned status) noexcept {
  constexpr unsigned switching = 101;
  return status / 100 == 1 && status != switching;
}

}  // namespace

struct http_transport::impl : std::enable_shared_from_this<http_transport::impl> {
  impl(io_thread& thread, cluster_config c, transport_options o)
      : io(thread.context()), cluster(std::move(c)), options(std::move(o)) {}

  using self = std::shared_ptr<impl>;

  asio::io_context& io;
  const cluster_config cluster;
  const transport_options options;
  tls_material tls{cluster, this_host()};
  credentials account{cluster, this_host(), options};
  connection_pool pool{io, cluster, options.limits, tls};
  clock::time_point next_reload{clock::now() + options.limits.reload_interval};

  void reload_if_due() {
    if (clock::now() < next_reload) {
      return;
    }
    next_reload = clock::now() + options.limits.reload_interval;
    try {
      if (tls.reload()) {
        pool.forget_all();
      }
    } catch (const std::exception& e) {
      warn(e.what());
    }
    warn_of_expiry();
  }

  void warn(const std::string& text) const {
    if (options.warn && !text.empty()) {
      options.warn(text);
    }
  }

  /// The API server answers an expired certificate with a bare 401: only we can say why.
  void warn_of_expiry() const { warn(tls.expired_client_certificate()); }

  void observe(const request& r, int status, clock::time_point begin, bool watch) const {
    if (options.observe) {
      options.observe({r.method, status, clock::now() - begin, watch});
    }
  }

  /// Reads an answer, or its head, with a new parser. Interim answers, which a proxy may send
  /// unasked, come before it and are passed over (RFC 9110, section 15.2).
  asio::awaitable<boost::system::error_code> read_answer(connection& c,
                                                         connection::part until,
                                                         std::unique_ptr<answer_parser>& parser) {
    for (int interim = 0; interim <= interim_answers_max; ++interim) {
      parser = std::make_unique<answer_parser>();
      parser->header_limit(options.limits.header_bytes_max);
      parser->body_limit(options.limits.body_bytes_max);
      const auto ec = co_await c.read(*parser, until);
      if (ec || !is_interim(parser->get().result_int())) {
        co_return ec;
      }
    }
    co_return make_error_code(http::error::bad_status);
  }

  /// Writes a request and reads the whole answer. `answered` tells whether any byte of it came.
  asio::awaitable<result<response>> exchange(connection& c,
                                             const std::string& message,
                                             bool& answered) {
    if (const auto ec = co_await c.write(message)) {
      co_return to_api_error(ec, "request");
    }
    std::unique_ptr<answer_parser> parser;
    const auto ec = co_await read_answer(c, connection::part::all, parser);
    answered = parser->got_some();
    if (ec == http::error::body_limit) {
      co_return api_error{0, std::string{reason_too_large}, "the answer is over the body limit"};
    }
    if (ec) {
      co_return to_api_error(ec, "answer");
    }
    auto& head = parser->get();
    response out{static_cast<int>(head.result_int()), retry_after(head), {}};
    c.reusable = parser->keep_alive();  // a body that ends with its connection leaves none
    out.body.text = std::move(head.body());
    co_return out;
  }

  /// One try of a unary request; repeated once on a fresh connection where that is safe.
  asio::awaitable<result<response>> attempt(const request& r,
                                            const std::string& authorization,
                                            clock::time_point deadline) {
    const auto message = to_http(r, cluster, options, authorization);
    for (bool fresh = false;; fresh = true) {
      auto taken = co_await pool.take(deadline, fresh);
      if (!taken) {
        co_return taken.error();
      }
      auto& c = *taken->connection;
      c.expires_at(deadline);
      bool answered = false;
      auto answer = co_await exchange(c, message, answered);
      if (answer && c.reusable) {
        pool.keep(std::move(taken->connection));
      } else {
        pool.drop();
      }
      const bool repeat = !answer && taken->reused && !answered && r.method == method::get
                          && answer.error().reason() == reason_connection_lost;
      if (!repeat) {
        co_return answer;
      }
    }
  }

  asio::awaitable<result<response>> unary(const request& r, clock::time_point deadline) {
    auto authorization = co_await account.authorization(deadline);
    if (!authorization) {
      co_return authorization.error();
    }
    auto answer = co_await attempt(r, *authorization, deadline);
    if (!answer || answer->status != status_unauthorized) {
      co_return answer;
    }
    account.invalidate(*authorization);
    const auto renewed = co_await account.authorization(deadline);
    if (!renewed || *renewed == *authorization) {
      co_return answer;
    }
    co_return co_await attempt(r, *renewed, deadline);
  }

  static asio::awaitable<void> run_unary(self me,
                                         request r,
                                         clock::time_point deadline,
                                         response_handler done) {
    const auto begin = clock::now();
    me->reload_if_due();
    auto answer = co_await guarded(me->unary(r, deadline));
    me->observe(r, answer ? answer->status : 0, begin, false);
    done(std::move(answer));
  }

  struct opened {
    response head{};
    std::unique_ptr<watch_stream> stream{};
  };

  /// Reads a body that is no stream: the reason why the watch was refused.
  asio::awaitable<void> read_refusal(connection& c, answer_parser& parser, response& out) {
    parser.body_limit(options.limits.body_bytes_max);
    const auto ec = co_await c.read(parser, connection::part::all);
    if (!ec) {
      out.body.text = std::move(parser.get().body());
    }
  }

  asio::awaitable<result<opened>> open(const request& r,
                                       clock::time_point deadline,
                                       std::chrono::milliseconds life) {
    const auto authorization = co_await account.authorization(deadline);
    if (!authorization) {
      co_return authorization.error();
    }
    auto c = std::make_unique<connection>(io, tls);
    if (auto error = co_await c->open(cluster, options.limits, deadline)) {
      co_return *error;
    }
    c->expires_at(deadline);
    if (const auto ec = co_await c->write(to_http(r, cluster, options, *authorization))) {
      co_return to_api_error(ec, "request");
    }
    std::unique_ptr<answer_parser> head;
    if (const auto ec = co_await read_answer(*c, connection::part::head, head)) {
      co_return to_api_error(ec, "answer");
    }
    tls.remember(*c);
    const auto& about = head->get();
    opened out{{static_cast<int>(about.result_int()), retry_after(about), {}}, nullptr};
    if (about.result() == http::status::ok) {
      c->expires_at(clock::now() + life);
      out.stream = std::make_unique<http_watch>(
          io, std::move(c), std::move(head), options.limits.watch_read_bytes);
    } else {
      co_await read_refusal(*c, *head, out.head);
      if (out.head.status == status_unauthorized) {
        account.invalidate(*authorization);  // the watch's own back-off repeats it
      }
    }
    co_return out;
  }

  static asio::awaitable<void> run_watch(self me,
                                         request r,
                                         clock::time_point deadline,
                                         std::chrono::milliseconds life,
                                         open_handler done) {
    const auto begin = clock::now();
    me->reload_if_due();
    auto answer = co_await guarded(me->open(r, deadline, life));
    me->observe(r, answer ? answer->head.status : 0, begin, true);
    if (answer) {
      done(std::move(answer->head), std::move(answer->stream));
    } else {
      done(answer.error(), nullptr);
    }
  }
};

http_transport::http_transport(io_thread& thread, cluster_config cluster, transport_options options)
    : impl_(std::make_shared<impl>(thread, std::move(cluster), std::move(options))) {
  impl_->warn_of_expiry();
}

http_transport::~http_transport() = default;

void http_transport::send(request r, std::chrono::milliseconds deadline, response_handler done) {
  asio::co_spawn(impl_->io,
                 impl::run_unary(impl_, std::move(r), clock::now() + deadline, std::move(done)),
                 asio::detached);
}

void http_transport::open_watch(request r,
                                std::chrono::milliseconds open_deadline,
                                std::chrono::milliseconds life_deadline,
                                open_handler done) {
  asio::co_spawn(
      impl_->io,
      impl::run_watch(
          impl_, std::move(r), clock::now() + open_deadline, life_deadline, std::move(done)),
      asio::detached);
}

}  // namespace btc::k8s::io
