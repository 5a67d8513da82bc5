#include "actors/reconcile/backoff.hpp"

#include <algorithm>

namespace btc::reconcile {

std::chrono::milliseconds backoff::next(double random) noexcept {
  constexpr std::uint32_t doublings_max = 30;
  const auto doublings = std::min(failures_, doublings_max);
  const auto ceiling = std::min(limits_.first.count() << doublings, limits_.most.count());
  ++failures_;
  const auto jittered = static_cast<std::int64_t>(random * static_cast<double>(ceiling));
  return std::chrono::milliseconds{std::max(jittered, limits_.first.count() / 2)};
}

}  // namespace btc::reconcile
