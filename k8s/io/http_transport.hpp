#pragma once

#include "k8s/io/cluster_config.hpp"
#include "k8s/io/io_thread.hpp"
#include "k8s/io/transport_options.hpp"
#include "k8s/transport.hpp"

#include <memory>

namespace btc::k8s::io {

/// The production transport: HTTP/1.1 over TLS 1.2 or newer, on the I/O thread.
///
/// Unary calls share a pool of kept connections; a watch has one of its own. Certificate and host
/// are verified. Token, CA and client certificate files are read again every minute, the token also
/// at once after a 401, with one repetition of the request if it changed. A request whose outcome
/// is unknown is never repeated: only one that failed on a kept connection before its first byte
/// was answered, and only if it is a GET.
///
/// `thread` outlives this object, and is stopped before it is destroyed.
class http_transport final : public transport {
 public:
  /// Throws config_error when certificates or keys cannot be read or used.
  http_transport(io_thread& thread, cluster_config cluster, transport_options options);
  ~http_transport() override;

  void send(request r, std::chrono::milliseconds deadline, response_handler done) override;
  void open_watch(request r,
                  std::chrono::milliseconds open_deadline,
                  std::chrono::milliseconds life_deadline,
                  open_handler done) override;

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace btc::k8s::io
