#include "test/sim/world/world.hpp"

#include <utility>

namespace btc::sim {

namespace {

/// Three hundred nodes that are polled for a day make some ten million.
constexpr std::uint64_t soak_decisions_max = 500'000'000;
/// How often the whole state is looked at while something heals: it is large.
constexpr std::chrono::seconds soak_check_pause{5};
constexpr std::chrono::seconds quiet_min{600};
constexpr std::size_t quiet_minutes_more = 40;

}  // namespace

/// Hours of rest, in which nothing may be written, interrupted by disturbances that must heal.
run_end world::soak(std::chrono::hours length) {
  limits_.decisions_max = soak_decisions_max;
  limits_.check_pause = soak_check_pause;
  healed_ = true;
  start_process();
  run_end end;
  end.converged = converge();
  const auto finish = now_ + length;
  while (end.converged && now_ < finish) {
    for (auto* o : observers_) {
      o->on_rest(view_at_rest());
    }
    pass(quiet_min + std::chrono::minutes{choices_.choose(quiet_minutes_more)});
    for (auto* o : observers_) {
      o->on_disturbed(view_at_rest());
    }
    if (const auto& why = why_not_done()) {
      end.converged = false;
      end.why_not = "at rest, and then: " + *why;
    } else if (now_ < finish) {
      disturb();
      end.converged = converge();
    }
  }
  return finished(std::move(end));
}

/// Something of every day: a pod, a connection, the controller itself, a watch.
void world::disturb() {
  std::string what;
  switch (choices_.choose(6)) {
    case 0:
    case 1:
      what = built_ins_.break_pod(choices_);
      break;
    case 2:
    case 3:
      what = built_ins_.cut_link(choices_);
      break;
    case 4:
      what = crash();
      break;
    default:
      what = fail_over() + " and " + compact();
  }
  ++faults_;
  note("FAULT", what);
}

}  // namespace btc::sim
