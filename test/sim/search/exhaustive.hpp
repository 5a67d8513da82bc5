#pragma once

#include "test/sim/oracles/oracle.hpp"
#include "test/sim/scheduler/choice.hpp"
#include "test/sim/world/plan.hpp"
#include "test/sim/world/workload.hpp"
#include "test/sim/world/world.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btc::sim {

/// A short piece of a run in which everything that can happen is tried in every order.
struct small_protocol {
  sim::workload workload{};
  std::uint64_t from_step{0};   ///< the piece begins before this step of the users
  std::vector<fault> faults{};  ///< of which at most one happens, at any moment
};

struct exhaustive_options {
  std::size_t depth{60};                 ///< decisions that are varied
  std::chrono::duration<double> time{};  ///< 0: no limit
};

struct exhaustive_result {
  std::uint64_t runs{0};    ///< to the end
  std::uint64_t known{0};   ///< given up at a state from which all was tried before
  std::uint64_t states{0};  ///< that differ in what happened before what
  std::size_t depth{0};     ///< the longest piece, in decisions with alternatives
  bool within_depth{true};  ///< no piece was longer than the limit
  bool in_time{true};       ///< nothing is left to try
  std::optional<violation> failure{};
  choice_log log{};  ///< of the failure
  std::chrono::duration<double> took{};
};

/// cache ↔ watch ↔ reconcile, and dispatch ↔ reconcile ↔ delete.
[[nodiscard]] const std::vector<small_protocol>& small_protocols();

/// Depth-first search through all orders of the steps of the piece, from the first plain state that
/// has reached it. Orders of steps that know nothing of each other are one order (causes.hpp).
[[nodiscard]] exhaustive_result run_exhaustively(stage& on,
                                                 const small_protocol& p,
                                                 const exhaustive_options& options);

void print_exhaustive(const small_protocol& p, const exhaustive_result& r);

}  // namespace btc::sim
