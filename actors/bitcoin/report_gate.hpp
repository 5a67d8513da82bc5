#pragma once

#include "actors/bitcoin/network_target.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

namespace btc::bitcoin {

/// Decides when a network is told what its nodes say, so that what matters is known at once and no
/// chain, however fast, causes a write more often than is bearable.
///
/// What is as it was is never told again. A condition that gets another status or reason, or is the
/// first word on another spec or on pods that are new, is told at once, at most `prompt_max` times
/// an interval (a network that flaps waits); numbers and messages at most once an interval.
class report_gate {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t prompt_max = 5;

  explicit report_gate(std::chrono::milliseconds interval) : interval_(interval) {}

  /// The report, when it is to be sent now; else see wake_at().
  [[nodiscard]] std::shared_ptr<const chain_report> offer(time_point now, chain_report r);
  /// When to offer again what was refused because it was too early.
  [[nodiscard]] std::optional<time_point> wake_at() const noexcept { return wake_at_; }
  /// Whoever was told is gone: the next offer is the first one.
  void forget() noexcept;

  [[nodiscard]] const std::shared_ptr<const chain_report>& last() const noexcept { return last_; }

 private:
  std::chrono::milliseconds interval_;
  std::shared_ptr<const chain_report> last_{};
  std::deque<time_point> sent_{};  ///< the last `prompt_max` ones
  std::optional<time_point> wake_at_{};
};

}  // namespace btc::bitcoin
