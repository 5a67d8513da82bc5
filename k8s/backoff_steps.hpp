#pragma once

#include "k8s/api_error.hpp"

#include <chrono>
#include <cstdint>

namespace btc::k8s {

/// Numbers of an exponential back-off.
struct backoff_limits {
  std::chrono::milliseconds first{};
  std::chrono::milliseconds most{};
  /// The most while there is no server to reach: an attempt costs it nothing, and the wait after
  /// the last one is time for which a server that is back is not noticed (docs/adr/0013).
  std::chrono::milliseconds most_unreachable{5'000};
};

/// The doubling that the back-offs of watches and of networks have in common; how a step is spread
/// is theirs. Failures to reach a server are counted apart, so that one which just came back and
/// still refuses is not left alone for what its absence has earned. A value.
class backoff_steps {
 public:
  explicit backoff_steps(backoff_limits limits) : limits_(limits) {}

  /// Counts this failure and gives its step: from `first` to the limit that applies.
  [[nodiscard]] std::chrono::milliseconds next(const api_error& why) noexcept;
  /// The longest that a step of this failure may be spread to.
  [[nodiscard]] std::chrono::milliseconds most(const api_error& why) const noexcept {
    return why.is_unreachable() ? limits_.most_unreachable : limits_.most;
  }
  void reset() noexcept { refusals_ = unreached_ = 0; }

  /// Failures since the last reset but for those below.
  [[nodiscard]] std::uint32_t refusals() const noexcept { return refusals_; }
  /// Times that no server was reached, since the last reset.
  [[nodiscard]] std::uint32_t unreached() const noexcept { return unreached_; }

 private:
  backoff_limits limits_;
  std::uint32_t refusals_{0};
  std::uint32_t unreached_{0};
};

}  // namespace btc::k8s
