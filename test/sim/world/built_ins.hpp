#pragma once

#include "actors/bitcoin/rpc_transport.hpp"
#include "test/sim/cluster/cluster.hpp"
#include "test/sim/cluster/simulated_bitcoind.hpp"
#include "test/sim/scheduler/choice.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// The controllers that every cluster has, its nodes and their bitcoinds, as actors that the world
/// schedules. None looks at the store unless there is news for it.
class built_in_actors {
 public:
  explicit built_in_actors(cluster& c);
  ~built_in_actors();
  built_in_actors(const built_in_actors&) = delete;
  built_in_actors& operator=(const built_in_actors&) = delete;

  [[nodiscard]] std::size_t count() const noexcept;
  [[nodiscard]] std::string_view name(std::size_t i) const;
  /// True when a step would do something now, and it is not paused.
  [[nodiscard]] bool runnable(std::size_t i);
  void step(std::size_t i, choice_source& choices);
  void pause(std::size_t i);
  void resume_all();
  /// While there is no API server, nobody acts whose work is to write there; bitcoinds go on.
  void cut_off(bool away);
  /// The earliest moment at which one becomes runnable by time alone.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> wakes_at() const;

  /// What a node answers; nothing when nobody listens at the address.
  [[nodiscard]] std::optional<bitcoin::rpc_response> post(const bitcoin::rpc_request& r);
  [[nodiscard]] const simulated_bitcoind& bitcoinds() const noexcept;

  /// Something happens to a pod (lost, restarted, evicted, re-addressed, a probe that fails, an
  /// entry by hand); tells what, or nothing when there is no pod.
  std::string break_pod(choice_source& choices);
  /// A connection between two nodes ends; tells which, or nothing when there is none.
  std::string cut_link(choice_source& choices);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::sim
