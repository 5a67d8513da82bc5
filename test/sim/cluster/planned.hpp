#pragma once

#include "test/sim/cluster/built_in.hpp"
#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace btc::sim {

/// A built-in that looks at the store and knows its possible steps, until the store changes.
class planned : public built_in {
 public:
  planned(core& c, std::string account) : core_(&c) {
    writer_.who = {"system:serviceaccount:kube-system:" + std::move(account),
                   {"system:authenticated"}};
    writer_.manager = "kube-controller-manager";
  }

  std::size_t runnable() final {
    if (planned_at_ != core_->objects().version()) {
      steps_.clear();
      plan();
      planned_at_ = core_->objects().version();
    }
    return steps_.size();
  }

  void step(std::size_t choice) final {
    if (choice >= runnable()) {
      return;
    }
    const auto chosen = steps_[choice];
    planned_at_.reset();
    try {
      chosen();
    } catch (const refusal&) {
      // The API server refused, for example in a namespace that goes: the next plan sees why.
    }
  }

 protected:
  using action = std::function<void()>;

  virtual void plan() = 0;
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
  void forget_plan() noexcept { planned_at_.reset(); }

 private:
  core* core_;
  writer writer_{};
  std::vector<action> steps_{};
  std::optional<std::uint64_t> planned_at_{};
};

}  // namespace btc::sim
