#pragma once

#include "k8s/request.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace btc::k8s::io {

/// Limits of the HTTP client; the defaults suit a controller of thousands of objects.
struct transport_limits {
  std::size_t connections_max{48};                     ///< for unary calls; watches have their own
  std::size_t body_bytes_max{std::size_t{64} << 20U};  ///< of one answer; a list page may be long
  std::size_t watch_read_bytes{std::size_t{64} << 10U};  ///< of one read of a stream
  std::uint32_t header_bytes_max{64U << 10U};
  std::chrono::seconds connect_deadline{10};  ///< resolve, connect, proxy and TLS together
  std::chrono::seconds idle_max{80};          ///< of a kept connection; servers and NATs use 90 up
  std::chrono::seconds user_timeout{30};      ///< TCP_USER_TIMEOUT: unacknowledged data
  std::chrono::seconds keepalive_idle{30};    ///< TCP keepalive: first probe after
  std::chrono::seconds reload_interval{60};   ///< of token, CA and client certificate files
  std::chrono::seconds exec_deadline{60};     ///< of a credential plugin
  std::size_t exec_output_bytes_max{std::size_t{1} << 20U};
};

/// One request that ended; for metrics. Called on the I/O thread.
struct request_outcome {
  k8s::method method{};
  int status{0};  ///< 0: no answer
  std::chrono::duration<double> took{};
  bool watch{false};
};

struct transport_options {
  std::string user_agent{"bitcoin-controller"};
  transport_limits limits{};
  std::function<void(const request_outcome&)> observe{};
  /// Something that an operator should know (a reload that failed); never holds a credential.
  std::function<void(const std::string& text)> warn{};
};

}  // namespace btc::k8s::io
