#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <memory>
#include <vector>

namespace btc::sim {

/// A fresh set for one run.
[[nodiscard]] std::vector<std::unique_ptr<oracle>> all_oracles();

}  // namespace btc::sim
