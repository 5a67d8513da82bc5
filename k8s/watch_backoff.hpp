#pragma once

#include "k8s/backoff_steps.hpp"

#include <chrono>
#include <cstdint>

namespace btc::k8s {

/// Numbers of a watch's back-off, but for `most_unreachable` those of client-go
/// tools/cache/reflector.go.
struct watch_backoff_limits {
  backoff_limits steps{std::chrono::milliseconds{800}, std::chrono::milliseconds{30'000}};
  std::chrono::seconds calm{120};  ///< without a failure: all starts anew
};

/// How long a watch waits after a failure: its step, spread over the double. A value.
class watch_backoff {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit watch_backoff(watch_backoff_limits limits = {})
      : calm_(limits.calm), steps_(limits.steps) {}

  /// Counts this failure and gives the wait before the next attempt, never less than the server
  /// asked for. `random` is in [0, 1).
  [[nodiscard]] std::chrono::milliseconds next(const api_error& why, double random, time_point now);
  /// Times that a server answered with a failure, since the last calm time.
  [[nodiscard]] std::uint32_t refusals() const noexcept { return steps_.refusals(); }

 private:
  std::chrono::seconds calm_;
  backoff_steps steps_;
  time_point last_failure_{};
};

}  // namespace btc::k8s
