#pragma once

#include "actors/bitcoin/rpc.hpp"
#include "actors/bitcoin/rpc_transport.hpp"
#include "k8s/io/io_thread.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace btc::bitcoin::io {

struct rpc_transport_limits {
  /// In use at the same time; a call above it waits within its deadline. More than the peer actor
  /// ever has in flight.
  std::size_t connections_max{96};
  /// Kept for their node's next call; the one that was idle longest makes room.
  std::size_t kept_max{256};
  /// bitcoind closes a connection that is idle for 30 s (-rpcservertimeout).
  std::chrono::milliseconds idle_max{25'000};
  /// A node in the same cluster answers within milliseconds, or is gone.
  std::chrono::milliseconds connect_deadline{5'000};
  std::uint32_t header_bytes_max{16U << 10U};
  std::size_t answer_bytes_max{rpc_answer_bytes_max};
};

/// The production transport: HTTP/1.1 over plain TCP, on the I/O thread.
///
/// One connection serves one call at a time and is kept for the next one to the same host and port.
/// A call is repeated once, on a new connection, when a kept one broke before a byte of the answer
/// came, and only if the node cannot have seen the whole request or the request is idempotent.
/// Copies of the authorization are overwritten when they go; no error holds any of it.
///
/// `thread` outlives this object, and is stopped before it is destroyed.
class http_rpc_transport final : public rpc_transport {
 public:
  http_rpc_transport(k8s::io::io_thread& thread, rpc_transport_limits limits);
  ~http_rpc_transport() override;

  void post(rpc_request r, std::chrono::milliseconds deadline, response_handler done) override;

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace btc::bitcoin::io
