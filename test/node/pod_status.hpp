#pragma once

#include "test/node/pod_spec.hpp"
#include "test/node/pod_state.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace btc::node {

/// "2026-11-24T15:04:05Z"
[[nodiscard]] std::string timestamp(wall_time at);

/// The `status` of a pod as a kubelet reports it. `previous` is the one written last, or null: a
/// condition that did not change keeps its transition time.
[[nodiscard]] nlohmann::json pod_status(const pod_spec& spec,
                                        const pod_state& state,
                                        const std::string& host_ip,
                                        const nlohmann::json& previous,
                                        wall_time now);

}  // namespace btc::node
