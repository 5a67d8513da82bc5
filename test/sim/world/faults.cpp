#include "test/sim/world/names.hpp"
#include "test/sim/world/world.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>

/// What a fault does, by its name: those of processes and actors stand here, those of calls in
/// call_faults.cpp, those of the cluster and the ways to it in cluster_faults.cpp.
namespace btc::sim {

namespace {

/// What no fault can do while there is no API server: it would write, answer or end something.
constexpr std::array needs_server{fault::lose_answer,
                                  fault::refuse,
                                  fault::fail_over,
                                  fault::go_back,
                                  fault::cut_watch,
                                  fault::silence_watch,
                                  fault::expire_watch,
                                  fault::garble_watch,
                                  fault::break_pod,
                                  fault::meddle,
                                  fault::outage};

}  // namespace

std::array<std::uint32_t, fault_count> world::possible_faults() {
  auto w = plan_.weights;
  const auto only_if = [&](fault f, bool possible) {
    if (!possible) {
      w[static_cast<std::size_t>(f)] = 0;
    }
  };
  const bool calls = !wire_.calls.empty();
  for (const auto f : {fault::lose_request, fault::lose_answer, fault::stall, fault::refuse}) {
    only_if(f, calls);
  }
  for (const auto f :
       {fault::cut_watch, fault::silence_watch, fault::expire_watch, fault::garble_watch}) {
    only_if(f, !wire_.streams.empty());
  }
  only_if(fault::overlap, processes_.size() == 1);
  only_if(fault::lose_rpc, !rpc_.calls.empty());
  only_if(fault::break_pod, !cluster_.objects().log(type_id::pods).objects().empty());
  for (const auto f : needs_server) {
    only_if(f, !absence_);
  }
  return w;
}

/// A target of an enumeration, or one by choice.
std::size_t world::pick(std::size_t n, std::optional<std::uint32_t> target) {
  return target ? std::min<std::size_t>(*target, n - 1) : choices_.choose(n);
}

void world::inject(fault f, std::optional<std::uint32_t> target) {
  std::string what;
  const auto in = phases();  // before: a crash ends them
  switch (f) {
    case fault::none:
    case fault::count_:
      return;
    case fault::crash:
      what = crash();
      break;
    case fault::overlap:
      what = overlap();
      break;
    case fault::kill_actor:
      what = kill_actor(target);
      break;
    case fault::lose_request:
      what = lose_request(target);
      break;
    case fault::lose_answer:
      what = lose_answer(target);
      break;
    case fault::stall:
      what = stall(target);
      break;
    case fault::refuse:
      what = refuse(target);
      break;
    case fault::fail_over:
      what = fail_over();
      break;
    case fault::lag:
      what = lag();
      break;
    case fault::go_back:
      what = go_back(target);
      break;
    case fault::cut_watch:
    case fault::silence_watch:
    case fault::expire_watch:
    case fault::garble_watch:
      what = harm_watch(f, target);
      break;
    case fault::compact:
      what = compact();
      break;
    case fault::break_pod:
      what = built_ins_.break_pod(choices_);
      break;
    case fault::pause_builtins:
      what = pause_builtins();
      break;
    case fault::jump:
      what = jump();
      break;
    case fault::meddle:
      what = users_.meddle(choices_);
      break;
    case fault::lose_rpc:
      what = lose_rpc(target);
      break;
    case fault::outage:
      what = outage(target);
      break;
  }
  if (what.empty()) {
    return;  // there was nothing to break
  }
  ++faults_;
  outages_ += f == fault::outage ? 1 : 0;
  last_event_ = decisions_;
  note("FAULT", std::string{info(f).name} + ": " + what);
  tell_fault(f, in);
  for (auto* o : observers_) {
    o->on_fault(info(f).name);
  }
}

// -- processes and actors -----------------------------------------------------------------

std::string world::crash() {
  processes_.erase(processes_.begin());
  if (processes_.empty()) {
    start_process();
  }
  return "process " + std::to_string(last_process_) + " goes on";
}

std::string world::overlap() {
  if (processes_.size() > 1) {
    return {};
  }
  start_process();
  return "process " + std::to_string(last_process_) + " starts beside the old one";
}

std::string world::kill_actor(std::optional<std::uint32_t> target) {
  auto& scheduler = processes_.back()->scheduler();
  const auto& living = scheduler.living();
  if (living.size() < 2) {
    return {};
  }
  // The first is the supervisor: its end is the end of the process.
  const auto actor = living[1 + pick(living.size() - 1, target)];
  auto* scheduled = dynamic_cast<caf::scheduled_actor*>(actor->get());
  auto what = scheduled == nullptr ? std::string{"an actor"} : title_of(*scheduled);
  scheduler.kill(actor);
  return what;
}

}  // namespace btc::sim
