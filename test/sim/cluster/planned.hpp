#pragma once

#include "test/sim/cluster/built_in.hpp"
#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btc::sim {

/// A built-in that looks at the store and knows its possible steps, until the store has news for
/// it. What the API server refuses is tried again after `refused_pause`, as a work queue does.
class planned : public built_in {
 public:
  planned(core& c, std::string account) : core_(&c) {
    writer_.who = {"system:serviceaccount:kube-system:" + std::move(account),
                   {"system:authenticated"}};
    writer_.manager = "kube-controller-manager";
  }

  std::size_t runnable() final {
    const bool due = retry_at_ && core_->now() >= *retry_at_;
    if (has_news() || due) {
      retry_at_.reset();
      steps_.clear();
      plan();
    }
    return steps_.size();
  }

  void step(std::size_t choice) final {
    if (choice >= runnable()) {
      return;
    }
    const auto chosen = steps_[choice];
    steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(choice));
    forgotten_ = true;
    try {
      chosen();
    } catch (const refusal&) {
      // For example in a namespace that goes. Nothing is tried again before its time.
      forgotten_ = false;
      retry_at_ = core_->now() + refused_pause;
    }
  }

  /// When it tries again what was refused.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> wakes_at() const noexcept {
    return retry_at_;
  }

 protected:
  using action = std::function<void()>;

  virtual void plan() = 0;
  /// False for a commit that changes no plan, so that nothing is planned anew for it.
  [[nodiscard]] virtual bool concerns(type_id, const commit&) const { return true; }
  void add(action a) { steps_.push_back(std::move(a)); }
  [[nodiscard]] core& cluster_core() const noexcept { return *core_; }
  [[nodiscard]] const store& objects() const noexcept { return core_->objects(); }
  /// A writer for one write.
  [[nodiscard]] writer as(std::string verb, std::string subresource = {}) const {
    auto w = writer_;
    w.verb = std::move(verb);
    w.subresource = std::move(subresource);
    return w;
  }
  /// Plans anew although the store is the same.
  void forget_plan() noexcept { forgotten_ = true; }

 private:
  static constexpr std::chrono::seconds refused_pause{10};

  [[nodiscard]] bool has_news() {
    bool news = std::exchange(forgotten_, false);
    if (seen_ == objects().version()) {
      return news;
    }
    seen_ = objects().version();
    for (std::size_t t = 0; t < type_count; ++t) {
      const auto& log = objects().log(static_cast<type_id>(t));
      auto& position = positions_[t];
      news = news || position < log.first();
      for (auto i = std::max(position, log.first()); i < log.end() && !news; ++i) {
        news = concerns(static_cast<type_id>(t), log.at(i));
      }
      position = log.end();
    }
    return news;
  }

  core* core_;
  writer writer_{};
  std::vector<action> steps_{};
  std::array<std::size_t, type_count> positions_{};  ///< of the commits that it has seen
  std::uint64_t seen_{0};
  bool forgotten_{true};
  std::optional<std::chrono::sys_seconds> retry_at_{};
};

}  // namespace btc::sim
