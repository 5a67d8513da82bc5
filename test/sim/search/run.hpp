#pragma once

#include "test/sim/oracles/oracle.hpp"
#include "test/sim/scheduler/choice.hpp"
#include "test/sim/search/coverage.hpp"
#include "test/sim/world/plan.hpp"
#include "test/sim/world/world.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// What one run gave.
struct run_result {
  std::optional<violation> broken{};
  std::uint64_t decisions{0};
  std::uint64_t faults{0};
  std::uint64_t requests{0};
  std::chrono::nanoseconds virtual_time{};
  std::uint64_t hash{0};
  choice_log log{};                  ///< of a failed run, or when asked for
  std::vector<std::string> lines{};  ///< the readable trace, when asked for
  std::chrono::nanoseconds took{};   ///< of wall time, without making the run to compare with
};

struct run_options {
  std::size_t trace_lines{0};
  bool keep_log{false};
  coverage* cover{nullptr};
  /// One more observer, of the caller.
  observer* also{nullptr};
  /// A cell, "matrix: cell", that counts as something found when the run comes there.
  std::string_view find{};
  /// Compares the final state with that of a run from scratch (schedule independence).
  bool differential{true};
};

/// One run under all oracles.
[[nodiscard]] run_result run_once(stage& on,
                                  const plan& p,
                                  choice_source& choices,
                                  const run_options& options = {});

}  // namespace btc::sim
