#pragma once

#include "k8s/api_error.hpp"

#include <chrono>
#include <cstdint>

namespace btc::k8s {

/// Numbers of a watch's back-off; `first`, `most` and `calm` are those of client-go
/// tools/cache/reflector.go.
struct watch_backoff_limits {
  std::chrono::milliseconds first{800};
  std::chrono::milliseconds most{30'000};
  /// A connection that was not made costs the server nothing, and the wait after the last attempt
  /// is time for which a server that is back is not noticed.
  std::chrono::milliseconds most_unreachable{5'000};
  std::chrono::seconds calm{120};  ///< without a failure: all starts anew
};

/// How long a watch waits after a failure: exponential, spread over its double, a value. Failures
/// to reach a server are counted apart, so that a server which just came back and still refuses is
/// not left alone for the half minute that its absence has earned.
class watch_backoff {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit watch_backoff(watch_backoff_limits limits = {}) : limits_(limits) {}

  /// Counts this failure and gives the wait before the next attempt, never less than the server
  /// asked for. `random` is in [0, 1).
  [[nodiscard]] std::chrono::milliseconds next(const api_error& error,
                                               double random,
                                               time_point now);
  /// Times that a server answered with a failure, since the last calm time.
  [[nodiscard]] std::uint32_t refusals() const noexcept { return refusals_; }

 private:
  watch_backoff_limits limits_;
  std::uint32_t refusals_{0};
  std::uint32_t unreached_{0};
  time_point last_failure_{};
};

}  // namespace btc::k8s
