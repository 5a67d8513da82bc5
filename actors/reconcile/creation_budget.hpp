#pragma once

#include <chrono>

namespace btc::reconcile {

/// How often the children of one network may be created: a token bucket, a value.
///
/// A network that was deleted while its watch was silent looks alive: each child made for it is
/// garbage collected at once and missed at once, as fast as the API server answers, until the watch
/// ends. Somebody else's controller that deletes what we make does the same. Putting back a child
/// that was deleted by hand is never delayed by the budget: it allows several of each in a row.
class creation_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Creations in a row, and the time after which one more is allowed.
  static constexpr int burst = 12;
  static constexpr std::chrono::seconds refill{10};

  /// How long a creation has to wait; zero when it may be done now.
  [[nodiscard]] std::chrono::milliseconds wait(time_point now) const noexcept {
    const auto free_at = full_at_ - (burst - 1) * refill;
    return now >= free_at ? std::chrono::milliseconds{0}
                          : std::chrono::ceil<std::chrono::milliseconds>(free_at - now);
  }
  /// A child is being created.
  void spend(time_point now) noexcept {
    full_at_ = (full_at_ > now ? full_at_ : now)
               + std::chrono::duration_cast<time_point::duration>(refill);
  }

 private:
  time_point full_at_{};  ///< when all creations are allowed again
};

}  // namespace btc::reconcile
