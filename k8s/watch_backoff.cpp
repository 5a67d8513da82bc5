#include "k8s/watch_backoff.hpp"

#include <algorithm>

namespace btc::k8s {

std::chrono::milliseconds watch_backoff::next(const api_error& why, double random, time_point now) {
  if (now - last_failure_ > calm_) {
    steps_.reset();
  }
  last_failure_ = now;
  const auto step = static_cast<double>(steps_.next(why).count());
  const std::chrono::milliseconds spread{static_cast<std::int64_t>(step * (1.0 + random))};
  return why.wait_at_least(std::min(spread, steps_.most(why)));
}

}  // namespace btc::k8s
