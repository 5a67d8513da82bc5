#pragma once

#include "test/sim/world/fault.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btc::sim {

struct search_options {
  std::uint64_t runs{10'000};
  double seconds{0};  ///< 0: no limit
  unsigned jobs{0};   ///< 0: one a core
  std::uint64_t seed{1};
  std::string replay{};  ///< a file of a case, or a seed
  bool shrink{true};
  bool enumerate{false};
  std::uint64_t pairs{0};  ///< stride; 0: no pairs
  std::string workload{};
  std::vector<fault> faults{};
  bool exhaustive{false};
  std::size_t depth{60};
  bool coverage{false};
  std::string find{};        ///< "matrix: cell"
  std::string repository{};  ///< where manifests, workloads and cases are
  std::string keep{};
  bool cases{false};
  bool list{false};
  bool mutants{false};
  bool quiet{false};
  std::size_t failures_max{1};
  std::size_t trace_lines{60};
  std::string junit{};
  std::string json{};
  std::optional<std::size_t> repeat_batch{};  ///< see repeat.hpp; for this program's own use
};

/// The options, or the exit code of the program: 0 after --help, 2 after a mistake, which was told.
struct parsed_search {
  search_options options{};
  std::optional<int> exit{};
};
/// `repository`: where it is unless --repository says.
[[nodiscard]] parsed_search parse_search_options(const std::vector<std::string>& arguments,
                                                 const std::string& repository);

}  // namespace btc::sim
