#include "test/sim/serve/https_server.hpp"

#include "test/sim/serve/https_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>

#include <list>
#include <stdexcept>
#include <utility>

namespace btc::sim {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using error_code = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds accept_pause{100};  // after a failed accept

[[nodiscard]] ssl::context make_context(const https_options& options) {
  ssl::context context(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.use_certificate_chain(asio::buffer(options.identity.certificate));
  context.use_private_key(asio::buffer(options.identity.key), ssl::context::pem);
  context.add_certificate_authority(asio::buffer(options.client_authority));
  // A client may come without a certificate; one that it shows must be ours.
  context.set_verify_mode(ssl::verify_peer);
  constexpr std::string_view id = "bitcoin-controller-sim";
  SSL_CTX_set_session_id_context(context.native_handle(),
                                 reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  return context;
}

}  // namespace

class https_server::impl : public std::enable_shared_from_this<impl> {
 public:
  impl(asio::io_context& io, const https_options& options, exchange_handler& handler)
      : io_(io),
        limits_(options.limits),
        handler_(handler),
        tls_(make_context(options)),
        acceptor_(io),
        pause_(io) {
    const auto where = options.address + ':' + std::to_string(options.port);
    try {
      endpoint_ = tcp::endpoint(asio::ip::make_address(options.address), options.port);
      listen();
      endpoint_ = acceptor_.local_endpoint();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("cannot listen on " + where + ": " + error.code().message());
    }
  }

  [[nodiscard]] std::uint16_t port() const { return endpoint_.port(); }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      self->on_accept(error, std::move(socket));
    });
  }

  void wake() {
    if (std::exchange(woken_, true)) {
      return;
    }
    asio::post(io_, [self = shared_from_this()] {
      self->woken_ = false;
      self->each_stream([](https_session& s) { s.pump(); });
    });
  }

  std::size_t cut_streams() {
    std::size_t count = 0;
    each_stream([&count](https_session& s) {
      s.close();
      ++count;
    });
    return count;
  }

  void stop() {
    stopped_ = true;
    interrupt();
  }

  void interrupt() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) {
        session->close();
      }
    }
  }

  [[nodiscard]] bool resume() {
    if (stopped_ || acceptor_.is_open()) {
      return !stopped_;
    }
    try {
      listen();
    } catch (const boost::system::system_error&) {
      acceptor_.close();
      return false;
    }
    accept();
    return true;
  }

 private:
  void listen() {
    acceptor_.open(endpoint_.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint_);
    acceptor_.listen();
  }

  void on_accept(error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) {
      return;
    }
    if (error) {
      pause_.expires_after(accept_pause);
      pause_.async_wait([self = shared_from_this()](error_code) {
        if (self->acceptor_.is_open()) {
          self->accept();
        }
      });
      return;
    }
    sessions_.remove_if([](const auto& weak) { return weak.expired(); });
    if (sessions_.size() < limits_.connections_max) {
      const auto session = std::make_shared<https_session>(
          std::move(socket), tls_, limits_, handler_, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
              self->wake();
            }
          });
      sessions_.push_back(session);
      session->start();
    }
    accept();
  }

  template <class Function>
  void each_stream(Function&& f) {
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock(); session && session->streaming()) {
        f(*session);
      }
    }
  }

  asio::io_context& io_;
  https_limits limits_;
  exchange_handler& handler_;
  ssl::context tls_;
  tcp::endpoint endpoint_{};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::list<std::weak_ptr<https_session>> sessions_{};
  bool woken_{false};
  bool stopped_{false};
};

https_server::https_server(asio::io_context& io,
                           const https_options& options,
                           exchange_handler& handler)
    : impl_(std::make_shared<impl>(io, options, handler)) {
  impl_->accept();
}

https_server::~https_server() {
  impl_->stop();
}

std::uint16_t https_server::port() const {
  return impl_->port();
}

void https_server::wake() {
  impl_->wake();
}

std::size_t https_server::cut_streams() {
  return impl_->cut_streams();
}

void https_server::interrupt() {
  impl_->interrupt();
}

bool https_server::resume() {
  return impl_->resume();
}

void https_server::stop() {
  impl_->stop();
}

}  // namespace btc::sim
