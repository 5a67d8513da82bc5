#pragma once

#include "test/sim/cluster/api.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace btc::sim {

/// What a line of bitcoind's log may be made from; the simulated nodes keep no logs of their own.
struct node_facts {
  std::string pod{};
  std::string chain{"regtest"};
  std::chrono::sys_seconds started_at{};
  std::int64_t height{0};
  int connections{0};
};

/// The log of a simulated bitcoind, in the words of Bitcoin Core 30 with -printtoconsole: its
/// start, then where its chain and its peers stand. Plausible, not a record.
[[nodiscard]] std::string simulated_log(const node_facts& facts, std::chrono::sys_seconds now);

}  // namespace btc::sim
