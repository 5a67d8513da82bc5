#pragma once

#include "test/sim/scheduler/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace btc::sim {

/// Every decision of a run in order, forced ones left out. Together with the run's plan it is the
/// run: the same log gives the same trace.
using choice_log = std::vector<std::uint32_t>;

/// The state of a program before it makes a decision; for sources that recognise states.
struct decision_state {
  std::uint64_t hash{0};        ///< equal for equal states
  std::uint64_t user_steps{0};  ///< how far the users are
  bool users_done{false};
  bool work{false};  ///< something can happen besides users and time
};

/// The only source of what is not determined in a run: which actor, delivery, timer or fault is
/// next. A run asks; who answers decides whether it is random, a replay or a step of an exhaustive
/// search.
///
/// Alternative 0 is by convention the plain one: first in, first out, no fault. So a log with many
/// zeros reads as "nothing special, except …", and shrinking means writing zeros.
class choice_source {
 public:
  choice_source() = default;
  choice_source(const choice_source&) = delete;
  choice_source& operator=(const choice_source&) = delete;
  virtual ~choice_source() = default;

  /// One of `n` equal alternatives, n ≥ 1. A single alternative is no choice and not recorded.
  [[nodiscard]] std::size_t choose(std::size_t n);

  /// An index whose weight is not 0; at least one is not. Recorded as the index, so that a log
  /// stays readable when weights change.
  [[nodiscard]] std::size_t choose_weighted(std::span<const std::uint32_t> weights);

  [[nodiscard]] const choice_log& log() const noexcept { return log_; }

  /// True for a source that is to be told each state; telling costs.
  [[nodiscard]] virtual bool wants_states() const noexcept { return false; }
  /// May throw to end the run here.
  virtual void at_decision(const decision_state&) {}

 private:
  [[nodiscard]] virtual std::uint32_t pick(std::uint32_t n) = 0;
  /// Must return an index with a weight; `total` is the sum of all and not 0.
  [[nodiscard]] virtual std::uint32_t pick_weighted(std::span<const std::uint32_t> weights,
                                                    std::uint32_t total) = 0;

  choice_log log_{};
};

/// Seeded; weights are probabilities.
class random_choices final : public choice_source {
 public:
  explicit random_choices(std::uint64_t seed) noexcept : random_(seed) {}

 private:
  [[nodiscard]] std::uint32_t pick(std::uint32_t n) override { return random_.below(n); }
  [[nodiscard]] std::uint32_t pick_weighted(std::span<const std::uint32_t> weights,
                                            std::uint32_t total) override;

  random_stream random_;
};

/// Takes the decisions of a log, and the plain alternative after its end or where an entry is not
/// possible. `misfits` tells how often that happened: 0 for a log of the very same program.
class replayed_choices final : public choice_source {
 public:
  explicit replayed_choices(choice_log log) noexcept : given_(std::move(log)) {}

  [[nodiscard]] std::size_t misfits() const noexcept { return misfits_; }

 private:
  [[nodiscard]] std::uint32_t next() noexcept;
  [[nodiscard]] std::uint32_t pick(std::uint32_t n) override;
  [[nodiscard]] std::uint32_t pick_weighted(std::span<const std::uint32_t> weights,
                                            std::uint32_t total) override;

  choice_log given_;
  std::size_t position_{0};
  std::size_t misfits_{0};
};

/// Depth-first search through all choices of a program by running it again and again: each run
/// follows the path so far and takes plain alternatives beyond it; next_run() turns the last
/// decision that has an alternative left.
class exhaustive_choices final : public choice_source {
 public:
  /// Prepares the next run; false when every path was taken.
  [[nodiscard]] bool next_run();
  [[nodiscard]] std::size_t depth() const noexcept { return path_.size(); }

 private:
  struct decision {
    std::uint32_t taken{0};
    std::vector<std::uint32_t> left{};  ///< alternatives not taken yet, last one first
  };

  [[nodiscard]] std::uint32_t pick(std::uint32_t n) override;
  [[nodiscard]] std::uint32_t pick_weighted(std::span<const std::uint32_t> weights,
                                            std::uint32_t total) override;
  [[nodiscard]] std::uint32_t follow(std::vector<std::uint32_t> alternatives);

  std::vector<decision> path_{};
  std::size_t position_{0};
};

}  // namespace btc::sim
