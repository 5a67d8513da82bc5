#pragma once

#include "test/sim/search/batch.hpp"

#include <string>
#include <vector>

namespace btc::sim {

struct named_result {
  std::string name{};
  batch_result result{};
};

/// The closing table, on stdout.
void print_table(const std::vector<named_result>& results);
/// What was reached, by matrix, and what was not.
void print_coverage(const coverage& reached, const std::vector<fault>& only);
[[nodiscard]] std::string junit_of(const std::vector<named_result>& results);
[[nodiscard]] std::string json_of(const std::vector<named_result>& results);

}  // namespace btc::sim
