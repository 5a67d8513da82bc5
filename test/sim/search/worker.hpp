#pragma once

#include "test/sim/search/batch.hpp"

#include <string>
#include <string_view>

namespace btc::sim {

// What a process of a search tells its parent, as lines: "P" sums so far, "W" runs of a workload so
// far, "F" a failure, "H" the trace of a run that is made twice, "C" what was reached since the
// last "C" of that cell.

/// Makes the runs job, job + jobs, … of the batch and tells of them on the descriptor `to`.
void run_worker(stage& on, const batch& b, const batch_options& options, unsigned job, int to);

/// Writes all of it; false when the reader is gone.
[[nodiscard]] bool write_all(int to, std::string_view text);

/// The trace of one run of a batch.
[[nodiscard]] std::uint64_t trace_of(stage& on, const batch& b, std::uint64_t index);

[[nodiscard]] std::string trace_line(std::uint64_t index, std::uint64_t hash);

}  // namespace btc::sim
