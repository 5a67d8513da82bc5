#pragma once

#include "test/sim/search/coverage.hpp"
#include "test/sim/search/run.hpp"
#include "test/sim/world/plan.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace btc::sim {

/// Many runs that differ by their number: seeds of a swarm, or points of an enumeration.
struct batch {
  std::string name{};
  std::uint64_t count{0};
  std::function<plan(std::uint64_t)> make{};
};

struct failed_run {
  std::uint64_t index{0};
  violation broken{};
};

struct batch_result {
  std::uint64_t runs{0};
  std::uint64_t decisions{0};
  std::uint64_t faults{0};
  std::uint64_t requests{0};
  std::uint64_t virtual_seconds{0};
  std::uint64_t hash{0};      ///< of all runs' traces, whatever their order
  std::uint64_t repeated{0};  ///< runs made twice
  std::uint64_t diverged{0};  ///< of them, with another trace
  std::chrono::duration<double> took{};
  std::vector<failed_run> failures{};
  coverage reached{};
};

struct batch_options {
  unsigned jobs{1};                      ///< processes; runs themselves have one thread
  std::chrono::duration<double> time{};  ///< 0: no limit
  std::size_t failures_max{1};
  bool cover{true};
  bool progress{true};
};

/// Runs a batch in `jobs` processes and sums up. One run in a hundred is made twice, by different
/// processes of the machine, and compared.
[[nodiscard]] batch_result run_batch(stage& on, const batch& b, const batch_options& options);

}  // namespace btc::sim
