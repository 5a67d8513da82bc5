#include "actors/reconcile/backoff.hpp"

#include <algorithm>

namespace btc::reconcile {

std::chrono::milliseconds backoff::next(double random, const k8s::api_error& why) {
  const auto step = static_cast<double>(steps_.next(why).count());
  const std::chrono::milliseconds jittered{static_cast<std::int64_t>(random * step)};
  return why.wait_at_least(std::max(jittered, least_));
}

}  // namespace btc::reconcile
