#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace btc::reconcile {

/// What is known under the most recently used hashes, at most `capacity` of them. A full map drops
/// its older half at once: as cheap per entry as a linked list of uses, without its two pointers.
/// Deterministic: the order of use alone decides.
template <class Value>
class recent_map {
 public:
  explicit recent_map(std::size_t capacity) : capacity_(capacity) {}

  /// nullptr when nothing is known under `key`. Good until the next touch().
  [[nodiscard]] const Value* find(std::uint64_t key) const noexcept {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second.value;
  }

  /// The entry of `key`, `initial` when it is new; the most recently used from now on.
  Value& touch(std::uint64_t key, const Value& initial) {
    if (entries_.size() >= capacity_ && !entries_.contains(key)) {
      drop_older_half();
    }
    auto& found = entries_.try_emplace(key, entry{initial, 0}).first->second;
    found.used = ++uses_;
    return found.value;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    Value value{};
    std::uint64_t used{0};
  };

  void drop_older_half() {
    std::vector<std::uint64_t> uses;
    uses.reserve(entries_.size());
    for (const auto& [key, found] : entries_) {
      uses.push_back(found.used);
    }
    const auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
    std::nth_element(uses.begin(), middle, uses.end());
    std::erase_if(entries_, [limit = *middle](const auto& e) { return e.second.used < limit; });
  }

  std::size_t capacity_;
  std::uint64_t uses_{0};
  std::unordered_map<std::uint64_t, entry> entries_{};
};

}  // namespace btc::reconcile
