#include "test/sim/search/exhaustive.hpp"

#include "test/sim/search/run.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <unordered_set>

namespace btc::sim {

namespace {

using nlohmann::json;
using wall_clock = std::chrono::steady_clock;

/// Thrown to give up a run at a state that was seen before.
struct known_state {};

/// What is kept from run to run.
struct search_state {
  struct decision {
    std::uint32_t taken{0};
    std::vector<std::uint32_t> left{};
  };
  std::vector<decision> path{};
  std::unordered_set<std::uint64_t> seen{};
  bool bounded{false};
  std::size_t deepest{0};

  /// Turns the last decision that has an alternative left; false when there is none.
  [[nodiscard]] bool next() {
    deepest = std::max(deepest, path.size());
    while (!path.empty() && path.back().left.empty()) {
      path.pop_back();
    }
    if (path.empty()) {
      return false;
    }
    path.back().taken = path.back().left.back();
    path.back().left.pop_back();
    return true;
  }
};

/// Plain choices up to the piece and after it, and inside the path of the search.
class piece_choices final : public choice_source {
 public:
  piece_choices(search_state& s, std::uint64_t from_step, std::size_t depth)
      : search_(s), from_step_(from_step), depth_(depth) {}

  [[nodiscard]] bool wants_states() const noexcept override { return true; }
  void at_decision(const decision_state& s) override {
    calm_ = over_ || s.user_steps < from_step_ || !s.work;
    if (s.user_steps >= from_step_ && s.users_done && !s.work) {
      over_ = true;  // nothing is left but time
    }
    if (calm_ || position_ < search_.path.size()) {
      return;
    }
    if (search_.path.size() >= depth_) {
      search_.bounded = true;
      over_ = true;
      calm_ = true;
    } else if (!search_.seen.insert(s.hash).second) {
      throw known_state{};
    }
  }

 private:
  [[nodiscard]] std::uint32_t follow(std::vector<std::uint32_t> alternatives) {
    if (position_ == search_.path.size()) {
      std::reverse(alternatives.begin(), alternatives.end());
      const auto taken = alternatives.back();
      alternatives.pop_back();
      search_.path.push_back({taken, std::move(alternatives)});
    }
    return search_.path[position_++].taken;
  }
  [[nodiscard]] std::uint32_t pick(std::uint32_t n) override {
    if (calm_) {
      return 0;
    }
    std::vector<std::uint32_t> alternatives(n);
    std::iota(alternatives.begin(), alternatives.end(), 0U);
    return follow(std::move(alternatives));
  }
  [[nodiscard]] std::uint32_t pick_weighted(std::span<const std::uint32_t> weights,
                                            std::uint32_t) override {
    std::vector<std::uint32_t> alternatives;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      if (weights[i] != 0) {
        alternatives.push_back(i);
      }
    }
    return calm_ ? alternatives.front() : follow(std::move(alternatives));
  }

  search_state& search_;
  std::uint64_t from_step_;
  std::size_t depth_;
  std::size_t position_{0};
  bool calm_{true};
  bool over_{false};
};

[[nodiscard]] plan plan_of(const small_protocol& p) {
  auto out = calm_plan(p.workload.name, 1);
  out.patience = 400;  // the piece must not outlast the phase in which users do not wait
  for (const auto f : p.faults) {
    out.weights[static_cast<std::size_t>(f)] = 1;
  }
  out.budget = p.faults.empty() ? 0 : 1;
  return out;
}

}  // namespace

const std::vector<small_protocol>& small_protocols() {
  static const std::vector<small_protocol> all{
      {{"cache-watch-reconcile",
        "a network of no nodes appears and is edited at any moment",
        {json{{"create", "net"}, {"spec", {{"nodes", 0}}}},
         json{{"edit", "net"}, {"spec", {{"image", "example/bitcoin:2"}}}}}},
       1,
       {}},
      {{"dispatch-reconcile-delete",
        "a network goes, and one of the same name comes at any moment",
        {json{{"create", "net"}, {"spec", {{"nodes", 0}}}},
         json{{"settle", true}},
         json{{"delete", "net"}},
         json{{"create", "net"}, {"spec", {{"nodes", 0}}}}}},
       2,
       {}},
      {{"watch-ends",
        "an edit, while a watch ends at any moment",
        {json{{"create", "net"}, {"spec", {{"nodes", 0}}}},
         json{{"settle", true}},
         json{{"edit", "net"}, {"spec", {{"image", "example/bitcoin:2"}}}}}},
       2,
       {fault::cut_watch}},
  };
  return all;
}

exhaustive_result run_exhaustively(stage& on,
                                   const small_protocol& p,
                                   const exhaustive_options& options) {
  on.workloads.push_back(p.workload);
  const auto plan = plan_of(p);
  const auto begin = wall_clock::now();
  exhaustive_result out;
  search_state search;
  bool more = true;
  while (more && !out.failure) {
    piece_choices choices{search, p.from_step, options.depth};
    try {
      const auto r = run_once(on, plan, choices);
      ++out.runs;
      if (r.broken) {
        out.failure = r.broken;
        out.log = r.log;
      }
    } catch (const known_state&) {
      ++out.known;
    }
    more = search.next();
    if (more && options.time.count() > 0 && wall_clock::now() - begin > options.time) {
      out.in_time = false;
      break;
    }
  }
  on.workloads.pop_back();
  out.states = search.seen.size();
  out.depth = search.deepest;
  out.within_depth = !search.bounded;
  out.took = wall_clock::now() - begin;
  return out;
}

void print_exhaustive(const small_protocol& p, const exhaustive_result& r) {
  const char* how = r.failure         ? "ended by a failure"
                    : !r.in_time      ? "not complete: out of time"
                    : !r.within_depth ? "complete up to the depth"
                                      : "complete";
  std::printf("%-28s %llu interleavings, %llu known again, %llu states, depth %zu, %.1f s: %s\n",
              p.workload.name.c_str(),
              static_cast<unsigned long long>(r.runs),
              static_cast<unsigned long long>(r.known),
              static_cast<unsigned long long>(r.states),
              r.depth,
              r.took.count(),
              how);
  if (r.failure) {
    std::printf("  %s: %s\n", r.failure->oracle.c_str(), r.failure->what.c_str());
  }
}

}  // namespace btc::sim
