#pragma once

#include "actors/environment.hpp"
#include "messages/protocol.hpp"
#include "test/sim/scheduler/coordinator.hpp"
#include "test/sim/world/plan.hpp"
#include "test/sim/world/rpc_wire.hpp"
#include "test/sim/world/wire.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace btc::sim {

/// What a process of the controller has from its machine.
struct machine {
  caf::actor_system_config& config;
  telemetry::metrics& metrics;
  telemetry::logger log{};
  wire& api;
  rpc_wire& rpc;
  std::function<std::chrono::system_clock::time_point()> wall_clock{};
  std::function<std::string()> password{};
};

/// One process of the controller: the production supervisor and all that it spawns, in an actor
/// system of its own. Only transport, RPC, clocks, seed and password are the simulation's.
/// Destroying it is `kill -9`: no actor handles another message.
class controller_process {
 public:
  controller_process(process_id id, const machine& on, const plan& p, time_point now);
  controller_process(const controller_process&) = delete;
  controller_process& operator=(const controller_process&) = delete;
  ~controller_process();

  [[nodiscard]] process_id id() const noexcept { return id_; }
  [[nodiscard]] coordinator& scheduler() { return *scheduler_; }
  [[nodiscard]] const actors::environment& environment() const noexcept { return environment_; }
  /// Set when the controller has ended by itself.
  [[nodiscard]] std::optional<int> exit_code() const noexcept { return exit_code_; }
  /// SIGTERM.
  void terminate();

 private:
  process_id id_;
  wire& api_;
  rpc_wire& rpc_;
  std::unique_ptr<k8s::transport> transport_;
  std::unique_ptr<bitcoin::rpc_transport> rpc_transport_;
  random_stream seeds_;
  actors::environment environment_;
  caf::actor_system system_;
  coordinator* scheduler_;
  messages::supervisor_actor supervisor_{};
  std::optional<int> exit_code_{};
};

}  // namespace btc::sim
