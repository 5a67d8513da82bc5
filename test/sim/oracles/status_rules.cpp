#include "test/sim/oracles/status_rules.hpp"

#include "test/sim/oracles/reading.hpp"

#include <chrono>
#include <utility>

namespace btc::sim {

void status_rules_oracle::on_commit(const commit_notice& n, const world_view& v) {
  if (n.type.id != type_id::bitcoin_networks || n.what.after == nullptr || !by_controller(n)) {
    return;
  }
  const auto& after = *n.what.after;
  const auto seen = number(after, "/status/observedGeneration");
  if (seen > number(after, "/metadata/generation")) {
    violated(n.what.key + ": observedGeneration " + std::to_string(seen)
             + " is ahead of the generation");
  }
  if (n.what.before == nullptr) {
    return;
  }
  if (seen < number(*n.what.before, "/status/observedGeneration")) {
    violated(n.what.key + ": observedGeneration went back to " + std::to_string(seen));
  }
  check_times(n.what.key, *n.what.before, after, v);
}

void status_rules_oracle::check_times(const std::string& key,
                                      const nlohmann::json& before,
                                      const nlohmann::json& after,
                                      const world_view& v) {
  for (const auto& now : look(after, "/status/conditions")) {
    const auto type = text(now, "/type");
    const auto& then = condition(before, type);
    const bool same_status = !then.is_null() && text(then, "/status") == text(now, "/status");
    const bool same_time = text(then, "/lastTransitionTime") == text(now, "/lastTransitionTime");
    if (same_status && !same_time) {
      violated(key + ": condition " + type + " has a new lastTransitionTime and the old status");
    }
    if (same_status) {
      continue;
    }
    // The time has whole seconds, and is that of the decision: its patch may take its deadline, and
    // be kept waiting for longer, 50 s were seen, where the schedule is not prompt. A store that
    // went back shows what the controller remembers better.
    constexpr std::chrono::seconds told_apart{35};
    constexpr std::chrono::seconds told_apart_surely{300};
    const auto last = std::exchange(changed_[key + ' ' + type], {v.now, v.prompt});
    const auto enough = last.prompt ? told_apart : told_apart_surely;
    const bool later = v.faults == 0 && v.now - last.at >= enough;
    if (!then.is_null() && same_time && later) {
      violated(key + ": condition " + type + " has a new status and the old lastTransitionTime");
    }
  }
}

}  // namespace btc::sim
