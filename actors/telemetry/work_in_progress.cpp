#include "actors/telemetry/work_in_progress.hpp"

namespace btc::telemetry {

void work_in_progress::started(time_point at) {
  starts_.insert(at);
}

void work_in_progress::ended(time_point started_at) noexcept {
  if (const auto found = starts_.find(started_at); found != starts_.end()) {
    starts_.erase(found);
  }
}

work_in_progress::ages work_in_progress::at(time_point now) const {
  ages result;
  for (const auto start : starts_) {
    result.sum += now - start;
  }
  if (!starts_.empty()) {
    result.longest = now - *starts_.begin();
  }
  return result;
}

}  // namespace btc::telemetry
