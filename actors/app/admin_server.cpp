#include "actors/app/admin_server.hpp"

#include "actors/app/admin_session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace btc::app {

namespace asio = boost::asio;
using asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

/// Wait after a failed accept, which mostly means that the process has no file descriptor left.
constexpr std::chrono::milliseconds accept_pause{100};

using strand = asio::strand<asio::io_context::executor_type>;

}  // namespace

/// The listener. Everything but the constructor runs on one strand, which is also that of every
/// session, so nothing here needs a lock.
class admin_server::impl : public std::enable_shared_from_this<impl> {
 public:
  impl(asio::io_context& io,
       const admin_options& options,
       status_source& source,
       const telemetry::metrics& metrics,
       telemetry::logger log)
      : context_(std::make_shared<admin_context>(
          admin_context{options.limits, source, metrics, admin_page()})),
        log_(std::move(log)),
        strand_(asio::make_strand(io)),
        acceptor_(strand_),
        pause_(strand_) {
    listen(options.address);
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  [[nodiscard]] const strand& executor() const { return strand_; }

  void accept() {
    acceptor_.async_accept(asio::any_io_executor(strand_),
                           [self = shared_from_this()](error_code error, tcp::socket socket) {
                             self->on_accept(error, std::move(socket));
                           });
  }

  void stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) {
        session->close();
      }
    }
  }

 private:
  void listen(const listen_address& address) {
    try {
      const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("admin server cannot listen on " + to_string(address) + ": "
                               + error.code().message());
    }
    log_.info("admin-listening",
              "admin server listens",
              {{"address", to_string({address.host, port()})}});
  }

  void on_accept(error_code error, tcp::socket socket) {
    if (stopped_) {
      return;
    }
    if (error) {
      log_.warn("admin-accept-failed", "cannot accept a connection", {{"error", error.message()}});
      pause_.expires_after(accept_pause);
      pause_.async_wait([self = shared_from_this()](error_code) { self->accept_unless_stopped(); });
      return;
    }
    const auto session = std::make_shared<admin_session>(std::move(socket), context_);
    make_room_for(session->client());
    sessions_.push_back(session);
    session->start();
    accept();
  }

  void accept_unless_stopped() {
    if (!stopped_) {
      accept();
    }
  }

  using sessions = std::vector<std::shared_ptr<admin_session>>;

  void make_room_for(const asio::ip::address& client) {
    sessions all;
    sessions of_client;
    for (const auto& weak : sessions_) {
      if (auto session = weak.lock()) {
        (session->client() == client ? of_client : all).push_back(session);
      }
    }
    const auto& limits = context_->limits;
    if (of_client.size() >= limits.connections_per_client_max) {
      close_slowest(of_client);
      return;
    }
    all.insert(all.end(), of_client.begin(), of_client.end());
    if (all.size() >= limits.connections_max) {
      close_slowest(all);
    }
  }

  void close_slowest(const sessions& some) {
    const auto slowest = *std::min_element(some.begin(), some.end(), [](auto& a, auto& b) {
      return a->busy_since() < b->busy_since();
    });
    slowest->close();
    sessions_.remove_if([&](const auto& weak) {
      const auto session = weak.lock();
      return session == nullptr || session == slowest;
    });
  }

  std::shared_ptr<const admin_context> context_;
  telemetry::logger log_;
  strand strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::list<std::weak_ptr<admin_session>> sessions_{};  ///< some may have ended
  bool stopped_{false};
};

admin_server::admin_server(asio::io_context& io,
                           const admin_options& options,
                           status_source& source,
                           const telemetry::metrics& metrics,
                           telemetry::logger log)
    : impl_(std::make_shared<impl>(io, options, source, metrics, std::move(log))),
      port_(impl_->port()) {
  asio::post(impl_->executor(), [self = impl_] { self->accept(); });
}

admin_server::~admin_server() {
  asio::post(impl_->executor(), [self = impl_] { self->stop(); });
}

std::uint16_t admin_server::port() const noexcept {
  return port_;
}

}  // namespace btc::app
