#pragma once

#include "test/sim/search/coverage.hpp"
#include "test/sim/search/run.hpp"
#include "test/sim/world/plan.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
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
  std::map<std::string, std::uint64_t, std::less<>> workloads{};  ///< runs of each
  std::vector<std::uint64_t> processes{};                         ///< runs of each
  std::vector<failed_run> failures{};
  coverage reached{};
};

struct batch_options {
  unsigned jobs{1};                      ///< processes; runs themselves have one thread
  std::chrono::duration<double> time{};  ///< 0: no limit
  std::size_t failures_max{1};
  /// Every how many runs are counted into `reached`: counting costs as much as running. 0: none.
  std::uint64_t cover_every{0};
  std::string find{};  ///< see run_options
  bool progress{true};
  /// How this program is started to make runs of this batch again (see repeat.hpp); empty: no run
  /// is repeated.
  std::vector<std::string> again{};
};

/// One run in so many is made twice, by two programs, and the traces compared.
inline constexpr std::uint64_t repeat_every = 100;

/// Runs a batch in `jobs` processes and sums up.
[[nodiscard]] batch_result run_batch(stage& on, const batch& b, const batch_options& options);

}  // namespace btc::sim
