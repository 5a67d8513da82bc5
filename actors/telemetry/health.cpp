#include "actors/telemetry/health.hpp"

#include "k8s/kind.hpp"

#include <spdlog/fmt/fmt.h>

namespace btc::telemetry {

namespace {

std::string describe(const watch_report& w) {
  return w.scope.empty() ? w.kind : fmt::format("{} in {}", w.kind, w.scope);
}

void check(const actor_report& a, health_verdict& verdict) {
  if (!a.responding) {
    verdict.reasons.push_back(
        fmt::format("actor {} does not answer (state {}, {} messages waiting)",
                    a.name,
                    a.state,
                    a.mailbox_depth));
  }
}

void check_contact(const watch_report& w, double limit, health_verdict& verdict) {
  if (w.last_contact_age_seconds > limit) {
    verdict.reasons.push_back(
        fmt::format("watch of {} without contact for {:.0f} s, limit {:.0f} s{}{}",
                    describe(w),
                    w.last_contact_age_seconds,
                    limit,
                    w.last_error.empty() ? "" : ": ",
                    w.last_error));
  }
}

void check_outcome(const watch_report& w, double limit, health_verdict& verdict) {
  if (w.last_outcome_age_seconds > limit) {
    verdict.reasons.push_back(
        fmt::format("watch of {} without an outcome for {:.0f} s, limit {:.0f} s (state {})",
                    describe(w),
                    w.last_outcome_age_seconds,
                    limit,
                    w.state));
  }
}

void check_writes(const network_report& n, double limit, health_verdict& verdict) {
  if (n.acting_seconds.value_or(0) > limit) {
    verdict.reasons.push_back(
        fmt::format("network {} has been writing for {:.0f} s, limit {:.0f} s",
                    n.key,
                    *n.acting_seconds,
                    limit));
  }
}

using watch_check = void(const watch_report&, double limit, health_verdict&);

health_verdict check_work(const status_report& r,
                          watch_check* check_watch,
                          double watch_limit,
                          double write_limit) {
  health_verdict verdict;
  for (const auto& actor : r.actors) {
    check(actor, verdict);
  }
  for (const auto& watch : r.watches) {
    check_watch(watch, watch_limit, verdict);
  }
  for (const auto& network : r.networks) {
    check_writes(network, write_limit, verdict);
  }
  return verdict;
}

}  // namespace

health_verdict check_health(const status_report& r, const health_limits& limits) {
  return check_work(r, check_contact, limits.watch_silence_seconds_max, limits.acting_seconds_max);
}

health_verdict check_live(const status_report& r, const health_limits& limits) {
  return check_work(r, check_outcome, limits.lost_seconds_max, limits.lost_seconds_max);
}

health_verdict check_ready(const status_report& r) {
  health_verdict verdict;
  if (r.caches.empty()) {
    verdict.reasons.emplace_back("no cache has started yet");
  } else if (r.caches.size() < k8s::watched_kinds) {
    const auto missing = k8s::watched_kinds - r.caches.size();
    verdict.reasons.push_back(fmt::format("{} of {} caches {} not answered",
                                          missing,
                                          k8s::watched_kinds,
                                          missing == 1 ? "has" : "have"));
  }
  for (const auto& c : r.caches) {
    if (!c.synced) {
      verdict.reasons.push_back(fmt::format("cache of {} has no complete list yet", c.kind));
    }
  }
  return verdict;
}

}  // namespace btc::telemetry
