#pragma once

#include "test/sim/cluster/resource_type.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <vector>

namespace btc::sim {

/// Defaults of the structural schema.
void default_custom_resource(const resource_type& type, json& object);

/// What the schema and its rules find wrong, as apiextensions-apiserver says it.
void check_custom_resource(const resource_type& type,
                           const json* live,
                           const json& next,
                           std::vector<cause>& causes);

}  // namespace btc::sim
