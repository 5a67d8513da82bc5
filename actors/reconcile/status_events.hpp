#pragma once

#include "actors/reconcile/plan.hpp"
#include "k8s/bitcoin_network.hpp"

#include <vector>

namespace btc::reconcile {

/// Events about the nodes, told by comparing the status that is written with the one before it, so
/// that a controller which was restarted tells nothing twice.
///
/// | PeersConnected, ChainConverged      | Event                                               |
/// |-------------------------------------|-----------------------------------------------------|
/// | becomes True                        | Normal, the condition's type                        |
/// | was True, and a node is not ready   | none: the nodes tell their own story                |
/// | was True, any other reason          | Warning, the condition's reason                     |
/// | True because there is nothing to do | none                                                |
[[nodiscard]] std::vector<announcement> news_of(const k8s::network_status& before,
                                                const k8s::network_status& after);

}  // namespace btc::reconcile
