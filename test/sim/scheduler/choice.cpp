#include "test/sim/scheduler/choice.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace btc::sim {

namespace {

[[nodiscard]] std::uint32_t first_possible(std::span<const std::uint32_t> weights) {
  const auto found = std::find_if(weights.begin(), weights.end(), [](auto w) { return w != 0; });
  return static_cast<std::uint32_t>(found - weights.begin());
}

}  // namespace

std::size_t choice_source::choose(std::size_t n) {
  if (n <= 1) {
    return 0;
  }
  log_.push_back(pick(static_cast<std::uint32_t>(n)));
  return log_.back();
}

std::size_t choice_source::choose_weighted(std::span<const std::uint32_t> weights) {
  const auto total = std::accumulate(weights.begin(), weights.end(), std::uint32_t{0});
  if (total == 0) {
    throw std::logic_error("a choice without alternatives");
  }
  const auto first = first_possible(weights);
  if (weights[first] == total) {
    return first;
  }
  log_.push_back(pick_weighted(weights, total));
  return log_.back();
}

// -- random ---------------------------------------------------------------------------

std::uint32_t random_choices::pick_weighted(std::span<const std::uint32_t> weights,
                                            std::uint32_t total) {
  auto r = random_.below(total);
  std::uint32_t index = 0;
  while (r >= weights[index]) {
    r -= weights[index++];
  }
  return index;
}

// -- replay ---------------------------------------------------------------------------

std::uint32_t replayed_choices::next() noexcept {
  return position_ < given_.size() ? given_[position_++] : 0;
}

std::uint32_t replayed_choices::pick(std::uint32_t n) {
  const auto wanted = next();
  if (wanted < n) {
    return wanted;
  }
  ++misfits_;
  return 0;
}

std::uint32_t replayed_choices::pick_weighted(std::span<const std::uint32_t> weights,
                                              std::uint32_t) {
  const auto wanted = next();
  if (wanted < weights.size() && weights[wanted] != 0) {
    return wanted;
  }
  // 0 stands for "the plain one", which another category may be here.
  misfits_ += wanted == 0 ? 0 : 1;
  return first_possible(weights);
}

// -- exhaustive -----------------------------------------------------------------------

bool exhaustive_choices::next_run() {
  position_ = 0;
  while (!path_.empty() && path_.back().left.empty()) {
    path_.pop_back();
  }
  if (path_.empty()) {
    return false;
  }
  path_.back().taken = path_.back().left.back();
  path_.back().left.pop_back();
  return true;
}

std::uint32_t exhaustive_choices::follow(std::vector<std::uint32_t> alternatives) {
  if (position_ == path_.size()) {
    std::reverse(alternatives.begin(), alternatives.end());
    const auto taken = alternatives.back();
    alternatives.pop_back();
    path_.push_back({taken, std::move(alternatives)});
  }
  return path_[position_++].taken;
}

std::uint32_t exhaustive_choices::pick(std::uint32_t n) {
  std::vector<std::uint32_t> alternatives(n);
  std::iota(alternatives.begin(), alternatives.end(), 0U);
  return follow(std::move(alternatives));
}

std::uint32_t exhaustive_choices::pick_weighted(std::span<const std::uint32_t> weights,
                                                std::uint32_t) {
  std::vector<std::uint32_t> alternatives;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    if (weights[i] != 0) {
      alternatives.push_back(i);
    }
  }
  return follow(std::move(alternatives));
}

}  // namespace btc::sim
