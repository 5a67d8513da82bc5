#include "k8s/backoff_steps.hpp"

#include <algorithm>

namespace btc::k8s {

std::chrono::milliseconds backoff_steps::next(const api_error& why) noexcept {
  constexpr std::uint32_t doublings_max = 30;  // of milliseconds: above any limit, and no overflow
  auto& failures = why.is_unreachable() ? unreached_ : refusals_;
  const auto doublings = std::min(failures++, doublings_max);
  return std::min(limits_.first * (std::int64_t{1} << doublings), most(why));
}

}  // namespace btc::k8s
