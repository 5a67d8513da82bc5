#pragma once

#include "k8s/backoff_steps.hpp"

#include <chrono>
#include <cstdint>

namespace btc::reconcile {

/// Numbers of the per-network back-off.
inline constexpr k8s::backoff_limits network_backoff{std::chrono::milliseconds{50},
                                                     std::chrono::milliseconds{30'000}};

/// Exponential back-off with full jitter: a value, one per network. Full jitter spreads a thousand
/// networks that failed together over the whole interval.
class backoff {
 public:
  explicit backoff(k8s::backoff_limits limits = network_backoff)
      : least_(limits.first / 2), steps_(limits) {}

  /// Counts a failure and gives the delay before the next attempt; `random` is in [0, 1). At least
  /// half of the first step, so that a retry is never at once, and what the server asked for.
  /// Without `why` nothing failed: what is waited for is not there yet.
  [[nodiscard]] std::chrono::milliseconds next(double random, const k8s::api_error& why = {});
  void reset() noexcept { steps_.reset(); }
  /// Failures since the last success.
  [[nodiscard]] std::uint32_t failures() const noexcept {
    return steps_.refusals() + steps_.unreached();
  }

 private:
  std::chrono::milliseconds least_;
  k8s::backoff_steps steps_;
};

}  // namespace btc::reconcile
