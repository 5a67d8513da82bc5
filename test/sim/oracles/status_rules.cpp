#include "test/sim/oracles/status_rules.hpp"

#include "test/sim/oracles/reading.hpp"

namespace btc::sim {

void status_rules_oracle::on_commit(const commit_notice& n, const world_view&) {
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
  check_times(n.what.key, *n.what.before, after);
}

void status_rules_oracle::check_times(const std::string& key,
                                      const nlohmann::json& before,
                                      const nlohmann::json& after) {
  for (const auto& now : look(after, "/status/conditions")) {
    const auto type = text(now, "/type");
    const auto& then = condition(before, type);
    const bool same_status = !then.is_null() && text(then, "/status") == text(now, "/status");
    const bool same_time = text(then, "/lastTransitionTime") == text(now, "/lastTransitionTime");
    if (same_status && !same_time) {
      violated(key + ": condition " + type + " has a new lastTransitionTime and the old status");
    }
  }
}

}  // namespace btc::sim
