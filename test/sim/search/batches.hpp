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
/// actor, each request lost and each answer lost, and the move to a server that shows any older
/// state. `only`: of these kinds; empty means all five.
[[nodiscard]] batch enumeration(stage& on,
                                const std::string& workload,
                                std::uint64_t seed,
                                const std::vector<fault>& only);

/// Two faults, each the death of the process, a lost answer or an old server, at every pair of
/// decisions whose numbers are multiples of `stride`.
[[nodiscard]] batch pairs(stage& on,
                          const std::string& workload,
                          std::uint64_t seed,
                          std::uint64_t stride);

/// One run for each declared cell that chance reaches too rarely: each refusal at each place that
/// sends a request, and each kind of fault in each phase of a network. Over one workload or all.
[[nodiscard]] batch matrices(stage& on,
                             const std::string& workload,
                             std::uint64_t seed,
                             const std::vector<fault>& only);

}  // namespace btc::sim
