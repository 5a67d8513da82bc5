#include "test/sim/search/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace btc::sim {

namespace {

constexpr const char* about =
    "Runs the controller's own actors in a simulated cluster that delays, lies and crashes, many "
    "thousand times, and checks every commit. docs/simulation.md explains how to read a failure.";

void declare(CLI::App& app, search_options& o, std::vector<std::string>& faults) {
  app.add_option("--runs", o.runs, "random runs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--time", o.seconds, "stop after this many seconds");
  app.add_option("--jobs", o.jobs, "processes; by default one a core");
  app.add_option("--seed", o.seed, "first seed")->capture_default_str();
  app.add_option("--replay", o.replay, "run one seed or the file of a case, and show its trace");
  app.add_flag("--shrink,!--no-shrink", o.shrink, "reduce a failure to the decisions that matter");
  app.add_flag("--enumerate", o.enumerate, "every single fault at every decision of the workload");
  app.add_option("--pairs", o.pairs, "pairs of faults, at every N-th decision")
      ->check(CLI::PositiveNumber);
  app.add_flag("--exhaustive", o.exhaustive, "every interleaving of some small protocols");
  app.add_option("--depth", o.depth, "decisions of an interleaving that are varied")
      ->capture_default_str();
  app.add_option("--workload", o.workload, "only this one; see --list");
  app.add_option("--faults", faults, "only these faults, separated by commas")->delimiter(',');
  app.add_flag(
      "--coverage", o.coverage, "tell what was reached; a place never reached is a failure");
  app.add_option("--find", o.find, "look for a run that comes to MATRIX: CELL, see --coverage");
  app.add_option("--keep", o.keep, "store the shrunk failure as test/sim/cases/NAME.case");
  app.add_flag("--cases", o.cases, "run all stored cases");
  app.add_flag("--mutants", o.mutants, "plant bugs and tell how soon they are seen; takes a while");
  app.add_flag("--list", o.list, "tell the workloads, faults, oracles and cases");
  app.add_flag("--quiet", o.quiet, "no progress line");
  app.add_option("--failures", o.failures_max, "stop after this many")->capture_default_str();
  app.add_option("--trace-lines", o.trace_lines, "lines of a readable trace")
      ->capture_default_str();
  app.add_option("--junit", o.junit, "write the result to this file as JUnit XML");
  app.add_option("--json", o.json, "write the result to this file as JSON");
  app.add_option("--repository", o.repository, "where manifests, workloads and cases are");
  app.add_option("--repeat-batch", o.repeat_batch)->group("");
}

}  // namespace

parsed_search parse_search_options(const std::vector<std::string>& arguments,
                                   const std::string& repository) {
  parsed_search out;
  out.options.repository = repository;
  CLI::App app{about, "bitcoin-controller-sim"};
  std::vector<std::string> faults;
  declare(app, out.options, faults);
  auto reversed = arguments;
  std::reverse(reversed.begin(), reversed.end());  // as CLI11 wants a vector
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& e) {
    out.exit = app.exit(e) == 0 ? 0 : 2;
    return out;
  }
  for (const auto& name : faults) {
    if (const auto f = parse_fault(name)) {
      out.options.faults.push_back(*f);
    } else {
      std::fprintf(stderr, "--faults: \"%s\" is no fault; --list tells them\n", name.c_str());
      out.exit = 2;
    }
  }
  return out;
}

}  // namespace btc::sim
