#pragma once

#include "test/sim/search/run.hpp"
#include "test/sim/world/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace btc::sim {

/// What a fault could break at one decision of a run.
struct decision_facts {
  std::size_t actors{0};
  std::vector<std::string> sites{};   ///< of the requests on their way, in the order of targets
  std::uint64_t versions{0};          ///< states of the store that a server could show
  std::vector<std::string> phases{};  ///< of the reconcile actors
};

/// A run without faults, decision by decision, up to the moment when all is as wished. A run of the
/// same plan with one fault more is the same up to that fault, so this says what can be broken.
struct reference_run {
  sim::plan plan{};
  std::vector<decision_facts> at{};
};

/// `patient`: users wait until their edits were observed (plan).
[[nodiscard]] reference_run observe_reference(stage& on,
                                              const std::string& workload,
                                              std::uint64_t seed,
                                              bool patient);

}  // namespace btc::sim
