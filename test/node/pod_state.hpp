#pragma once

#include "test/node/probe_machine.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace btc::node {

using wall_time = std::chrono::sys_seconds;

/// One moment on both clocks: decisions use the steady one, timestamps the other.
struct instant {
  time_point steady{};
  wall_time wall{};
};

enum class pod_phase : std::uint8_t { pending, running, succeeded, failed };

struct waiting_state {
  std::string reason{};
  std::string message{};
};
struct running_state {
  wall_time since{};
};
struct terminated_state {
  int exit_code{0};
  int signal{0};  ///< 0: it ended by itself
  wall_time started{};
  wall_time finished{};
  int restarts{0};  ///< the pod's count while it ran
};

/// All that a pod's status is made of.
struct pod_state {
  pod_phase phase{pod_phase::pending};
  std::string ip{};
  wall_time accepted{};
  std::variant<waiting_state, running_state, terminated_state> container{
      waiting_state{"ContainerCreating", {}}};
  std::optional<terminated_state> last{};  ///< how the run before this one ended
  int restarts{0};
  bool started{false};  ///< the startup probe has succeeded
  bool ready{false};
};

}  // namespace btc::node
