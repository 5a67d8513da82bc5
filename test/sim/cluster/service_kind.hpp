#pragma once

#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <vector>

namespace btc::sim {

void default_service(json& service);
/// Allocates the cluster's address, unless there is to be none.
void prepare_service(core& c, json& service);
/// An update that leaves addresses out keeps them.
void keep_service_addresses(const json& live, json& next);
void check_service(const json* live, const json& next, std::vector<cause>& causes);

}  // namespace btc::sim
