#pragma once

#include "test/sim/scheduler/choice.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace btc::sim {

/// What shrinking a log cost and gave.
struct shrunk_log {
  choice_log log{};
  std::size_t replays{0};
  std::size_t deviations{0};  ///< entries that are not the plain alternative
};

/// True when the run with this log still fails in the same way.
using still_fails = std::function<bool(const choice_log&)>;

/// The smallest log found that still fails: first shorter from the end, then with ever smaller
/// stretches replaced by the plain alternative, until nothing more can be. Stops early after
/// `budget`. Delta debugging (Zeller 2002) on a list whose neutral element is 0.
[[nodiscard]] shrunk_log shrink(choice_log log,
                                const still_fails& fails,
                                std::chrono::milliseconds budget);

[[nodiscard]] std::size_t count_deviations(const choice_log& log) noexcept;

}  // namespace btc::sim
