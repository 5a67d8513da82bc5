#pragma once

#include "actors/bitcoin/chain_view.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace btc::bitcoin {

/// A node that could make a block.
struct miner {
  std::int32_t ordinal{0};
  std::int64_t blocks_behind{0};  ///< of the tip that is known

  friend bool operator==(const miner&, const miner&) = default;
};

/// Ready nodes that answered and follow the right chain, ascending by ordinal. At the tip's height
/// only those with the tip itself: a block on another branch would feed a fork.
[[nodiscard]] std::vector<miner> miners_of(const chain_input& input, const chain_view& view);

/// What to do now, and when to ask again.
struct mining_step {
  std::optional<std::int32_t> mine_on{};  ///< have this node make one block; then finished()
  /// Nothing: when the nodes or the spec change.
  std::optional<std::chrono::steady_clock::time_point> wake_at{};
};

/// The longest that a call of generate_block() may take, at which its caller gives up at the
/// latest: until then no second node is asked.
inline constexpr std::chrono::seconds mining_call_timeout{15};

/// Who makes the next block of a network, and when: a value, one per network with spec.mining.
///
/// One block each interval from one node, which keeps the job while it is ready and near the tip
/// (what is known of the very miner may be older than its last block); else the first one at the
/// tip takes over. One call at a time, so there are never two miners. Blocks that nobody could make
/// are not made up for. The first block comes one interval after the start: a controller that
/// restarts all the time makes too few blocks, never too many.
class mining_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `interval` 0: mining is off, and all is forgotten.
  [[nodiscard]] mining_step step(time_point now,
                                 std::chrono::seconds interval,
                                 const std::vector<miner>& nodes);

  /// The call ended. After a failure another node is asked, if there is one, after
  /// `retry_after` or an interval, whichever is shorter.
  void finished(time_point now, bool made_a_block);

  /// Who has the job; nothing while nobody has.
  [[nodiscard]] std::optional<std::int32_t> current() const noexcept { return miner_; }

 private:
  static constexpr std::chrono::seconds retry_after{5};

  [[nodiscard]] std::optional<std::int32_t> choose(const std::vector<miner>& nodes) const;
  void set_interval(time_point now, std::chrono::seconds interval);

  std::chrono::seconds interval_{0};
  time_point due_{};
  std::optional<time_point> call_ends_{};  ///< while a call is under way
  std::optional<std::int32_t> miner_{};
  std::optional<std::int32_t> failed_{};  ///< whose last call failed: the last to be asked again
};

}  // namespace btc::bitcoin
