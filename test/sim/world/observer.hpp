#pragma once

#include "actors/bitcoin/rpc_transport.hpp"
#include "k8s/request.hpp"
#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/simulated_bitcoind.hpp"
#include "test/sim/world/wire.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// What an oracle may look at, at any moment of a run.
struct world_view {
  const sim::cluster& cluster;
  const simulated_bitcoind& bitcoinds;
  time_point now{};
  /// Passwords that are somewhere in the cluster or in a process, as plain text.
  const std::set<std::string, std::less<>>& passwords;
  std::size_t actors{0};        ///< living ones, of all processes; counted only at rest
  std::size_t timers{0};        ///< pending ones; counted only at rest
  std::uint64_t faults{0};      ///< so far
  std::uint64_t user_steps{0};  ///< so far
  bool prompt{false};           ///< time passes only when nothing else can happen
  std::uint64_t outages{0};     ///< of the faults
  bool away{false};             ///< no API server is there now
};

/// How an API server is not there.
enum class absence : std::uint8_t {
  refusing,  ///< no connection is made
  silent     ///< a connection is made, and nothing is ever answered
};

/// One request of the controller that an API server has answered, or refused by a fault.
struct served_request {
  const k8s::request& request;
  const api_response& response;
  process_id process{0};
  bool awaited{true};    ///< false: the client has given up, or its answer will be lost
  bool invented{false};  ///< a fault answered: what it says need not be true
};

/// One request of the controller that reached a node; 0 where nobody listened.
struct served_rpc {
  const bitcoin::rpc_request& request;
  int status{0};
  const std::string& body;  ///< of the answer
  process_id process{0};
  std::size_t in_flight{0};  ///< calls of this process, with these credentials, to this address
  std::size_t blocks_under_way{0};  ///< such calls for a block, to any address
};

/// A message that an actor is about to handle.
struct actor_step {
  std::string_view actor{};    ///< its kind, "reconcile"
  std::string_view state{};    ///< as it reports itself, "acting"
  std::string_view message{};  ///< "api_answer"; "start" for none
};

/// A decision that is about to be made: what a fault could break here.
struct decision_point {
  std::uint64_t number{0};
  std::size_t actors{0};  ///< living ones of the newest process, without its supervisor
  const std::vector<waiting_call>& calls;
  std::uint64_t versions{0};               ///< states of the store that a server could show
  const std::vector<std::string>& phases;  ///< of all reconcile actors
};

/// Watches a run. Called for everything that happens, in order; must be quick, since there are
/// millions of it, and must not change anything.
class observer {
 public:
  observer() = default;
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  virtual ~observer() = default;

  /// After each commit of the store, whoever wrote.
  virtual void on_commit(const commit_notice&, const world_view&) {}
  virtual void on_request(const served_request&, const world_view&) {}
  /// The API server goes away altogether (fault outage), and is back.
  virtual void on_away(absence, const world_view&) {}
  virtual void on_back(const world_view&) {}
  /// A request that meets no server.
  virtual void on_unmet(const waiting_call&, const world_view&) {}
  /// A user has done something, just now.
  virtual void on_user_step(const world_view&) {}
  /// An answer reaches the process that asked.
  virtual void on_answered(const waiting_answer&) {}
  virtual void on_rpc(const served_rpc&, const world_view&) {}
  /// A fault happened, or a message was handled: the text is constant or short.
  virtual void on_fault(std::string_view) {}
  /// True for one who wants the three calls below; they cost as much as the run.
  [[nodiscard]] virtual bool looks_closely() const noexcept { return false; }
  virtual void on_step(const actor_step&) {}
  virtual void on_decision(const decision_point&) {}
  /// The fault that on_fault() is about to tell of, for each network in its phase.
  virtual void on_fault_in_phase(std::string_view, std::string_view) {}
  /// A handler threw.
  virtual void on_actor_failed(std::string_view) {}
  virtual void on_process_started(process_id) {}
  virtual void on_process_ended(process_id, int) {}
  /// All is healed and nothing is on its way; the rest of the run must change nothing.
  virtual void on_rest(const world_view&) {}
  /// The rest is over: something will be broken now, and then there is rest again.
  virtual void on_disturbed(const world_view&) {}
  virtual void on_end(const world_view&) {}

  /// What the observer has to say against the run, or nullptr: the trace shows where it began.
  [[nodiscard]] virtual const std::string* complaint() const noexcept { return nullptr; }
};

}  // namespace btc::sim
