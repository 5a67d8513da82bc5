#pragma once

#include <string>
#include <vector>

namespace btc::reconcile {

/// "a, b, c"
[[nodiscard]] inline std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

}  // namespace btc::reconcile
