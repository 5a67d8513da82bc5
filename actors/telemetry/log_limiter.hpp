#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace btc::telemetry {

/// Thins out repeated warnings and errors: of one (event, key) the 1st, 2nd, 4th, 8th … occurrence
/// is logged, so a fault that lasts for days writes a few dozen lines instead of millions.
///
///   if (const auto times = limiter_.admit("request-failed", key)) {
///     log_.warn("request-failed", "…", {{"network", key}, {"times", times}});
///   }
///
/// A value that belongs to one actor; not thread-safe. Holds at most max_entries pairs: when a new
/// one would exceed that, all counts start again, which costs repeated lines and never a lost one.
class log_limiter {
 public:
  static constexpr std::size_t max_entries = 4096;

  /// Counts one occurrence. Returns how many there have been when this one is to be logged, else 0.
  [[nodiscard]] std::uint64_t admit(std::string_view event, std::string_view key);

  /// The fault is over: the next occurrence is logged again. Returns how many there had been.
  std::uint64_t reset(std::string_view event, std::string_view key);

 private:
  using entry = std::pair<std::string, std::string>;
  struct less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const auto first = std::string_view(a.first).compare(b.first);
      return first != 0 ? first < 0 : std::string_view(a.second) < std::string_view(b.second);
    }
  };

  std::map<entry, std::uint64_t, less> counts_{};
};

}  // namespace btc::telemetry
