#pragma once

#include "k8s/request.hpp"
#include "test/sim/cluster/api.hpp"

namespace btc::sim {

/// A request of the controller as the API server gets it: with the controller's account and agent.
[[nodiscard]] api_request to_api(const k8s::request& r);

}  // namespace btc::sim
