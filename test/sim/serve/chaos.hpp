#pragma once

#include "test/sim/cluster/trouble.hpp"
#include "test/sim/serve/exchange.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace btc::sim {

/// How often what goes wrong; all 0 when the cluster behaves. Shares are of requests, rates are per
/// minute.
struct chaos_settings {
  double refused{0};    ///< 429, 500, 503, 504, before anything is done
  double lost{0};       ///< the answer, after it was done
  double truncated{0};  ///< the answer's body
  double slow{0};       ///< answered after up to `delay`
  std::chrono::milliseconds delay{2000};
  double cuts{0};         ///< of all watches, a minute
  double compactions{0};  ///< of the history, a minute
  double pod_kills{0};    ///< a minute
  double drift{0};        ///< a minute: somebody edits or deletes a child by hand
  bool everyone{false};   ///< also requests of people; else only those of ServiceAccounts
};

/// A moderate dose of everything, as `--chaos` turns on.
[[nodiscard]] chaos_settings default_chaos();

/// As JSON, for POST /sim/chaos: members that are absent keep their value. Throws
/// std::runtime_error naming a member that is unknown or out of range.
[[nodiscard]] nlohmann::json to_json(const chaos_settings& s);
[[nodiscard]] chaos_settings merged(chaos_settings s, const nlohmann::json& change);

/// What happens to one request.
struct request_fault {
  trouble refusal{trouble::none};
  delivery how{delivery::whole};
  std::chrono::milliseconds delay{0};
};

/// Draws faults from a seed.
class chaos {
 public:
  explicit chaos(std::uint64_t seed) : random_(seed) {}

  chaos_settings settings{};

  [[nodiscard]] request_fault draw();
  /// Did an event of this rate a minute happen within `passed`?
  [[nodiscard]] bool happened(double per_minute, std::chrono::milliseconds passed);
  /// A number below `limit`, which is not 0.
  [[nodiscard]] std::size_t below(std::size_t limit);

 private:
  [[nodiscard]] bool chance(double share);
  std::mt19937_64 random_;
};

}  // namespace btc::sim
