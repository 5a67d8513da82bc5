#include "k8s/watch_backoff.hpp"

#include <algorithm>

namespace btc::k8s {

std::chrono::milliseconds watch_backoff::next(const api_error& error,
                                              double random,
                                              time_point now) {
  if (now - last_failure_ > limits_.calm) {
    refusals_ = unreached_ = 0;
  }
  last_failure_ = now;
  const bool unreachable = error.is_unreachable();
  const auto most = unreachable ? limits_.most_unreachable : limits_.most;
  auto& failures = unreachable ? unreached_ : refusals_;
  constexpr std::uint32_t doublings_max = 16;  // far above `most`, and no overflow
  const auto base = std::min(limits_.first * (1U << std::min(failures, doublings_max)), most);
  ++failures;
  const auto spread = std::chrono::milliseconds{
      static_cast<std::int64_t>(static_cast<double>(base.count()) * (1.0 + random))};
  const auto delay = std::min(spread, most);
  const auto asked = error.retry_after();
  return asked ? std::max<std::chrono::milliseconds>(delay, *asked) : delay;
}

}  // namespace btc::k8s
