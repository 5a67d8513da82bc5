#include "test/sim/world/world.hpp"

#include <algorithm>

namespace btc::sim {

void world::tell_state(const weights& w) {
  decision_state s{state_hash(), user_steps_, users_.done(), false};
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto m = static_cast<move>(i);
    s.work |= w[i] > 0 && m != move::user && m != move::time && m != move::fault;
  }
  choices_.at_decision(s);
}

/// Everything that the rest of the run depends on. What is on its way is a set, so its marks are
/// added; built-ins are made by what was written and by time.
std::uint64_t world::state_hash() const {
  auto all = causes_.state();
  for (const auto& c : wire_.calls) {
    all += mixed(c.cause, 1);
  }
  for (const auto& a : wire_.answers) {
    all += mixed(a.cause, 2);
  }
  for (const auto& s : wire_.streams) {
    all += mixed(mixed(s->cause, s->events_given), s->ended ? 3 : 4);
  }
  all = mixed(all, rpc_.calls.size());
  all = mixed(all, user_steps_);
  all = mixed(all, budget_);
  return mixed(all, static_cast<std::uint64_t>(now_.time_since_epoch().count()));
}

void world::collect_causes() {
  for (const auto& p : processes_) {
    causes_.collect(p->id(), p->scheduler());
  }
}

}  // namespace btc::sim
