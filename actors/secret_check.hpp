#pragma once

#include "actors/reconcile/observed.hpp"
#include "k8s/payload.hpp"

#include <nlohmann/json_fwd.hpp>

namespace btc::actors {

/// Looks at a Secret for the keys that the pods need. The values are tested for being there and
/// forgotten; nothing of them leaves this function.
[[nodiscard]] reconcile::secret_view check_secret(const k8s::payload& body,
                                                  const k8s::bitcoin_network& network,
                                                  bool must_be_ours);

}  // namespace btc::actors
