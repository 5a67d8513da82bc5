#pragma once

#include "k8s/api_error.hpp"
#include "k8s/payload.hpp"
#include "k8s/request.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace btc::k8s {

/// A complete HTTP answer, whatever its status.
struct response {
  int status{0};
  std::optional<std::chrono::seconds> retry_after{};
  payload body{};
};

/// What a watch stream gives at one read.
struct stream_batch {
  std::vector<payload> lines{};    ///< complete watch lines, in order, each one JSON document
  std::size_t oversized_lines{0};  ///< lines over the line limit, skipped
  bool truncated{false};           ///< the stream ended in the middle of a line
  bool ended{false};  ///< no more will come; `error` tells why unless it was a clean end
  std::optional<api_error> error{};
};

/// One open watch. Destroying it closes the connection; after that no handler runs any more than
/// at most the one that is already on its way, so handlers carry an id that their actor checks.
class watch_stream {
 public:
  using batch_handler = std::function<void(stream_batch)>;

  watch_stream() = default;
  watch_stream(const watch_stream&) = delete;
  watch_stream& operator=(const watch_stream&) = delete;
  virtual ~watch_stream() = default;

  /// Asks for the next batch; `done` runs exactly once unless the stream is destroyed first. One
  /// read at a time: this is the flow control, a slow reader slows the server and costs no memory.
  virtual void read(batch_handler done) = 0;
};

/// The one boundary between the controller and the API server; asynchronous, never blocking.
///
/// Production: Beast on one I/O thread; handlers run there and may do no more than send one
/// message to an actor. Simulation: an in-memory cluster; handlers run when the driver decides.
/// Thread-safe. Every call has a deadline; handlers run exactly once, never inside the call.
class transport {
 public:
  using response_handler = std::function<void(result<response>)>;
  using open_handler = std::function<void(result<response>, std::unique_ptr<watch_stream>)>;

  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  virtual ~transport() = default;

  virtual void send(request r, std::chrono::milliseconds deadline, response_handler done) = 0;

  /// Opens a watch. `done` gets the answer's head: for status 200 an empty body and the stream,
  /// otherwise the body and no stream. `open_deadline` bounds the time to the head, and
  /// `life_deadline` the stream as a whole, counted from the head.
  virtual void open_watch(request r,
                          std::chrono::milliseconds open_deadline,
                          std::chrono::milliseconds life_deadline,
                          open_handler done) = 0;
};

/// The body of a 2xx answer, or the error that the answer stands for: decodes a `Status` body,
/// tolerates any other (text of a proxy, nothing at all).
[[nodiscard]] result<payload> expect_success(result<response> r);

}  // namespace btc::k8s
