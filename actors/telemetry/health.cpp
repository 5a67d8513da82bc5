#include "actors/telemetry/health.hpp"

#include <spdlog/fmt/fmt.h>

namespace btc::telemetry {

namespace {

std::string describe(const watch_report& w) {
  return w.scope.empty() ? w.kind : fmt::format("{} in {}", w.kind, w.scope);
}

void check(const actor_report& a, const health_limits&, health_verdict& verdict) {
  if (!a.responding) {
    verdict.reasons.push_back(
        fmt::format("actor {} does not answer (state {}, {} messages waiting)",
                    a.name,
                    a.state,
                    a.mailbox_depth));
  }
}

void check(const watch_report& w, const health_limits& limits, health_verdict& verdict) {
  if (w.last_contact_age_seconds > limits.watch_silence_seconds_max) {
    verdict.reasons.push_back(
        fmt::format("watch of {} without contact for {:.0f} s, limit {:.0f} s{}{}",
                    describe(w),
                    w.last_contact_age_seconds,
                    limits.watch_silence_seconds_max,
                    w.last_error.empty() ? "" : ": ",
                    w.last_error));
  }
}

void check(const network_report& n, const health_limits& limits, health_verdict& verdict) {
  if (n.acting_seconds.value_or(0) > limits.acting_seconds_max) {
    verdict.reasons.push_back(
        fmt::format("network {} has been writing for {:.0f} s, limit {:.0f} s",
                    n.key,
                    *n.acting_seconds,
                    limits.acting_seconds_max));
  }
}

}  // namespace

health_verdict check_health(const status_report& r, const health_limits& limits) {
  health_verdict verdict;
  const auto check_all = [&](const auto& items) {
    for (const auto& item : items) {
      check(item, limits, verdict);
    }
  };
  check_all(r.actors);
  check_all(r.watches);
  check_all(r.networks);
  return verdict;
}

health_verdict check_ready(const status_report& r) {
  health_verdict verdict;
  if (r.caches.empty()) {
    verdict.reasons.emplace_back("no cache has started yet");
  }
  for (const auto& c : r.caches) {
    if (!c.synced) {
      verdict.reasons.push_back(fmt::format("cache of {} has no complete list yet", c.kind));
    }
  }
  return verdict;
}

}  // namespace btc::telemetry
