#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/scheduler/choice.hpp"
#include "test/sim/world/wire.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// The controllers that every cluster has, and its nodes, as actors that the world schedules.
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
  /// Something happens to a pod (lost, restarted, evicted); tells what, or nothing when there is
  /// no pod.
  std::string break_pod(choice_source& choices);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace btc::sim
