#pragma once

#include "k8s/meta.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

namespace btc::actors {

/// When each network has its next turn; those that are due together keep the order in which they
/// were set.
class turn_queue {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Replaces the network's turn; nothing: it has none.
  void set(const k8s::object_key& key, std::optional<time_point> at) {
    if (const auto old = turn_of_.extract(key); !old.empty()) {
      turns_.erase(old.mapped());
    }
    if (at) {
      const turn next{*at, ++last_number_, key};
      turns_.insert(next);
      turn_of_.emplace(key, next);
    }
  }
  /// When the first turn is; nothing when there is none.
  [[nodiscard]] std::optional<time_point> first_at() const {
    return turns_.empty() ? std::nullopt : std::optional{turns_.begin()->at};
  }
  /// Whose turn that is. There has to be one.
  [[nodiscard]] const k8s::object_key& first() const { return turns_.begin()->key; }

 private:
  struct turn {
    time_point at{};
    std::uint64_t number{0};
    k8s::object_key key{};

    [[nodiscard]] bool operator<(const turn& other) const noexcept {
      return at != other.at ? at < other.at : number < other.number;
    }
  };

  std::set<turn> turns_{};
  std::unordered_map<k8s::object_key, turn, k8s::object_key_hash> turn_of_{};
  std::uint64_t last_number_{0};
};

}  // namespace btc::actors
