#include "actors/telemetry/log_limiter.hpp"

#include <bit>

namespace btc::telemetry {

std::uint64_t log_limiter::admit(std::string_view event, std::string_view key) {
  auto found = counts_.find(std::pair(event, key));
  if (found == counts_.end()) {
    if (counts_.size() >= max_entries) {
      counts_.clear();
    }
    found = counts_.emplace(entry(event, key), 0).first;
  }
  const auto times = ++found->second;
  return std::has_single_bit(times) ? times : 0;
}

std::uint64_t log_limiter::reset(std::string_view event, std::string_view key) {
  const auto found = counts_.find(std::pair(event, key));
  if (found == counts_.end()) {
    return 0;
  }
  const auto times = found->second;
  counts_.erase(found);
  return times;
}

}  // namespace btc::telemetry
