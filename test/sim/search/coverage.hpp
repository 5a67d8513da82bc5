#pragma once

#include "test/sim/world/fault.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// How often a run set has been where it was meant to be. A search that found nothing but never
/// came to a place says nothing about it.
class coverage {
 public:
  void hit(std::string_view matrix, std::string_view cell, std::uint64_t times = 1);
  void merge(const coverage& other);

  /// Cells of a matrix that were hit, and how often.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& cells(
      std::string_view matrix) const;
  using counts = std::map<std::string, std::uint64_t, std::less<>>;
  [[nodiscard]] const std::map<std::string, counts, std::less<>>& matrices() const noexcept {
    return matrices_;
  }
  /// Matrix, cell and count, a line each, tabs between; and back.
  [[nodiscard]] std::string to_text() const;
  void read_text(std::string_view text);

 private:
  std::map<std::string, std::map<std::string, std::uint64_t, std::less<>>, std::less<>> matrices_{};
};

/// The cells that a search must reach, by matrix; see declared.cpp.
[[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& declared_cells();
[[nodiscard]] std::size_t declared_count();
/// Cells of declared matrices that were hit and are not declared, "matrix: cell".
[[nodiscard]] std::vector<std::string> undeclared_cells(const coverage& c);
/// True for a cell that a search with these faults only can reach; none means all.
[[nodiscard]] bool is_asked_for(std::string_view matrix,
                                std::string_view cell,
                                const std::vector<fault>& only);
/// Declared cells that were not hit, "matrix: cell", of those that are asked for.
[[nodiscard]] std::vector<std::string> missing_cells(const coverage& c,
                                                     const std::vector<fault>& only = {});

}  // namespace btc::sim
