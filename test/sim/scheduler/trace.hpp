#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// What happened in a run: always as one number, and for people as lines, when somebody reads them.
///
/// The number covers every decision and every commit, so two runs with equal numbers were the same
/// run. Lines cost time and memory, so they are kept only on request, the last ones of them.
class trace {
 public:
  using duration = std::chrono::nanoseconds;

  /// Keeps the last `lines_max` lines; 0: none, and `note` should not be called.
  explicit trace(std::size_t lines_max = 0) noexcept : lines_max_(lines_max) {}

  /// Whether lines are kept: ask before making a text.
  [[nodiscard]] bool readable() const noexcept { return lines_max_ > 0; }

  void mix(std::uint64_t value) noexcept;
  void mix(std::string_view text) noexcept;
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

  /// One line: when (virtual time since the start), at which decision, who and what.
  void note(duration at, std::uint64_t decision, std::string_view who, std::string_view what);

  /// The lines kept, oldest first, each "  12.345s  #417 who: what".
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

 private:
  struct entry {
    duration at{};
    std::uint64_t decision{0};
    std::string who{};
    std::string what{};
  };

  std::size_t lines_max_;
  std::deque<entry> entries_{};
  std::size_t dropped_{0};
  std::uint64_t hash_{0xcbf29ce484222325U};
};

}  // namespace btc::sim
