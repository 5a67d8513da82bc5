#include "actors/bitcoin/mining_plan.hpp"

#include <algorithm>

namespace btc::bitcoin {

std::vector<miner> miners_of(const chain_input& input, const chain_view& view) {
  std::vector<miner> all;
  for (const auto& node : input.nodes) {
    if (!node.ready || !node.answer || !view.height || node.answer->chain.chain != input.chain) {
      continue;
    }
    const auto& info = node.answer->chain;
    const auto behind = *view.height - info.blocks;
    if (behind > 0 || info.best_block_hash == view.tip_hash) {
      all.push_back({node.ordinal, behind});
    }
  }
  return all;
}

std::optional<std::int32_t> mining_plan::choose(const std::vector<miner>& nodes) const {
  std::optional<std::int32_t> first;
  for (const auto& node : nodes) {
    if (node.ordinal == miner_ && node.blocks_behind <= 1) {
      return miner_;
    }
  }
  for (const auto& node : nodes) {
    if (node.blocks_behind != 0) {
      continue;
    }
    if (node.ordinal != failed_) {
      return node.ordinal;
    }
    first = node.ordinal;  // better the one that failed than none
  }
  return first;
}

void mining_plan::set_interval(time_point now, std::chrono::seconds interval) {
  if (interval_ == interval) {
    return;
  }
  // A shorter interval counts at once, a longer one after the block that was promised.
  due_ = interval_.count() == 0 ? now + interval : std::min(due_, now + interval);
  interval_ = interval;
}

mining_step mining_plan::step(time_point now,
                              std::chrono::seconds interval,
                              const std::vector<miner>& nodes) {
  if (interval.count() <= 0) {
    *this = {};
    return {};
  }
  set_interval(now, interval);
  if (call_ends_ && now < *call_ends_) {
    return {.wake_at = call_ends_};
  }
  if (call_ends_) {
    finished(now, false);  // whose answer never came
  }
  miner_ = choose(nodes);
  if (!miner_) {
    return {};
  }
  if (now < due_) {
    return {.wake_at = due_};
  }
  due_ += interval;
  if (due_ <= now) {
    due_ = now + interval;
  }
  call_ends_ = now + mining_call_timeout;
  return {.mine_on = miner_, .wake_at = call_ends_};
}

void mining_plan::finished(time_point now, bool made_a_block) {
  if (!call_ends_) {
    return;  // the answer to a call that was given up
  }
  call_ends_.reset();
  if (made_a_block) {
    failed_.reset();
    return;
  }
  failed_ = miner_;
  miner_.reset();
  due_ =
      std::min(due_, now + std::min<std::chrono::steady_clock::duration>(retry_after, interval_));
}

}  // namespace btc::bitcoin
