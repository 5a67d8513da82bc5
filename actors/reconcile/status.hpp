#pragma once

#include "actors/reconcile/observed.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace btc::reconcile {

// Condition types of a BitcoinNetwork.
inline constexpr std::string_view condition_ready = "Ready";
inline constexpr std::string_view condition_progressing = "Progressing";
inline constexpr std::string_view condition_degraded = "Degraded";
inline constexpr std::string_view condition_peers = "PeersConnected";
inline constexpr std::string_view condition_chain = "ChainConverged";

/// Why a network is degraded; an empty reason means that it is not. The reason becomes that of the
/// condition Degraded, and of the one Event that tells of it.
struct degradation {
  std::string reason{};
  std::string message{};
  bool blocks{true};  ///< nothing is written to the children for as long as it lasts
};

/// The status that the observed objects stand for. Transition times are kept where a condition's
/// status did not change. An invalid, paused or refused network reports its nodes all the same.
///
/// What the nodes say (peers, heights, PeersConnected, ChainConverged) is kept as the status has it
/// while they have not been heard, so that a controller which was restarted writes nothing until it
/// knows better, or gives up to hear of them: status_chain.hpp. Of a pod that was replaced
/// meanwhile nothing is kept.
[[nodiscard]] k8s::network_status status_of(const observed& o, const degradation& degraded);

/// Merge patch from `before` to `after`: top-level fields that differ, nothing else; null when
/// nothing does.
[[nodiscard]] nlohmann::json status_patch(const k8s::network_status& before,
                                          const k8s::network_status& after);

/// One line for the log and the status page: why the network is not Ready; empty when it is.
[[nodiscard]] std::string why_not_ready(const k8s::network_status& status);

}  // namespace btc::reconcile
