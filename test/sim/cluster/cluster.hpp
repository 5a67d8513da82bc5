#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/cluster_model.hpp"
#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/server_view.hpp"
#include "test/sim/cluster/trouble.hpp"
#include "test/sim/cluster/watch_cursor.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace btc::sim {

/// How many API servers answer; they share the store and lag on their own.
inline constexpr std::size_t server_count = 2;

/// What came of a request to watch: a stream, or a refusal in `head`.
struct opened_watch {
  api_response head{};
  std::unique_ptr<watch_cursor> stream{};
};

/// A Kubernetes cluster in memory: API servers over one store.
///
/// Deterministic: no clock, no randomness, no threads of its own. A request is executed when
/// handle() is called and is over when it returns. The built-in controllers (built_ins.hpp) act
/// only when their step() is called. Semantics: docs/conformance.md, one suite for this and for a
/// real API server.
class cluster {
 public:
  explicit cluster(std::shared_ptr<const cluster_model> model);
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;
  ~cluster();

  /// Executes one request that is no watch, on one of the servers. Never throws for what a client
  /// may send.
  [[nodiscard]] api_response handle(const api_request& r, std::size_t server = 0);
  /// Opens a watch. The stream must not outlive the cluster.
  [[nodiscard]] opened_watch open_watch(const api_request& r, std::size_t server = 0);
  /// True for a GET of a collection with watch=true.
  [[nodiscard]] static bool is_watch(const api_request& r);

  /// The present objects and their history, for oracles and for views of a server.
  [[nodiscard]] const store& objects() const noexcept { return core_.objects(); }
  [[nodiscard]] const cluster_model& model() const noexcept { return core_.model(); }
  /// One server's lag: hold(), advance(), place(), follow().
  [[nodiscard]] server_view& server(std::size_t index) { return views_.at(index); }

  /// From now on the server answers every request so, until `trouble::none`.
  void set_trouble(std::size_t server, trouble t) { troubles_.at(server) = t; }

  /// History up to `version` is forgotten: 410 for watches and pages that need it.
  void compact(std::uint64_t version) { core_.objects().compact(version); }
  /// The time in timestamps; it should not go back.
  void set_time(std::chrono::sys_seconds now) { core_.set_time(now); }
  /// Called after each commit, in the order of registration; must not throw.
  void on_commit(core::observer o) { core_.observe(std::move(o)); }

  /// For the built-ins.
  [[nodiscard]] core& internals() noexcept { return core_; }

 private:
  core core_;
  std::array<server_view, server_count> views_;
  std::array<trouble, server_count> troubles_{};
};

}  // namespace btc::sim
