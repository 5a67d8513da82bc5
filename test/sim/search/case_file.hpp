#pragma once

#include "test/sim/scheduler/choice.hpp"
#include "test/sim/world/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// A run as a small text: its plan and its choices, with what was found as a comment. Plain choices
/// are written as "0*37". A line "reaches MATRIX: CELL" names a place that the run was kept for: a
/// case that no longer comes there shows nothing, and fails.
struct kept_case {
  sim::plan plan{};
  choice_log log{};
  std::string says{};  ///< lines of the comment
  std::vector<std::string> reaches{};
};

[[nodiscard]] std::string to_text(const kept_case& c);
/// Throws std::runtime_error naming the line that it does not understand.
[[nodiscard]] kept_case parse_case(std::string_view text);
[[nodiscard]] kept_case load_case(const std::filesystem::path& file);
void save_case(const std::filesystem::path& file, const kept_case& c);

}  // namespace btc::sim
