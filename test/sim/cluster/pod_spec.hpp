#pragma once

#include "test/sim/cluster/statuses.hpp"

#include <string>
#include <vector>

namespace btc::sim {

/// Sets the members of `defaults` that `object` lacks.
void default_to(json& object, const json& defaults);

/// Defaults of a PodSpec (pkg/apis/core/v1/defaults.go).
void default_pod_spec(json& spec);

/// What is wrong with a PodSpec at `path` ("spec.template.spec").
void check_pod_spec(const json& spec, const std::string& path, std::vector<cause>& causes);

}  // namespace btc::sim
