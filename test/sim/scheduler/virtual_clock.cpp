#include "test/sim/scheduler/virtual_clock.hpp"

#include <algorithm>
#include <iterator>

namespace btc::sim {

namespace {

using clock_base = caf::detail::simple_actor_clock;

[[nodiscard]] caf::strong_actor_ptr receiver_of(const clock_base::delayed_event& e) {
  switch (e.subtype) {
    case clock_base::actor_msg_type:
      return static_cast<const clock_base::actor_msg&>(e).receiver;
    case clock_base::request_timeout_type:
      return static_cast<const clock_base::request_timeout&>(e).self;
    default:
      return {};
  }
}

}  // namespace

std::optional<virtual_clock::time_point> virtual_clock::next_due() const {
  return schedule_.empty() ? std::nullopt : std::optional{schedule_.begin()->first};
}

std::size_t virtual_clock::due_together() const {
  return schedule_.empty() ? 0 : schedule_.count(schedule_.begin()->first);
}

caf::strong_actor_ptr virtual_clock::fire_one(choice_source& choices) {
  if (schedule_.empty()) {
    return {};
  }
  const auto which = choices.choose(due_together());
  const auto chosen = std::next(schedule_.begin(), static_cast<std::ptrdiff_t>(which));
  advance_to(chosen->first);
  const auto timer = std::move(chosen->second);
  if (timer->backlink != actor_lookup_.end()) {
    actor_lookup_.erase(timer->backlink);
  }
  schedule_.erase(chosen);
  auto receiver = receiver_of(*timer);
  ship(*timer);
  return receiver;
}

void virtual_clock::advance_to(time_point t) noexcept {
  current_time = std::max(current_time, t);
}

}  // namespace btc::sim
