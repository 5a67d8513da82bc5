#include "test/sim/search/command.hpp"

#include "test/sim/oracles/all_oracles.hpp"
#include "test/sim/scheduler/shrink.hpp"
#include "test/sim/search/batches.hpp"
#include "test/sim/search/case_file.hpp"
#include "test/sim/search/options.hpp"
#include "test/sim/search/report.hpp"
#include "test/sim/world/spec_chains.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>
#include <vector>

namespace btc::sim {

namespace {

namespace fs = std::filesystem;
using wall_clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds shrink_budget{900};

[[nodiscard]] double ms_since(wall_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(wall_clock::now() - begin).count();
}

class program {
 public:
  program(search_options options, std::string repository)
      : options_(std::move(options)), repository_(std::move(repository)) {
    stage_.model = cluster_model::load(repository_);
    stage_.workloads = load_workloads(fs::path{repository_} / "test/sim/workloads");
    std::ranges::move(spec_chains(*stage_.model->type(type_id::bitcoin_networks).schema),
                      std::back_inserter(stage_.workloads));
    if (options_.jobs == 0) {
      options_.jobs = std::max(1U, std::thread::hardware_concurrency());
    }
  }

  int run() {
    if (!options_.workload.empty() && stage_.find(options_.workload) == nullptr) {
      std::fprintf(stderr, "--workload: there is no \"%s\"\n", options_.workload.c_str());
      return 2;
    }
    if (options_.list) {
      return list();
    }
    if (options_.mutants) {
      return plant_mutants();
    }
    if (options_.cases) {
      return run_cases();
    }
    if (!options_.replay.empty()) {
      return replay();
    }
    return search();
  }

 private:
  [[nodiscard]] fs::path cases() const { return fs::path{repository_} / "test/sim/cases"; }

  int list() const {
    std::puts("workloads");
    for (const auto& w : stage_.workloads) {
      std::printf("  %-22s %s\n", w.name.c_str(), w.says.c_str());
    }
    std::puts("faults");
    for (std::size_t f = 1; f < fault_count; ++f) {
      const auto& i = info(static_cast<fault>(f));
      std::printf("  %-22s %s\n", std::string{i.name}.c_str(), std::string{i.group}.c_str());
    }
    std::puts("oracles");
    for (const auto& o : all_oracles()) {
      std::printf("  %s\n", std::string{o->name()}.c_str());
    }
    std::puts("  convergence\n  schedule-independence\n  determinism");
    return 0;
  }

  /// The oracles' own test builds changed copies of the product, so it is a script of its own; this
  /// program becomes it. `--time` and `--json` mean the same there.
  [[nodiscard]] int plant_mutants() const {
    const auto script = (fs::path{repository_} / "test/sim/mutants/run").string();
    const auto seconds = std::to_string(options_.seconds);
    std::vector<const char*> words{script.c_str()};
    if (options_.seconds > 0) {
      words.insert(words.end(), {"--seconds", seconds.c_str()});
    }
    if (!options_.json.empty()) {
      words.insert(words.end(), {"--json", options_.json.c_str()});
    }
    words.push_back(nullptr);
    std::fflush(nullptr);
    ::execv(script.c_str(), const_cast<char* const*>(words.data()));
    std::fprintf(stderr, "--mutants: %s cannot be run\n", script.c_str());
    return 2;
  }

  // -- searching --------------------------------------------------------------------------

  int search() {
    std::vector<batch> batches;
    for (const auto& w : chosen()) {
      if (options_.enumerate) {
        batches.push_back(enumeration(stage_, w, options_.seed));
      }
      if (options_.pairs > 0) {
        batches.push_back(pairs(stage_, w, options_.seed, options_.pairs));
      }
    }
    if (batches.empty()) {
      batches.push_back(
          swarm_batch(stage_, options_.workload, options_.seed, options_.runs, options_.faults));
    }
    std::vector<named_result> results;
    coverage reached;
    bool failed = false;
    for (const auto& b : batches) {
      results.push_back({b.name,
                         run_batch(stage_,
                                   b,
                                   {options_.jobs,
                                    std::chrono::duration<double>{options_.seconds},
                                    options_.failures_max,
                                    options_.coverage,
                                    !options_.quiet})});
      reached.merge(results.back().result.reached);
      for (const auto& f : results.back().result.failures) {
        failed = true;
        explain(b.make(f.index), f.broken);
      }
    }
    print_table(results);
    if (options_.coverage) {
      print_coverage(reached);
      failed |= !missing_cells(reached).empty();
    }
    write(options_.junit, junit_of(results));
    write(options_.json, json_of(results));
    return failed ? 1 : 0;
  }

  /// Workloads of an enumeration: one that was named, or the three that the rest builds on.
  [[nodiscard]] std::vector<std::string> chosen() const {
    if (!options_.workload.empty()) {
      return {options_.workload};
    }
    return {"lifecycle", "edit-storm", "secret-and-image"};
  }

  static void write(const std::string& file, const std::string& text) {
    if (!file.empty()) {
      std::ofstream{file} << text;
    }
  }

  // -- one failure ------------------------------------------------------------------------

  void explain(const plan& p, const violation& found) {
    random_choices choices{p.seed};
    auto r = run_once(stage_, p, choices);
    if (!r.broken) {
      std::printf("%s: %s\n  seed %llu passes here\n",
                  found.oracle.c_str(),
                  found.what.c_str(),
                  static_cast<unsigned long long>(p.seed));
      return;
    }
    kept_case c{p, std::move(r.log), {}};
    std::string shrinking;
    if (options_.shrink) {
      shrinking = shrink_case(c, r.broken->oracle);
    }
    show(c, shrinking);
  }

  [[nodiscard]] std::string shrink_case(kept_case& c, const std::string& oracle) {
    const auto begin = wall_clock::now();
    const auto before = c.log.size();
    const auto fails = [&](const choice_log& log) {
      replayed_choices choices{log};
      const auto r = run_once(stage_, c.plan, choices);
      return r.broken && r.broken->oracle == oracle;
    };
    auto small = shrink(c.log, fails, shrink_budget);
    c.log = std::move(small.log);
    return "shrunk from " + std::to_string(before) + " choices to " + std::to_string(c.log.size())
           + ", " + std::to_string(small.deviations) + " of them not plain, by "
           + std::to_string(small.replays) + " replays in "
           + std::to_string(static_cast<long>(ms_since(begin))) + " ms";
  }

  /// Runs a case once more with a readable trace, tells all of it, and stores it.
  void show(kept_case& c, const std::string& shrinking) {
    replayed_choices choices{c.log};
    const auto r = run_once(stage_, c.plan, choices, {options_.trace_lines, false, nullptr});
    const auto found = r.broken.value_or(violation{"nothing", "this run keeps every rule"});
    std::printf("\n%s: %s\n", found.oracle.c_str(), found.what.c_str());
    std::printf("%s", to_text(c.plan).c_str());
    if (!shrinking.empty()) {
      std::printf("%s\n", shrinking.c_str());
    }
    std::printf("the last %zu steps of %llu decisions\n",
                r.lines.size(),
                static_cast<unsigned long long>(r.decisions));
    for (const auto& line : r.lines) {
      std::printf("  %s\n", line.c_str());
    }
    c.says = "oracle: " + found.oracle + "\nsaw: " + found.what;
    const auto file = options_.keep.empty()
                          ? fs::path{"sim-failures"}
                                / (c.plan.workload + '-' + std::to_string(c.plan.seed) + ".case")
                          : cases() / (options_.keep + ".case");
    save_case(file, c);
    std::printf(
        "stored: %s\nagain:  bitcoin-controller-sim --replay %s\n", file.c_str(), file.c_str());
  }

  // -- replays ----------------------------------------------------------------------------

  [[nodiscard]] plan plan_of_seed(std::uint64_t seed) const {
    return swarm_batch(stage_, options_.workload, seed, 1, options_.faults).make(0);
  }

  int replay() {
    std::uint64_t seed = 0;
    const auto& text = options_.replay;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (problem == std::errc{} && end == text.data() + text.size()) {
      return replay_seed(seed);
    }
    auto c = load_case(text);
    return replay_case(c, true) ? 0 : 1;
  }

  int replay_seed(std::uint64_t seed) {
    const auto p = plan_of_seed(seed);
    random_choices choices{seed};
    auto r = run_once(stage_, p, choices, {0, true, nullptr});
    kept_case c{p, std::move(r.log), {}};
    if (r.broken && options_.shrink) {
      explain(p, *r.broken);
      return 1;
    }
    return replay_case(c, true) ? 0 : 1;
  }

  /// True when the case keeps every rule.
  bool replay_case(kept_case& c, bool aloud) {
    replayed_choices choices{c.log};
    const auto begin = wall_clock::now();
    const auto r = run_once(stage_, c.plan, choices);
    const auto took = ms_since(begin);
    if (choices.misfits() > 0) {
      std::printf("it no longer fits: %zu of %zu choices are not possible any more\n",
                  choices.misfits(),
                  c.log.size());
    }
    if (aloud) {
      if (!options_.keep.empty() || r.broken) {
        show(c, {});
      } else {
        replayed_choices again{c.log};
        const auto traced = run_once(stage_, c.plan, again, {options_.trace_lines, false, nullptr});
        for (const auto& line : traced.lines) {
          std::printf("  %s\n", line.c_str());
        }
      }
      std::printf("%llu decisions, %llu faults, %.1f s of virtual time, trace %016llx, %.2f ms\n",
                  static_cast<unsigned long long>(r.decisions),
                  static_cast<unsigned long long>(r.faults),
                  std::chrono::duration<double>(r.virtual_time).count(),
                  static_cast<unsigned long long>(r.hash),
                  took);
    }
    return !r.broken;
  }

  int run_cases() {
    std::vector<fs::path> files;
    if (fs::exists(cases())) {
      for (const auto& f : fs::directory_iterator(cases())) {
        files.push_back(f.path());
      }
    }
    std::sort(files.begin(), files.end());
    int failed = 0;
    for (const auto& file : files) {
      auto c = load_case(file);
      const bool good = replay_case(c, false);
      std::printf("%s %s\n", good ? "ok    " : "FAILED", file.stem().c_str());
      failed += good ? 0 : 1;
    }
    std::printf("%zu cases, %d failed\n", files.size(), failed);
    return failed == 0 ? 0 : 1;
  }

  search_options options_;
  std::string repository_;
  stage stage_{};
};

}  // namespace

int search_command(const std::vector<std::string>& arguments, const std::string& repository) {
  auto parsed = parse_search_options(arguments);
  if (parsed.exit) {
    return *parsed.exit;
  }
  try {
    return program{std::move(parsed.options), repository}.run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bitcoin-controller-sim: %s\n", e.what());
    return 2;
  }
}

}  // namespace btc::sim
