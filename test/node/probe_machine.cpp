#include "test/node/probe_machine.hpp"

namespace btc::node {

probe_machine::probe_machine(const probe_spec& spec, time_point started)
    : period_(spec.period),
      success_threshold_(spec.success_threshold),
      failure_threshold_(spec.failure_threshold),
      next_(started + spec.initial_delay) {}

std::optional<time_point> probe_machine::due() const noexcept {
  return in_flight_ ? std::nullopt : std::optional{next_};
}

void probe_machine::ended(bool success, time_point now) noexcept {
  in_flight_ = false;
  // From the last time it was due, so that a slow action does not stretch the period.
  next_ = std::max(next_ + period_, now);
  in_a_row_ = in_a_row_ > 0 && success == last_ ? in_a_row_ + 1 : 1;
  last_ = success;
  if (in_a_row_ >= (success ? success_threshold_ : failure_threshold_)) {
    result_ = success ? verdict::success : verdict::failure;
  }
}

}  // namespace btc::node
