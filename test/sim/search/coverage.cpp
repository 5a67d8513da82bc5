#include "test/sim/search/coverage.hpp"

#include <algorithm>
#include <charconv>

namespace btc::sim {

void coverage::hit(std::string_view matrix, std::string_view cell, std::uint64_t times) {
  auto found = matrices_.find(matrix);
  if (found == matrices_.end()) {
    found = matrices_.try_emplace(std::string{matrix}).first;
  }
  const auto at = found->second.find(cell);
  if (at == found->second.end()) {
    found->second.emplace(std::string{cell}, times);
  } else {
    at->second += times;
  }
}

void coverage::merge(const coverage& other) {
  for (const auto& [matrix, cells] : other.matrices_) {
    for (const auto& [cell, times] : cells) {
      hit(matrix, cell, times);
    }
  }
}

const std::map<std::string, std::uint64_t, std::less<>>& coverage::cells(
    std::string_view matrix) const {
  static const std::map<std::string, std::uint64_t, std::less<>> none;
  const auto found = matrices_.find(matrix);
  return found == matrices_.end() ? none : found->second;
}

std::string coverage::to_text() const {
  std::string out;
  for (const auto& [matrix, cells] : matrices_) {
    for (const auto& [cell, times] : cells) {
      out += matrix + '\t' + cell + '\t' + std::to_string(times) + '\n';
    }
  }
  return out;
}

void coverage::read_text(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto first = line.find('\t');
    const auto second = line.find('\t', first + 1);
    if (first != std::string_view::npos && second != std::string_view::npos) {
      std::uint64_t times = 0;
      std::from_chars(line.data() + second + 1, line.data() + line.size(), times);
      hit(line.substr(0, first), line.substr(first + 1, second - first - 1), times);
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

std::size_t declared_count() {
  std::size_t n = 0;
  for (const auto& [matrix, cells] : declared_cells()) {
    n += cells.size();
  }
  return n;
}

std::vector<std::string> undeclared_cells(const coverage& c) {
  std::vector<std::string> out;
  for (const auto& [matrix, cells] : declared_cells()) {
    for (const auto& [cell, times] : c.cells(matrix)) {
      if (std::find(cells.begin(), cells.end(), cell) == cells.end()) {
        out.push_back(matrix + ": " + cell);
      }
    }
  }
  return out;
}

std::vector<std::string> missing_cells(const coverage& c, const std::vector<fault>& only) {
  std::vector<std::string> missing;
  for (const auto& [matrix, cells] : declared_cells()) {
    for (const auto& cell : cells) {
      if (!c.cells(matrix).contains(cell) && is_asked_for(matrix, cell, only)) {
        missing.push_back(matrix + ": " + cell);
      }
    }
  }
  return missing;
}

}  // namespace btc::sim
