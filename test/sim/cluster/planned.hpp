#pragma once

#include "test/sim/cluster/built_in.hpp"
#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace btc::sim {

/// A built-in that looks at the store and knows its possible steps, by the key of what they are
/// about. A commit makes it plan anew for the keys that the commit touches and for no others, so
/// that a step costs the same among a hundred networks as alone. What the API server refuses is
/// tried again after `refused_pause`, as a work queue does.
class planned : public built_in {
 public:
  planned(core& c, std::string account);

  [[nodiscard]] std::size_t runnable() final;
  void step(std::size_t choice) final;

  /// When it tries again what was refused.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> wakes_at() const noexcept {
    return retry_at_;
  }

 protected:
  using action = std::function<void()>;

  /// Adds the steps of one key; the steps of all keys are in the order of the keys.
  virtual void plan(const std::string& key) = 0;
  /// Touches the keys whose plans a commit changes.
  virtual void note(type_id type, const commit& c) = 0;
  /// Touches all keys there are: at the start, and where history was forgotten before it was seen.
  virtual void note_all() = 0;
  /// Touches what changes without a commit.
  virtual void note_others() {}

  void touch(std::string key) { touched_.insert(std::move(key)); }
  void add(action a) { adding_->push_back(std::move(a)); }
  [[nodiscard]] core& cluster_core() const noexcept { return *core_; }
  [[nodiscard]] const store& objects() const noexcept { return core_->objects(); }
  /// A writer for one write.
  [[nodiscard]] writer as(std::string verb, std::string subresource = {}) const;

 private:
  void refresh();
  void read_history();
  void plan_touched();

  core* core_;
  writer writer_{};
  std::map<std::string, std::vector<action>> steps_{};  ///< by key; none is empty
  std::size_t count_{0};                                ///< of all steps
  std::vector<action>* adding_{nullptr};
  std::set<std::string> touched_{};
  std::set<std::string> refused_{};
  std::array<std::size_t, type_count> positions_{};  ///< of the commits that it has seen
  std::uint64_t seen_{0};
  bool started_{false};
  std::optional<std::chrono::sys_seconds> retry_at_{};
};

}  // namespace btc::sim
