#pragma once

#include <cstdint>

namespace btc::sim {

/// splitmix64: small, fast, the same on every machine. One object is one stream of numbers.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// In [0, n); n is at least 1.
  std::uint32_t below(std::uint32_t n) noexcept {
    constexpr unsigned half = 32;
    return static_cast<std::uint32_t>(((next() >> half) * n) >> half);
  }

  /// True in `percent` of 100 cases.
  bool chance(std::uint32_t percent) noexcept { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

}  // namespace btc::sim
