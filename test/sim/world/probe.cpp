#include "test/sim/world/names.hpp"
#include "test/sim/world/world.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>

namespace btc::sim {

void world::tell_step(caf::scheduled_actor& actor) {
  const auto kind = kind_of(actor);
  const auto state = state_of(actor);
  const auto message = next_message(actor);
  for (auto* o : close_) {
    o->on_step({kind, state, message});
  }
}

void world::tell_decision() {
  const auto in = phases();
  const auto& store = cluster_.objects();
  const auto oldest = std::max(store.compacted(), cluster_.model().initial_version());
  const auto living = processes_.empty() ? 0 : processes_.back()->scheduler().living().size();
  const decision_point p{
      decisions_, living > 0 ? living - 1 : 0, wire_.calls, store.version() - oldest + 1, in};
  for (auto* o : close_) {
    o->on_decision(p);
  }
}

std::vector<std::string> world::phases() {
  std::vector<std::string> all;
  for (std::size_t i = 0; !close_.empty() && i < processes_.size(); ++i) {
    for (const auto& living : processes_[i]->scheduler().living()) {
      auto* actor = dynamic_cast<caf::scheduled_actor*>(living->get());
      if (actor != nullptr && kind_of(*actor) == "reconcile") {
        const auto state = state_of(*actor);
        all.push_back(state.empty() ? "new" : state);
      }
    }
  }
  return all;
}

void world::tell_fault(fault f, const std::vector<std::string>& in) {
  for (auto* o : close_) {
    for (const auto& phase : in) {
      o->on_fault_in_phase(info(f).name, phase);
    }
  }
}

}  // namespace btc::sim
