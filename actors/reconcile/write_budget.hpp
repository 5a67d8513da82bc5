#pragma once

#include <chrono>

namespace btc::reconcile {

/// How often one network may be written to in some way: a token bucket, a value.
template <int Burst, int RefillSeconds>
class write_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Writes in a row, and the time after which one more is allowed.
  static constexpr int burst = Burst;
  static constexpr std::chrono::seconds refill{RefillSeconds};

  /// How long a write has to wait; zero when it may be done now.
  [[nodiscard]] std::chrono::milliseconds wait(time_point now) const noexcept {
    const auto free_at = full_at_ - (burst - 1) * refill;
    return now >= free_at ? std::chrono::milliseconds{0}
                          : std::chrono::ceil<std::chrono::milliseconds>(free_at - now);
  }
  /// It is being written.
  void spend(time_point now) noexcept {
    full_at_ = (full_at_ > now ? full_at_ : now)
               + std::chrono::duration_cast<time_point::duration>(refill);
  }

 private:
  time_point full_at_{};  ///< when all writes are allowed again
};

/// Of creations of children.
///
/// A network that was deleted while its watch was silent looks alive: each child made for it is
/// garbage collected at once and missed at once, as fast as the API server answers, until the watch
/// ends. Somebody else's controller that deletes what we make does the same. Putting back a child
/// that was deleted by hand is never delayed by the budget: it allows several of each in a row.
using creation_budget = write_budget<12, 10>;

/// Of applies to children.
///
/// A webhook that takes a label or our annotation off again, or a controller of another release
/// that wants other bytes, undoes each correction as fast as it is answered. A single one is never
/// delayed.
using correction_budget = write_budget<20, 5>;

/// Of patches of the status.
///
/// Two controllers that heard different things of the nodes (one of them is about to end, and its
/// network is cut already) put each other's status back as fast as the API server answers, until
/// one is gone. Hundreds of pods that become ready one by one need no patch each.
using status_budget = write_budget<20, 1>;

}  // namespace btc::reconcile
