#pragma once

#include "actors/telemetry/metric_builder.hpp"
#include "actors/telemetry/metrics.hpp"
#include "k8s/kind.hpp"

#include <array>
#include <cstddef>

namespace btc::telemetry {

// Every label with all of its values, in the order of their enums. docs/metrics.md tells what they
// mean.

template <class Enum>
inline constexpr auto size_of = static_cast<std::size_t>(Enum::count_);

inline constexpr label<size_of<reconcile_result>> by_result{
    "result", {"success", "error", "requeue", "requeue_after"}};

inline constexpr label<size_of<watch_restart>> by_cause{
    "cause", {"ended", "gone", "error", "connection", "silent"}};

inline constexpr label<size_of<watch_event>> by_type{
    "type", {"added", "modified", "deleted", "bookmark", "error"}};

inline constexpr label<size_of<write_verb>> by_verb{"verb", {"create", "apply", "patch"}};

inline constexpr label<size_of<degraded_reason>> by_degraded_reason{"reason",
                                                                    {"InvalidSpec",
                                                                     "SecretInvalid",
                                                                     "ChildNotOwned",
                                                                     "ImmutableField",
                                                                     "ImageNotPulled",
                                                                     "StorageNotGrown",
                                                                     "StorageClassMissing",
                                                                     "Forbidden",
                                                                     "other"}};

inline constexpr label<size_of<event_result>> by_event_result{
    "result", {"sent", "aggregated", "dropped", "failed"}};

inline constexpr label<size_of<actor_kind>> by_actor{
    "actor", {"watch", "cache", "dispatch", "reconcile", "api", "peer", "event"}};

inline constexpr label<size_of<peer_method>> by_peer_method{"method",
                                                            {"poll", "connect", "header", "mine"}};

inline constexpr label<size_of<peer_result>> by_peer_result{"result",
                                                            {"ok",
                                                             "warming_up",
                                                             "unauthorized",
                                                             "forbidden",
                                                             "refused",
                                                             "malformed",
                                                             "unreachable",
                                                             "lost",
                                                             "timeout"}};

inline constexpr label<size_of<peer_change>> by_peer_change{"change",
                                                            {"add", "try", "remove", "disconnect"}};

inline constexpr label<size_of<peer_node>> by_peer_state{"state",
                                                         {"answering", "starting", "silent"}};

/// The first ones of k8s::method: the controller replaces and deletes nothing.
inline constexpr label<3> by_method{"method", {"GET", "POST", "PATCH"}};
/// client-go calls the same `verb` in its histogram.
inline constexpr label<by_method.values.size()> by_http_verb{"verb", by_method.values};

/// HTTP status codes that requests are counted by; the last two stand for any other code and for no
/// answer at all.
inline constexpr label<20> by_code{
    "code", {"200", "201", "202", "400", "401", "403", "404", "405", "409",   "410",
             "413", "415", "422", "429", "500", "502", "503", "504", "other", "<error>"}};

/// Position of a status among the values of by_code; 0 is no answer.
[[nodiscard]] std::size_t code_index(int status) noexcept;

/// The first N kinds of the enum.
template <std::size_t N>
[[nodiscard]] label<N> by_kind() {
  label<N> result{"kind", {}};
  for (std::size_t i = 0; i < N; ++i) {
    result.values[i] = k8s::info(static_cast<k8s::kind>(i)).name;
  }
  return result;
}

// Buckets in seconds: those of the originals, so that their dashboards' quantiles stay comparable.
[[nodiscard]] prometheus::Histogram::BucketBoundaries reconcile_buckets();
[[nodiscard]] prometheus::Histogram::BucketBoundaries queue_buckets();
[[nodiscard]] prometheus::Histogram::BucketBoundaries request_buckets();

}  // namespace btc::telemetry
