#pragma once

#include "test/sim/cluster/cluster.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace btc::sim {

/// What is wrong with a network's Secrets: the credentials have to be there, and a bitcoin.conf
/// that lets in whom they name, with the password that they hold now. Nothing when all is as it
/// should be.
[[nodiscard]] std::optional<std::string> configuration_problem(const cluster& c,
                                                               const nlohmann::json& network);

}  // namespace btc::sim
