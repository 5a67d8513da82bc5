#pragma once

#include "actors/bitcoin/secret_text.hpp"
#include "k8s/api_error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace btc::bitcoin {

/// One POST to a node's JSON-RPC.
struct rpc_request {
  std::string host{};  ///< the pod's IP address
  std::uint16_t port{0};
  secret_text authorization{};  ///< value of the header Authorization; never logged
  std::string body{};           ///< see batch_body()
  /// Sent twice is as good as sent once: it may be repeated when a kept connection broke under it.
  bool idempotent{false};
};

/// A complete HTTP answer, whatever its status; parse_answer() tells what it means.
struct rpc_response {
  int status{0};
  std::string body{};
};

/// The one boundary between the controller and the nodes; asynchronous, never blocking.
///
/// Production: Beast over plain TCP on the I/O thread, connections kept per host and port for less
/// than the 30 s after which bitcoind closes them (-rpcservertimeout). Simulation: bitcoinds in
/// memory. Thread-safe. `done` runs exactly once, never inside the call, and may do no more than
/// send one message to an actor. Errors have code 0 and one of the k8s::reason_* constants; an
/// answer over rpc_answer_bytes_max is reason_too_large.
class rpc_transport {
 public:
  using response_handler = std::function<void(k8s::result<rpc_response>)>;

  rpc_transport() = default;
  rpc_transport(const rpc_transport&) = delete;
  rpc_transport& operator=(const rpc_transport&) = delete;
  virtual ~rpc_transport() = default;

  virtual void post(rpc_request r, std::chrono::milliseconds deadline, response_handler done) = 0;
};

}  // namespace btc::bitcoin
