#include "test/sim/search/command.hpp"

#include "test/sim/oracles/all_oracles.hpp"
#include "test/sim/search/batches.hpp"
#include "test/sim/search/exhaustive.hpp"
#include "test/sim/search/findings.hpp"
#include "test/sim/search/options.hpp"
#include "test/sim/search/repeat.hpp"
#include "test/sim/search/replays.hpp"
#include "test/sim/search/report.hpp"
#include "test/sim/world/spec_chains.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

namespace btc::sim {

namespace {

namespace fs = std::filesystem;

/// Every how many random runs are counted for --coverage.
constexpr std::uint64_t cover_every = 3;
/// How many more random runs --coverage makes at most, in batches, until all cells are reached.
constexpr std::uint64_t more_runs_batches = 8;
constexpr std::uint64_t more_runs = 250;

void write(const std::string& file, const std::string& text) {
  if (file.empty()) {
    return;
  }
  std::ofstream out{file};
  out << text;
  out.close();
  if (!out) {
    throw std::runtime_error(file + ": cannot be written");
  }
}

class program {
 public:
  program(const search_options& options, std::vector<std::string> arguments)
      : options_(options), arguments_(std::move(arguments)), findings_(stage_, options_, cases()) {
    stage_.model = cluster_model::load(options_.repository);
    stage_.lenient_model = cluster_model::load_lenient(options_.repository);
    stage_.workloads = load_workloads(fs::path{options_.repository} / "test/sim/workloads");
    std::ranges::move(spec_chains(*stage_.model->type(type_id::bitcoin_networks).schema),
                      std::back_inserter(stage_.workloads));
    if (options_.jobs == 0) {
      options_.jobs = std::max(1U, std::thread::hardware_concurrency());
    }
  }

  int run() {
    if (!options_.workload.empty() && !is_known(options_.workload)) {
      std::fprintf(
          stderr, "--workload: there is no \"%s\"; --list tells them\n", options_.workload.c_str());
      return 2;
    }
    if (options_.list) {
      return list();
    }
    if (options_.mutants) {
      return plant_mutants();
    }
    if (options_.cases) {
      return run_cases(findings_, cases());
    }
    if (!options_.replay.empty()) {
      return replay(stage_, options_, findings_);
    }
    if (options_.repeat_batch) {
      repeat_runs(stage_, batches().at(*options_.repeat_batch).what);
      return 0;
    }
    return options_.exhaustive ? exhaust() : search();
  }

 private:
  struct planned_batch {
    batch what{};
    std::uint64_t cover_every{0};
    bool while_cells_are_missing{false};
  };

  /// A workload, or of --exhaustive a protocol.
  [[nodiscard]] bool is_known(const std::string& name) const {
    const auto& small = small_protocols();
    return stage_.find(name) != nullptr
           || (options_.exhaustive && std::any_of(small.begin(), small.end(), [&](const auto& p) {
                 return p.workload.name == name;
               }));
  }
  [[nodiscard]] fs::path cases() const { return fs::path{options_.repository} / "test/sim/cases"; }

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
    std::puts("  convergence\n  schedule-independence\n  determinism\ncases");
    for (const auto& file : case_files(cases())) {
      std::printf("  %s\n", file.stem().c_str());
    }
    return 0;
  }

  /// The oracles' own test builds changed copies of the product, so it is a script of its own; this
  /// program becomes it. `--time` and `--json` mean the same there.
  [[nodiscard]] int plant_mutants() const {
    const auto script = (fs::path{options_.repository} / "test/sim/mutants/run").string();
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

  [[nodiscard]] std::vector<planned_batch> batches() {
    std::vector<planned_batch> all;
    const auto chance = options_.coverage ? cover_every : 0;
    for (const auto& w : chosen()) {
      if (options_.enumerate) {
        all.push_back({enumeration(stage_, w, options_.seed, options_.faults), chance});
      }
      if (options_.pairs > 0) {
        all.push_back({pairs(stage_, w, options_.seed, options_.pairs), chance});
      }
    }
    if (all.empty()) {
      if (options_.coverage) {
        all.push_back({matrices(stage_, options_.workload, options_.seed, options_.faults), 1});
      }
      all.push_back(
          {swarm_batch(stage_, options_.workload, options_.seed, options_.runs, options_.faults),
           chance});
      // One workload, or some faults, never reach all of them.
      const bool more = options_.coverage && options_.workload.empty() && options_.faults.empty();
      for (std::uint64_t i = 0; i < more_runs_batches && more; ++i) {
        const auto first = options_.seed + options_.runs + i * more_runs;
        all.push_back(
            {swarm_batch(stage_, options_.workload, first, more_runs, options_.faults), 1, true});
      }
    }
    return all;
  }

  [[nodiscard]] batch_options options_of(const planned_batch& b, std::size_t number) const {
    batch_options o;
    o.jobs = options_.jobs;
    o.time = std::chrono::duration<double>{options_.seconds};
    o.failures_max = options_.failures_max;
    o.cover_every = b.cover_every;
    o.find = options_.find;
    o.progress = !options_.quiet;
    o.again = arguments_;
    o.again.push_back("--repeat-batch");
    o.again.push_back(std::to_string(number));
    return o;
  }

  int search() {
    std::vector<named_result> results;
    coverage reached;
    bool failed = false;
    const auto all = batches();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].while_cells_are_missing && missing_cells(reached, options_.faults).empty()) {
        break;
      }
      results.push_back({all[i].what.name, run_batch(stage_, all[i].what, options_of(all[i], i))});
      reached.merge(results.back().result.reached);
      auto explained = options_.failures_max;
      for (const auto& f : results.back().result.failures) {
        failed = true;
        if (explained-- > 0) {
          findings_.explain(all[i].what.make(f.index), f.broken);
        }
      }
    }
    print_table(results);
    if (options_.coverage) {
      print_coverage(reached, options_.faults);
      failed |= !missing_cells(reached, options_.faults).empty();
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

  int exhaust() {
    bool failed = false;
    for (const auto& p : small_protocols()) {
      if (!options_.workload.empty() && p.workload.name != options_.workload) {
        continue;
      }
      const auto r = run_exhaustively(
          stage_, p, {options_.depth, std::chrono::duration<double>{options_.seconds}});
      print_exhaustive(p, r);
      failed |= r.failure.has_value();
    }
    return failed ? 1 : 0;
  }

  search_options options_;
  std::vector<std::string> arguments_;
  stage stage_{};
  findings findings_;
};

}  // namespace

int search_command(const std::vector<std::string>& arguments, const std::string& repository) {
  auto parsed = parse_search_options(arguments, repository);
  if (parsed.exit) {
    return *parsed.exit;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader that is gone is an error of the write
  try {
    return program{parsed.options, arguments}.run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bitcoin-controller-sim: %s\n", e.what());
    return 2;
  }
}

}  // namespace btc::sim
