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
    if (make_room()) {
      const auto session = std::make_shared<admin_session>(std::move(socket), context_);
      sessions_.push_back(session);
      session->start();
    }
    accept();
  }

  void accept_unless_stopped() {
    if (!stopped_) {
      accept();
    }
  }

  /// Is there room for one more connection? When all are taken, the oldest one that waits for its
  /// client goes, so that nobody can lock the kubelet's probes out by holding connections.
  [[nodiscard]] bool make_room() {
    sessions_.remove_if([](const auto& weak) { return weak.expired(); });
    if (sessions_.size() < context_->limits.connections_max) {
      return true;
    }
    const auto oldest = std::find_if(sessions_.begin(), sessions_.end(), [](const auto& weak) {
      const auto session = weak.lock();
      return session && session->idle();
    });
    if (oldest == sessions_.end()) {
      return false;
    }
    oldest->lock()->close();
    sessions_.erase(oldest);
    return true;
  }

  std::shared_ptr<const admin_context> context_;
  telemetry::logger log_;
  strand strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::list<std::weak_ptr<admin_session>> sessions_{};  ///< oldest first
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
