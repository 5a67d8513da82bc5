#pragma once

#include "test/sim/search/findings.hpp"

#include <filesystem>
#include <vector>

namespace btc::sim {

/// --replay: one seed, or the file of a case, with its trace. Exit code 1 when a rule is broken.
[[nodiscard]] int replay(stage& on, const search_options& options, findings& tell);

/// --cases: every stored case. Exit code 1 when one of them breaks a rule.
[[nodiscard]] int run_cases(findings& tell, const std::filesystem::path& directory);

/// The stored cases, by name.
[[nodiscard]] std::vector<std::filesystem::path> case_files(const std::filesystem::path& directory);

}  // namespace btc::sim
