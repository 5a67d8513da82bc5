#pragma once

#include "test/sim/search/batch.hpp"

#include <string>
#include <vector>

namespace btc::sim {

/// `count` random runs from `first_seed` on, over one workload or all of them in turn. `only`:
/// faults that may happen; empty means all.
[[nodiscard]] batch swarm_batch(const stage& on,
                                const std::string& workload,
                                std::uint64_t first_seed,
                                std::uint64_t count,
                                const std::vector<fault>& only);

/// Every single fault at every decision of one reference run: the death of the process and of each
/// actor, a lost request, a lost answer, and the move to a server that shows any older state.
[[nodiscard]] batch enumeration(stage& on, const std::string& workload, std::uint64_t seed);

/// Two faults of these kinds at every pair of decisions that are `stride` apart.
[[nodiscard]] batch pairs(stage& on,
                          const std::string& workload,
                          std::uint64_t seed,
                          std::uint64_t stride);

}  // namespace btc::sim
