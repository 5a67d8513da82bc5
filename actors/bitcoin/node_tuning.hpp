#pragma once

#include <cstdint>
#include <optional>

namespace btc::bitcoin {

/// What a container may use; nothing where the spec sets no limit.
struct node_limits {
  std::optional<std::int64_t> memory_bytes{};
  std::optional<std::int64_t> cpu_millicores{};
};

/// Sizes that bitcoind would otherwise take from the machine that it happens to run on.
struct node_tuning {
  std::int64_t dbcache_mib{0};    ///< -dbcache
  std::int64_t maxmempool_mb{0};  ///< -maxmempool, in 10^6 bytes
  std::int64_t rpc_threads{0};    ///< -rpcthreads
};

/// A quarter of the memory limit for the coins cache and a tenth for the mempool: together with
/// bitcoind's own 100-150 MiB they stay below the limit while the cache is written out, which needs
/// room beside it. Since 31.0 the default cache is 1024 MiB where the host has 4 GiB, and the
/// release notes warn of containers killed for it. Without a limit, that of the CRD's default
/// (512 MiB) is assumed: an unlimited node must not eat a shared machine either.
///
/// Bounds are bitcoind's: -dbcache at least 4 and, as in releases up to 29, at most 16384 MiB;
/// -maxmempool at least 5 MB (init.cpp refuses less), at most its default of 300. RPC threads are
/// four a core, 2 to 16 (16 is the default since 29.0), and 4 without a limit.
[[nodiscard]] node_tuning tuning_of(const node_limits& limits) noexcept;

}  // namespace btc::bitcoin
