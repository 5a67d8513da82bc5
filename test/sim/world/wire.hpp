#pragma once

#include "k8s/transport.hpp"
#include "test/sim/cluster/cluster.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace btc::sim {

using time_point = std::chrono::steady_clock::time_point;
/// Numbers the controller's processes of a run, from 1. What belongs to no living one has 0.
using process_id = std::uint32_t;

/// A request between the controller and the API server that the server has not seen yet.
struct waiting_call {
  std::uint64_t id{0};
  process_id process{0};
  k8s::request request{};
  time_point deadline{};
  std::chrono::milliseconds life{};  ///< of a watch: from its head
  /// Exactly one is set; none when nobody waits for the answer any more.
  k8s::transport::response_handler done{};
  k8s::transport::open_handler opened{};
  bool watch{false};
  std::uint64_t cause{0};  ///< what sent it (causes)
};

/// One open watch, seen from the server's end.
struct wire_stream {
  std::uint64_t id{0};
  process_id process{0};
  k8s::kind kind{};
  std::size_t server{0};
  std::unique_ptr<watch_cursor> cursor{};
  std::deque<k8s::payload> extra{};  ///< lines that go before the cursor's next
  std::size_t oversized{0};
  k8s::watch_stream::batch_handler reader{};  ///< set while the client waits for a batch
  bool closed{false};                         ///< the client has let go
  bool silent{false};                         ///< half open: nothing comes any more
  bool ended{false};
  bool truncated{false};
  std::optional<k8s::api_error> error{};  ///< why it ended; nothing for a clean end
  time_point server_end{};                ///< timeoutSeconds
  time_point client_end{};                ///< the client's own deadline
  time_point bookmark_due{};
  std::size_t events_given{0};
  std::uint64_t cause{0};  ///< of its opening

  /// True when the client waits and something can be given.
  [[nodiscard]] bool ready();
};

/// An answer between the server and the controller.
struct waiting_answer {
  std::uint64_t id{0};
  process_id process{0};
  k8s::request request{};
  time_point deadline{};
  k8s::transport::response_handler done{};
  k8s::transport::open_handler opened{};
  k8s::result<k8s::response> what{k8s::response{}};
  std::shared_ptr<wire_stream> stream{};
  std::uint64_t cause{0};  ///< what answered (causes)
};

/// Everything on its way between controller processes and API servers. Nothing moves by itself: the
/// world takes a call out, answers it, delivers the answer, gives a stream a batch; or it lets a
/// deadline pass.
class wire {
 public:
  wire(std::function<time_point()> now, std::function<std::uint64_t()> cause)
      : now_(std::move(now)), cause_(std::move(cause)) {}

  [[nodiscard]] std::unique_ptr<k8s::transport> connect(process_id process);

  std::vector<waiting_call> calls{};
  std::vector<waiting_answer> answers{};
  /// Requests that nobody will answer: their senders wait until their own deadlines.
  std::vector<waiting_call> unanswered{};
  std::vector<std::shared_ptr<wire_stream>> streams{};

  /// The earliest deadline, end of a stream or bookmark; nothing when there is none.
  [[nodiscard]] std::optional<time_point> next_due() const;
  /// Does what is due now. True when somebody was told something.
  bool expire();

  /// The client is told that its connection is gone.
  static void break_off(const waiting_call& call, const k8s::api_error& why);
  static void deliver(waiting_answer& answer);
  /// Gives a stream's reader up to `events_max` lines, or the end.
  static void pump(wire_stream& stream, std::size_t events_max);

  /// A process died: nobody hears its answers. Its writes stay on their way.
  void forget(process_id process);
  /// Streams that are closed or have told their end.
  void sweep();
  [[nodiscard]] std::uint64_t next_id() noexcept { return ++last_id_; }
  [[nodiscard]] time_point now() const { return now_(); }
  /// Marks what is put on the wire with the step that does it.
  [[nodiscard]] std::uint64_t cause() const { return cause_(); }

 private:
  std::function<time_point()> now_;
  std::function<std::uint64_t()> cause_;
  std::uint64_t last_id_{0};
};

/// The verb and what it is about, "apply StatefulSet", "patch BitcoinNetwork/status", "watch Pod".
[[nodiscard]] std::string call_site(const k8s::request& r);

/// Errors of a connection.
[[nodiscard]] k8s::api_error connection_lost();
[[nodiscard]] k8s::api_error unreachable();
[[nodiscard]] k8s::api_error timed_out();

}  // namespace btc::sim
