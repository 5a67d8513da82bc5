#pragma once

#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <vector>

namespace btc::sim {

// What is special about each kind: defaults, fields that the server sets, checks. Source of each:
// kubernetes pkg/apis/*/v1/defaults.go, pkg/registry/*/strategy.go, pkg/apis/*/validation.

/// Defaults as decoding sets them, before ownership of fields is noted.
void set_defaults(const resource_type& type, json& object);

/// What the server sets on creation, after that: addresses, phases, status.
void prepare_create(core& c, const resource_type& type, json& object);

/// The same on an update of the object itself.
void prepare_update(core& c, const resource_type& type, const json& live, json& next);

/// Everything that is wrong; `live` is null for a new object.
[[nodiscard]] std::vector<cause> check(const resource_type& type,
                                       const json* live,
                                       const json& next);

/// The object as it is before anybody has set a field: in Go, structs are there although empty.
[[nodiscard]] const json& empty_object(const resource_type& type);

}  // namespace btc::sim
