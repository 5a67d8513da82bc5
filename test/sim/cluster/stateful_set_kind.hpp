#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <vector>

namespace btc::sim {

void default_stateful_set(json& set);
void check_stateful_set(const json* live, const json& next, std::vector<cause>& causes);

}  // namespace btc::sim
