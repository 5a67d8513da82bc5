#pragma once

#include <chrono>
#include <cstdint>

namespace btc::reconcile {

/// Numbers of the per-network back-off.
struct backoff_limits {
  std::chrono::milliseconds first{50};
  std::chrono::milliseconds most{30'000};
  /// While there is no API server to reach: an attempt costs it nothing, and it may be back.
  std::chrono::milliseconds most_unreachable{5'000};
};

/// Exponential back-off with full jitter: a value, one per network. Full jitter spreads a thousand
/// networks that failed together over the whole interval.
class backoff {
 public:
  explicit backoff(backoff_limits limits = {}) : limits_(limits) {}

  /// The next delay; `random` is in [0, 1). At least half of the first step, so that a retry is
  /// never at once.
  [[nodiscard]] std::chrono::milliseconds next(double random, bool unreachable = false) noexcept;
  void reset() noexcept { failures_ = doublings_ = 0; }
  /// Failures since the last success.
  [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

 private:
  backoff_limits limits_;
  std::uint32_t failures_{0};
  std::uint32_t doublings_{0};  ///< of the first step; no more once the limit is reached
};

}  // namespace btc::reconcile
