#pragma once

#include "k8s/kind.hpp"
#include "k8s/request.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace btc::telemetry {

// The values of our own labels. Each `count_` is the number of values before it.

enum class reconcile_result : std::uint8_t { success, error, requeue, requeue_after, count_ };

/// Why a watch was opened again.
enum class watch_restart : std::uint8_t {
  ended,       ///< the server closed it in good order: the normal case, every few minutes
  gone,        ///< 410: our resourceVersion is too old, a list follows
  error,       ///< the API server refused it or sent an ERROR event
  connection,  ///< it could not be opened, or was lost
  silent,      ///< our own deadline: nothing came although the connection stood
  count_
};

enum class watch_event : std::uint8_t { added, modified, deleted, bookmark, error, count_ };

/// What became of a Kubernetes Event. aggregated: counted onto one already sent.
enum class event_result : std::uint8_t { sent, aggregated, dropped, failed, count_ };

enum class write_verb : std::uint8_t { create, apply, patch, count_ };

enum class actor_kind : std::uint8_t {
  watch,
  cache,
  dispatch,
  reconcile,
  api,
  peer,
  event,
  count_
};

/// What a node is asked; in the order of bitcoin::rpc_task.
enum class peer_method : std::uint8_t { poll, connect, header, mine, count_ };

/// How a request to a node ended; in the order of bitcoin::rpc_result.
enum class peer_result : std::uint8_t {
  ok,
  warming_up,    ///< -28 or 503: bitcoind starts or stops
  unauthorized,  ///< 401
  forbidden,     ///< 403
  refused,       ///< an RPC error
  malformed,     ///< no answer of a bitcoind
  unreachable,   ///< no connection
  lost,          ///< the connection broke
  timeout,
  count_
};

/// What a node was told about another one.
enum class peer_change : std::uint8_t { add, try_once, remove, disconnect, count_ };

/// The reasons of the condition Degraded that this controller gives; `other` stands for those that
/// are the API server's.
enum class degraded_reason : std::uint8_t {
  invalid_spec,
  secret_invalid,
  child_not_owned,
  immutable_field,
  image_not_pulled,
  storage_not_grown,
  storage_class_missing,
  forbidden,
  other,
  count_
};
[[nodiscard]] degraded_reason degraded_reason_of(std::string_view reason) noexcept;

/// Nodes by what they last did.
enum class peer_node : std::uint8_t { answering, starting, silent, count_ };

struct metrics_options {
  std::string version{};   ///< of the controller, for build_info
  std::string api_host{};  ///< host:port of the one API server; known before any actor starts
  std::size_t reconcile_actors_max{0};  ///< networks that may be reconciled at the same time
};

/// Every figure that /metrics shows, as methods named by what has happened. docs/metrics.md is the
/// reference of the families; metric_families.cpp declares them.
///
/// One object, made by main before any actor and passed by reference. For one thread. Every label
/// value is bounded and starts at 0, so a dashboard shows zero instead of nothing. Counters and
/// gauges are one atomic operation; a histogram takes a mutex for some 20 ns, which is paid once
/// per reconciliation and per request. Never throws after construction.
class metrics {
 public:
  using seconds = std::chrono::duration<double>;
  using time_point = std::chrono::steady_clock::time_point;  // the actor clock's

  explicit metrics(const metrics_options& options);
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;
  ~metrics();

  // -- the work queue: one entry per network that has to be looked at -----------------

  /// A network became due that was not due already.
  void queue_added() noexcept;
  /// Its reconciliation begins after it had been due for `waited`.
  void work_started(seconds waited, time_point now);
  /// It ended; `started` is the time given to work_started.
  void work_ended(time_point started, time_point now);
  /// A due network went away before its turn, or has to wait for a timer.
  void queue_abandoned() noexcept;
  /// It is looked at again after a delay.
  void retried() noexcept;

  // -- reconciliations -----------------------------------------------------------------

  /// One reconciliation from its snapshot to its last write's answer. An error is also counted in
  /// reconcile_errors_total.
  void reconciled(reconcile_result result, seconds took);
  /// An error that no retry mends: it waits for a change of the network.
  void terminal_error() noexcept;
  /// A reconcile actor died of an exception.
  void reconcile_panicked() noexcept;
  void set_networks(std::size_t count) noexcept;
  /// How many networks are degraded for this reason.
  void set_degraded(degraded_reason reason, std::size_t networks) noexcept;
  /// Every network that waits for something was told to look once more.
  void resynced() noexcept;
  void drift_corrected(k8s::kind child) noexcept;
  void wrote(k8s::kind k, write_verb verb) noexcept;

  // -- requests to the API server ------------------------------------------------------

  /// One answered request, watches included. `status` 0 means that no answer came ("<error>"). Only
  /// methods that the controller sends have series.
  void request_answered(k8s::method m, int status) noexcept;
  /// Time to the complete answer of a unary request; watches have none.
  void request_took(k8s::method m, seconds took);

  // -- watches and caches of the watched kinds -----------------------------------------

  void watch_restarted(k8s::kind k, watch_restart cause) noexcept;
  void watch_event_received(k8s::kind k, watch_event type) noexcept;
  /// A line or object that could not be read; it was skipped.
  void decode_failed(k8s::kind k) noexcept;
  void set_cache(k8s::kind k, std::size_t objects, bool synced) noexcept;

  // -- bitcoin nodes -------------------------------------------------------------------

  /// A request to a node ended; a batch is one.
  void peer_answered(peer_method m, peer_result r, seconds took);
  void set_peer_requests(std::size_t in_flight) noexcept;
  void peer_told(peer_change c, std::size_t times) noexcept;
  void block_made() noexcept;
  void set_peer_nodes(peer_node state, std::size_t count) noexcept;

  // -- the rest ------------------------------------------------------------------------

  void event_recorded(event_result result) noexcept;
  void actor_restarted(actor_kind a) noexcept;

  /// Everything, process_* read at this moment, in the Prometheus text format 0.0.4. `now` is the
  /// time to which unfinished work is counted.
  [[nodiscard]] std::string expose(time_point now) const;

  /// What expose() shows, by name: the reference of docs/metrics.md is tested against it.
  struct family {
    std::string name{};
    std::string type{};    ///< counter, gauge, histogram
    std::string labels{};  ///< "kind, verb", in alphabetical order
    std::string help{};
  };
  [[nodiscard]] std::vector<family> families() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::telemetry
