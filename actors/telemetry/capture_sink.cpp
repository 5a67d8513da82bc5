#include "actors/telemetry/capture_sink.hpp"

#include "actors/telemetry/log_format.hpp"

#include <algorithm>
#include <iterator>

namespace btc::telemetry {

void capture_sink::write(const log_record& r) {
  line made{std::string(r.event), format_text(r)};
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(made));
}

std::vector<std::string> capture_sink::lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> result;
  result.reserve(lines_.size());
  std::transform(lines_.begin(), lines_.end(), std::back_inserter(result), [](const line& l) {
    return l.text;
  });
  return result;
}

std::size_t capture_sink::count(std::string_view event) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      lines_.begin(), lines_.end(), [event](const line& l) { return l.event == event; }));
}

}  // namespace btc::telemetry
