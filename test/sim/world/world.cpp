#include "test/sim/world/world.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace btc::sim {

namespace {

/// 2026-01-01T00:00:00Z, when every run begins.
constexpr std::chrono::sys_seconds wall_start{std::chrono::seconds{1'767'225'600}};

/// Weights of steps against each other; actors' own weight is the plan's.
constexpr std::uint32_t on_the_way = 15;
constexpr std::uint32_t built_in_weight = 4;
constexpr std::uint32_t learn_weight = 4;
constexpr std::uint32_t fault_weight = 2;
constexpr std::uint32_t at_leisure = 10;

}  // namespace

const workload* stage::find(std::string_view name) const {
  const auto found = std::find_if(
      workloads.begin(), workloads.end(), [&](const auto& w) { return w.name == name; });
  return found == workloads.end() ? nullptr : &*found;
}

world::world(stage& on, const plan& p, choice_source& choices, trace& t, convergence done)
    : stage_(on),
      plan_(p),
      choices_(choices),
      trace_(t),
      done_(std::move(done)),
      cluster_(p.lenient_crd ? on.lenient_model : on.model),
      built_ins_(cluster_),
      users_(cluster_, *on.find(p.workload), p.lenient_crd),
      wire_([this] { return now_; }, [this] { return causes_.mark(); }),
      rpc_([this] { return now_; }),
      budget_(p.budget) {
  if (choices.wants_states()) {
    causes_.enable();
  }
  cluster_.set_time(wall_start);
  cluster_.on_commit([this](const commit_notice& n) {
    trace_.mix(n.what.version);
    trace_.mix(n.what.key);
    causes_.wrote(n.type.id);
    if (trace_.readable()) {
      note("  store",
           std::string{event_type(n.what.what)} + ' ' + n.type.kind + ' ' + n.what.key + " @"
               + std::to_string(n.what.version) + " by " + n.who.user + ' '
               + std::string{n.subresource});
    }
    for (auto* o : observers_) {
      o->on_commit(n, view());
    }
  });
}

world::~world() = default;

void world::add(observer& o) {
  observers_.push_back(&o);
  if (o.looks_closely()) {
    close_.push_back(&o);
  }
}

world_view world::view() const {
  const bool prompt = healed_ || plan_.time_weight == 0;
  return {cluster_,
          built_ins_.bitcoinds(),
          now_,
          users_.passwords(),
          0,
          0,
          faults_,
          user_steps_,
          prompt,
          outages_,
          absence_.has_value()};
}

world_view world::view_at_rest() {
  auto v = view();
  for (const auto& p : processes_) {
    v.actors += p->scheduler().living().size();
    v.timers += p->scheduler().clock().pending();
  }
  return v;
}

std::chrono::system_clock::time_point world::wall() const noexcept {
  return wall_start + std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch());
}

time_point world::steady(std::chrono::sys_seconds t) const noexcept {
  return time_point{t - wall_start};
}

void world::note(std::string_view who, std::string_view what) {
  trace_.note(now_.time_since_epoch(), decisions_, who, what);
}

void world::start_process() {
  const machine on{stage_.config,
                   stage_.metrics,
                   stage_.log,
                   wire_,
                   rpc_,
                   [this] { return wall(); },
                   [this] {
                     auto made = std::string{secret_mark} + "made-" + std::to_string(++passwords_);
                     users_.note_password(made);
                     return made;
                   }};
  processes_.push_back(std::make_unique<controller_process>(++last_process_, on, plan_, now_));
  for (auto* o : observers_) {
    o->on_process_started(last_process_);
  }
}

// -- one step ---------------------------------------------------------------------------

world::weights world::weigh(bool faulty) {
  weights w{};
  const auto set = [&](move m, bool possible, std::uint32_t weight) {
    w[static_cast<std::size_t>(m)] = possible ? weight : 0;
  };
  set(move::act, runnable() > 0, std::max(plan_.act_weight, 1U));
  set(move::deliver,
      !wire_.answers.empty()
          || std::any_of(rpc_.calls.begin(),
                         rpc_.calls.end(),
                         [](const auto& c) { return c.answer.has_value(); }),
      on_the_way);
  set(move::serve, !wire_.calls.empty(), on_the_way);
  set(move::give, ready_streams() > 0, on_the_way);
  set(move::node,
      std::any_of(rpc_.calls.begin(), rpc_.calls.end(), [](const auto& c) { return c.waits(); }),
      on_the_way);
  bool behind = false;
  for (std::size_t s = 0; s < server_count; ++s) {
    behind |= !cluster_.server(s).follows();
  }
  set(move::learn, behind, learn_weight);
  bool builds = false;
  for (std::size_t i = 0; i < built_ins_.count() && !builds; ++i) {
    builds = built_ins_.runnable(i);
  }
  set(move::build, builds, built_in_weight);
  const bool busy = std::any_of(w.begin(), w.end(), [](auto x) { return x > 0; });
  const bool may_edit = user_is_next() && now_ >= user_due_;
  set(move::user, may_edit, busy ? (faulty ? plan_.user_weight : 0) : at_leisure);
  set(move::time, true, busy ? (faulty ? plan_.time_weight : 0) : at_leisure);
  set(move::fault, faulty && budget_ > 0, fault_weight);
  return w;
}

/// A user can take the next step, and does not wait for the controller.
bool world::user_is_next() const {
  return users_.possible() && !users_.waits_for_rest() && !absence_
         && (!plan_.patient || users_.were_heard());
}

bool world::step(bool faulty) {
  if (!close_.empty()) {
    tell_decision();
  }
  while (next_planned_ < plan_.planned.size() && plan_.planned[next_planned_].at <= decisions_) {
    const auto& f = plan_.planned[next_planned_++];
    inject(f.what, f.target);
  }
  return go(weigh(faulty));
}

/// Without a fault.
bool world::step(const weights& possible) {
  if (!close_.empty()) {
    tell_decision();
  }
  return go(possible);
}

bool world::go(const weights& possible) {
  if (causes_.on()) {
    collect_causes();  // of the step before
    tell_state(possible);
  }
  const auto m = static_cast<move>(choices_.choose_weighted(possible));
  ++decisions_;
  trace_.mix(static_cast<std::uint64_t>(m));
  if (causes_.on()) {
    causes_.begin(
        mixed(state_hash(), static_cast<std::uint64_t>(m)));  // unless a move knows better
  }
  take(m);
  if (trace_.readable()) {
    note_complaints();
  }
  if (causes_.on() && m != move::act && m != move::deliver && m != move::serve && m != move::give) {
    causes_.alone();
  }
  reap();
  return decisions_ < limits_.decisions_max;
}

void world::take(move m) {
  switch (m) {
    case move::act:
      return act();
    case move::deliver:
      return deliver();
    case move::serve:
      return serve();
    case move::give:
      return give();
    case move::node:
      return serve_rpc();
    case move::learn:
      return learn();
    case move::build:
      return build();
    case move::user:
      return user();
    case move::time:
      return pass_time();
    case move::fault: {
      const auto possible = possible_faults();
      if (std::any_of(possible.begin(), possible.end(), [](auto w) { return w > 0; })) {
        --budget_;
        inject(static_cast<fault>(choices_.choose_weighted(possible)), std::nullopt);
      }
      return;
    }
  }
}

void world::note_complaints() {
  for (const auto* o : observers_) {
    if (const auto* what = o->complaint(); what != nullptr && complained_.insert(o).second) {
      note("ALARM", *what);
    }
  }
}

/// A process that ended by itself is started again, as a Deployment does.
void world::reap() {
  for (auto& p : processes_) {
    if (p->exit_code()) {
      for (auto* o : observers_) {
        o->on_process_ended(p->id(), *p->exit_code());
      }
      note("process", "ended by itself with " + std::to_string(*p->exit_code()));
      p.reset();
    }
  }
  std::erase(processes_, nullptr);
  if (processes_.empty()) {
    start_process();
  }
}

}  // namespace btc::sim
