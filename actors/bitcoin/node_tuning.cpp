#include "actors/bitcoin/node_tuning.hpp"

#include <algorithm>

namespace btc::bitcoin {

namespace {

constexpr std::int64_t mebibyte = 1LL << 20;
constexpr std::int64_t megabyte = 1'000'000;
constexpr std::int64_t assumed_memory_bytes = 512 * mebibyte;

}  // namespace

node_tuning tuning_of(const node_limits& limits) noexcept {
  const auto memory = std::max<std::int64_t>(limits.memory_bytes.value_or(assumed_memory_bytes), 0);
  node_tuning tuning;
  tuning.dbcache_mib = std::clamp<std::int64_t>(memory / 4 / mebibyte, 4, 16'384);
  tuning.maxmempool_mb = std::clamp<std::int64_t>(memory / 10 / megabyte, 5, 300);
  // Clamped before it is multiplied: the limit is whatever a user wrote.
  tuning.rpc_threads =
      limits.cpu_millicores ? std::clamp<std::int64_t>(
          std::clamp<std::int64_t>(*limits.cpu_millicores, 0, 1'000'000) * 4 / 1'000, 2, 16)
                            : 4;
  return tuning;
}

}  // namespace btc::bitcoin
