#pragma once

#include "test/sim/cluster/core.hpp"

namespace btc::sim {

/// Drops the fields that the resource's schema does not know, and warns of them or refuses them
/// (400), as the request's fieldValidation says.
void drop_unknown_fields(const resource_type& type, writer& w, json& object);

}  // namespace btc::sim
