#pragma once

#include "test/node/pod_spec.hpp"
#include "test/node/probe_machine.hpp"

#include <chrono>

namespace btc::node {

// kubelet waits 10 s, 20 s, … 5 min and forgets after 10 min; a test has no time for that. The
// first restart is at once, as kubelet's is.
inline constexpr std::chrono::milliseconds backoff_first{1000};
inline constexpr std::chrono::milliseconds backoff_max{8000};
inline constexpr std::chrono::seconds backoff_forgotten_after{30};

/// How long a container that ended waits before it starts again.
class restart_backoff {
 public:
  /// It ran from `started` until `ended`. 0: at once.
  [[nodiscard]] std::chrono::milliseconds next(time_point started, time_point ended) noexcept {
    if (ended - started >= backoff_forgotten_after) {
      delay_ = {};
    }
    const auto now = delay_;
    delay_ = delay_ == delay_.zero() ? backoff_first : std::min(delay_ * 2, backoff_max);
    return now;
  }

 private:
  std::chrono::milliseconds delay_{0};
};

/// Whether the policy starts a container again that ended with `exit_code`.
[[nodiscard]] constexpr bool restarts(restart_policy policy, int exit_code) noexcept {
  return policy == restart_policy::always
         || (policy == restart_policy::on_failure && exit_code != 0);
}

}  // namespace btc::node
