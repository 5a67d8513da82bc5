#include "test/sim/world/world.hpp"

#include <algorithm>
#include <utility>

/// The phases of a run: with faults, healed, until all is as wished, and at rest.
namespace btc::sim {

run_end world::run() {
  if (const auto* w = stage_.find(plan_.workload); w->soak.count() > 0) {
    return soak(w->soak);
  }
  start_process();
  run_with_faults();
  heal();
  run_end end;
  end.converged = converge();
  if (end.converged) {
    for (auto* o : observers_) {
      o->on_rest(view_at_rest());
    }
    pass(limits_.rest);
    if (const auto why = why_not_done()) {
      end.converged = false;
      end.why_not = "at rest, and then: " + *why;
    }
  }
  return finished(std::move(end));
}

run_end world::finished(run_end end) {
  if (!end.converged && end.why_not.empty()) {
    const auto why = why_not_done();
    end.why_not = !users_.done() ? "the workload is stuck" : why.value_or("it never came to rest");
  }
  for (auto* o : observers_) {
    o->on_end(view_at_rest());
  }
  end.decisions = decisions_;
  end.virtual_time = now_.time_since_epoch();
  end.faults = faults_;
  processes_.clear();
  return end;
}

/// Until the workload is done and some more decisions were made, or the run is long enough.
void world::run_with_faults() {
  while (decisions_ < limits_.faulty_decisions_max) {
    const bool planned = next_planned_ < plan_.planned.size();
    if (absence_) {
      if (!step(true)) {
        return;
      }
      continue;  // nobody can do or see anything before the server is back
    }
    if (users_.waits_for_rest() && idle() && !why_not_done()) {
      user();
    } else if (planned && users_.done() && idle() && !why_not_done() && repair()) {
      continue;  // as the run without the fault did, or the fault would never be met
    }
    if (!planned && users_.done() && decisions_ - last_event_ > plan_.patience) {
      return;
    }
    if (!step(true)) {
      return;
    }
  }
}

void world::heal() {
  note("world", "healed: no faults from here on");
  healed_ = true;
  plan_.planned.clear();
  if (absence_) {
    end_outage();
  }
  for (std::size_t s = 0; s < server_count; ++s) {
    cluster_.server(s).follow();
    cluster_.set_trouble(s, trouble::none);
  }
  built_ins_.resume_all();
  while (processes_.size() > 1) {
    processes_.erase(processes_.begin());
  }
  for (const auto& s : wire_.streams) {
    s->silent = false;
  }
}

/// Nothing is on its way: only time can change anything.
bool world::idle() {
  return idle(weigh(false));
}

bool world::idle(const weights& possible) {
  auto w = possible;
  w[static_cast<std::size_t>(move::time)] = 0;
  w[static_cast<std::size_t>(move::user)] = 0;
  return std::all_of(w.begin(), w.end(), [](auto x) { return x == 0; });
}

const std::optional<std::string>& world::why_not_done() {
  const std::array<std::uint64_t, 2> at{cluster_.objects().version(),
                                        built_ins_.bitcoinds().events()};
  if (std::exchange(why_not_at_, at) != at) {
    why_not_ = done_(view());
  }
  return why_not_;
}

bool world::converge() {
  auto since = now_;
  while (now_ - since <= limits_.converge_max) {
    const auto possible = weigh(false);
    if (idle(possible)) {
      const bool ready = now_ >= user_due_ && (users_.done() || users_.waits_for_rest());
      const bool good = as_wished();
      if (good && repair()) {
        since = now_;
        continue;
      }
      if (ready && good) {
        if (users_.done()) {
          pass(limits_.settle);
          return !why_not_done();
        }
        user();
        since = now_;
        continue;
      }
      if (user_is_next()) {
        since = now_;
      }
    }
    if (!step(possible)) {
      return false;
    }
  }
  return false;
}

bool world::as_wished() {
  if (now_ < check_due_) {
    return false;
  }
  check_due_ = now_ + limits_.check_pause;
  return !why_not_done();
}

/// The controller has said that a child is not its own; now a user does something about it.
bool world::repair() {
  const auto what = users_.repair();
  if (!what.empty()) {
    note("user", "repairs: " + what);
  }
  return !what.empty();
}

void world::pass(std::chrono::seconds time) {
  const auto end = now_ + time;
  while (true) {
    const auto possible = weigh(false);
    if ((now_ >= end && idle(possible)) || !step(possible)) {
      return;
    }
  }
}

}  // namespace btc::sim
