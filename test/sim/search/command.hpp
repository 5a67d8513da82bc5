#pragma once

#include <string>
#include <vector>

namespace btc::sim {

/// The program but for `serve`: searches, replays, shrinks and keeps cases. `repository` is where
/// the manifests, workloads and cases are. Exit codes: 0 nothing found, 1 something found, 2 usage.
[[nodiscard]] int search_command(const std::vector<std::string>& arguments,
                                 const std::string& repository);

}  // namespace btc::sim
