#include "actors/reconcile/backoff.hpp"

#include <algorithm>

namespace btc::reconcile {

std::chrono::milliseconds backoff::next(double random, bool unreachable) noexcept {
  const auto most = unreachable ? limits_.most_unreachable : limits_.most;
  const auto ceiling = std::min(limits_.first * (std::int64_t{1} << doublings_), most);
  doublings_ += ceiling < most ? 1 : 0;
  ++failures_;
  const auto jittered = static_cast<std::int64_t>(random * static_cast<double>(ceiling.count()));
  return std::max(std::chrono::milliseconds{jittered}, limits_.first / 2);
}

}  // namespace btc::reconcile
