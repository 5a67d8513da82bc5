#include "test/sim/search/findings.hpp"

#include "test/sim/scheduler/shrink.hpp"

#include <cstdio>

namespace btc::sim {

namespace {

namespace fs = std::filesystem;
using wall_clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds shrink_budget{900};

[[nodiscard]] double milliseconds(std::chrono::nanoseconds t) {
  return std::chrono::duration<double, std::milli>(t).count();
}

/// Faults that no decision of the case takes are left out of its plan: they say nothing about it.
void forget_unused(plan& p, const std::vector<fault>& happened) {
  for (std::size_t f = 0; f < fault_count; ++f) {
    bool used = false;
    for (const auto h : happened) {
      used |= h == static_cast<fault>(f);
    }
    p.weights[f] = used ? p.weights[f] : 0;
  }
}

class fault_recorder final : public observer {
 public:
  void on_fault(std::string_view what) override {
    if (const auto f = parse_fault(what)) {
      happened.push_back(*f);
    }
  }
  std::vector<fault> happened{};
};

}  // namespace

run_options findings::quiet() const {
  run_options o;
  o.find = options_.find;
  return o;
}

run_options findings::readable() const {
  auto o = quiet();
  o.trace_lines = options_.trace_lines;
  return o;
}

void findings::explain(const plan& p, const violation& found) {
  random_choices choices{p.seed};
  auto r = run_once(stage_, p, choices, quiet());
  if (!r.broken) {
    std::printf("%s: %s\n  seed %llu passes here\n",
                found.oracle.c_str(),
                found.what.c_str(),
                static_cast<unsigned long long>(p.seed));
    return;
  }
  kept_case c{p, std::move(r.log), {}};
  show(c, options_.shrink ? reduce(c, r.broken->oracle) : std::string{});
}

std::string findings::reduce(kept_case& c, const std::string& oracle) {
  const auto begin = wall_clock::now();
  const auto before = c.log.size();
  auto small = shrink(
      c.log,
      [&](const choice_log& log) {
        replayed_choices choices{log};
        const auto r = run_once(stage_, c.plan, choices, quiet());
        return r.broken && r.broken->oracle == oracle;
      },
      shrink_budget);
  c.log = std::move(small.log);
  std::printf("\n");
  return "shrunk from " + std::to_string(before) + " choices to " + std::to_string(c.log.size())
         + ", " + std::to_string(small.deviations) + " of them not plain, by "
         + std::to_string(small.replays) + " replays in "
         + std::to_string(static_cast<long>(milliseconds(wall_clock::now() - begin))) + " ms";
}

void findings::show(kept_case& c, const std::string& reduced) {
  fault_recorder faults;
  auto options = readable();
  options.also = &faults;
  replayed_choices choices{c.log};
  const auto r = run_once(stage_, c.plan, choices, options);
  const auto found = r.broken.value_or(violation{"nothing", "this run keeps every rule"});
  std::printf("%s: %s\n%s", found.oracle.c_str(), found.what.c_str(), to_text(c.plan).c_str());
  if (!reduced.empty()) {
    std::printf("%s\n", reduced.c_str());
  }
  std::printf("the last %zu steps of %llu decisions\n",
              r.lines.size(),
              static_cast<unsigned long long>(r.decisions));
  for (const auto& line : r.lines) {
    std::printf("  %s\n", line.c_str());
  }
  auto smaller = c;
  forget_unused(smaller.plan, faults.happened);
  replayed_choices same{smaller.log};
  if (run_once(stage_, smaller.plan, same, quiet()).hash == r.hash) {
    c.plan = smaller.plan;
  }
  store(c, found);
}

void findings::store(kept_case& c, const violation& found) {
  c.says = "oracle: " + found.oracle + "\nsaw: " + found.what;
  if (!options_.find.empty() && c.reaches.empty()) {
    c.reaches.push_back(options_.find);
  }
  const auto file = options_.keep.empty()
                        ? fs::path{"sim-failures"}
                              / (c.plan.workload + '-' + std::to_string(c.plan.seed) + ".case")
                        : cases_ / (options_.keep + ".case");
  save_case(file, c);
  std::printf(
      "stored: %s\nagain:  bitcoin-controller-sim --replay %s\n", file.c_str(), file.c_str());
  static_cast<void>(std::fflush(stdout));  // a long search into a file tells at once
}

bool findings::comes_there(const kept_case& c, const coverage& reached) {
  bool all = true;
  for (const auto& place : c.reaches) {
    const auto colon = place.find(": ");
    const bool there = colon != std::string::npos
                       && reached.cells(place.substr(0, colon)).contains(place.substr(colon + 2));
    if (!there) {
      std::printf("it no longer reaches %s\n", place.c_str());
    }
    all &= there;
  }
  return all;
}

bool findings::replay(kept_case& c, bool aloud) {
  replayed_choices choices{c.log};
  coverage reached;
  auto how = quiet();
  how.cover = c.reaches.empty() ? nullptr : &reached;
  const auto r = run_once(stage_, c.plan, choices, how);
  if (choices.misfits() > 0) {
    std::printf("it no longer fits: %zu of %zu choices are not possible any more\n",
                choices.misfits(),
                c.log.size());
  }
  const bool good = !r.broken && comes_there(c, reached);
  if (!aloud) {
    return good;
  }
  if (!options_.keep.empty() || r.broken) {
    show(c, {});
  } else {
    replayed_choices again{c.log};
    for (const auto& line : run_once(stage_, c.plan, again, readable()).lines) {
      std::printf("  %s\n", line.c_str());
    }
  }
  replayed_choices warm{c.log};
  std::printf("%llu decisions, %llu faults, %.1f s of virtual time, trace %016llx, %.2f ms\n",
              static_cast<unsigned long long>(r.decisions),
              static_cast<unsigned long long>(r.faults),
              std::chrono::duration<double>(r.virtual_time).count(),
              static_cast<unsigned long long>(r.hash),
              milliseconds(run_once(stage_, c.plan, warm, quiet()).took));
  return good;
}

}  // namespace btc::sim
