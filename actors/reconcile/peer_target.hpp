#pragma once

#include "actors/bitcoin/network_target.hpp"
#include "actors/reconcile/observed.hpp"

#include <optional>

namespace btc::reconcile {

/// What the peer actor should know of a network; nothing when it should forget it: it is gone or
/// going, or its spec is invalid and was never anything else.
///
/// While a spec is invalid the nodes stay connected as they were, so its part of `before` is kept.
[[nodiscard]] std::optional<bitcoin::network_target> target_of(
    const observed& o, const bitcoin::network_target* before);

/// True when nothing is to be told: credentials are compared by their bytes.
[[nodiscard]] bool same_target(const bitcoin::network_target& a, const bitcoin::network_target& b);

}  // namespace btc::reconcile
