#pragma once

#include "test/sim/scheduler/choice.hpp"
#include "test/sim/world/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace btc::sim {

/// A run as a small text: its plan and its choices, with what was found as a comment. Plain choices
/// are written as "0*37".
struct kept_case {
  sim::plan plan{};
  choice_log log{};
  std::string says{};  ///< lines of the comment
};

[[nodiscard]] std::string to_text(const kept_case& c);
/// Throws std::runtime_error naming the line that it does not understand.
[[nodiscard]] kept_case parse_case(std::string_view text);
[[nodiscard]] kept_case load_case(const std::filesystem::path& file);
void save_case(const std::filesystem::path& file, const kept_case& c);

}  // namespace btc::sim
