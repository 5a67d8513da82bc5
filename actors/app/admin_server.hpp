#pragma once

#include "actors/app/listen_address.hpp"
#include "actors/app/status_source.hpp"
#include "actors/telemetry/health.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace btc::app {

/// Limits of the admin server; the defaults suit probes, a scraper and some browsers.
struct admin_limits {
  /// One more is accepted too, in the place of the one whose request or answer has taken longest:
  /// nobody locks the kubelet's probes out by reading or writing slowly.
  std::size_t connections_max{32};
  /// Of one address; one more takes the place of one of its own.
  std::size_t connections_per_client_max{16};
  std::uint32_t header_bytes_max{8192};  ///< more: 431
  std::uint64_t body_bytes_max{1024};    ///< of a request, which needs none; more: 413
  /// From the last answer to the end of the next request.
  std::chrono::milliseconds idle_timeout{std::chrono::seconds{30}};
  /// For the client to take an answer.
  std::chrono::milliseconds io_timeout{std::chrono::seconds{10}};
  std::chrono::milliseconds status_timeout{
      std::chrono::seconds{2}};  ///< of status_source; then 503
  telemetry::health_limits health{};
};

struct admin_options {
  listen_address address{};  ///< port 0: any free port, see admin_server::port
  admin_limits limits{};
};

/// Read-only HTTP/1.1 server: /healthz /livez /readyz /metrics /status and a page for people at /.
///
/// Runs on the caller's io_context, which one thread or several may run. `source` and `metrics`
/// outlive the run of the io_context, and the io_context outlives the server. Destruction closes
/// the listener and every connection and may happen on any thread.
class admin_server {
 public:
  /// Binds and listens; requests are served as soon as the io_context runs. Throws
  /// std::runtime_error, naming the address, when that fails.
  admin_server(boost::asio::io_context& io,
               const admin_options& options,
               status_source& source,
               const telemetry::metrics& metrics,
               telemetry::logger log);
  admin_server(const admin_server&) = delete;
  admin_server& operator=(const admin_server&) = delete;
  ~admin_server();

  /// The port that is bound.
  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  class impl;
  std::shared_ptr<impl> impl_;
  std::uint16_t port_;
};

}  // namespace btc::app
