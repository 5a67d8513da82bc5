#pragma once

#include "k8s/bitcoin_network.hpp"

#include <string>
#include <vector>

namespace btc::reconcile {

/// All that is wrong with a spec: what the decoder found, and the rules that Bitcoin Core makes
/// (btc::bitcoin). A sentence each, naming field and rule; the value only where it cannot be a
/// secret. deploy/crd.yaml refuses the same, so this is for objects of an older schema.
[[nodiscard]] std::vector<std::string> spec_problems(const k8s::bitcoin_network& network);

}  // namespace btc::reconcile
