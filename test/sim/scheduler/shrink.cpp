#include "test/sim/scheduler/shrink.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

using wall_clock = std::chrono::steady_clock;

class shrinker {
 public:
  shrinker(choice_log log, const still_fails& fails, std::chrono::milliseconds budget)
      : log_(std::move(log)), fails_(fails), end_(wall_clock::now() + budget) {}

  [[nodiscard]] shrunk_log run() {
    drop_plain_tail();
    truncate();
    while (flatten() && !out_of_time()) {
    }
    drop_plain_tail();
    return {log_, replays_, count_deviations(log_)};
  }

 private:
  [[nodiscard]] bool out_of_time() const { return wall_clock::now() >= end_; }

  [[nodiscard]] bool try_instead(choice_log candidate) {
    ++replays_;
    if (!fails_(candidate)) {
      return false;
    }
    log_ = std::move(candidate);
    return true;
  }

  /// Plain entries at the end are what a replay does anyway.
  void drop_plain_tail() {
    while (!log_.empty() && log_.back() == 0) {
      log_.pop_back();
    }
  }

  void truncate() {
    for (auto cut = log_.size() / 2; cut > 0 && !out_of_time(); cut /= 2) {
      while (log_.size() > cut && !out_of_time()) {
        auto shorter = log_;
        shorter.resize(shorter.size() - cut);
        if (!try_instead(std::move(shorter))) {
          break;
        }
      }
    }
  }

  /// One pass over all sizes of stretches; true when something became plain.
  [[nodiscard]] bool flatten() {
    bool progress = false;
    for (auto size = std::max<std::size_t>(log_.size() / 2, 1); size > 0; size /= 2) {
      for (std::size_t at = 0; at < log_.size() && !out_of_time(); at += size) {
        progress |= flatten_at(at, size);
      }
    }
    return progress;
  }

  [[nodiscard]] bool flatten_at(std::size_t at, std::size_t size) {
    const auto begin = log_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = log_.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, log_.size()));
    if (std::all_of(begin, end, [](auto c) { return c == 0; })) {
      return false;
    }
    auto candidate = log_;
    std::fill(
        candidate.begin() + (begin - log_.begin()), candidate.begin() + (end - log_.begin()), 0U);
    return try_instead(std::move(candidate));
  }

  choice_log log_;
  const still_fails& fails_;
  wall_clock::time_point end_;
  std::size_t replays_{0};
};

}  // namespace

shrunk_log shrink(choice_log log, const still_fails& fails, std::chrono::milliseconds budget) {
  return shrinker{std::move(log), fails, budget}.run();
}

std::size_t count_deviations(const choice_log& log) noexcept {
  return static_cast<std::size_t>(
      std::count_if(log.begin(), log.end(), [](auto c) { return c != 0; }));
}

}  // namespace btc::sim
