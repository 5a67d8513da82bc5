#pragma once

#include "test/sim/cluster/cluster.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace btc::sim {

/// What is wrong with the Secret that holds a network's bitcoin.conf: it has to be there, and the
/// user whom the network's credentials name has to be in it. Nothing when it is as it should be.
///
/// The password is not checked: a Secret is read again every five minutes, so a run may end before.
[[nodiscard]] std::optional<std::string> configuration_problem(const cluster& c,
                                                               const nlohmann::json& network);

}  // namespace btc::sim
