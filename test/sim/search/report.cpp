#include "test/sim/search/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace btc::sim {

namespace {

[[nodiscard]] double rate(const batch_result& r) {
  return static_cast<double>(r.runs) / std::max(r.took.count(), 0.001);
}

[[nodiscard]] std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

void print_table(const std::vector<named_result>& results) {
  std::printf("%-28s %9s %8s %11s %9s %10s %9s %8s\n",
              "search",
              "runs",
              "runs/s",
              "decisions",
              "faults",
              "virtual h",
              "repeated",
              "failed");
  for (const auto& [name, r] : results) {
    constexpr double hour = 3600;
    std::printf("%-28s %9llu %8.0f %11llu %9llu %10.0f %9llu %8zu\n",
                name.c_str(),
                static_cast<unsigned long long>(r.runs),
                rate(r),
                static_cast<unsigned long long>(r.decisions),
                static_cast<unsigned long long>(r.faults),
                static_cast<double>(r.virtual_seconds) / hour,
                static_cast<unsigned long long>(r.repeated),
                r.failures.size());
  }
}

void print_coverage(const coverage& reached, const std::vector<fault>& only) {
  const auto missing = missing_cells(reached, only);
  for (const auto& [matrix, cells] : declared_cells()) {
    const auto is_here = [&, m = matrix](const auto& cell) { return is_asked_for(m, cell, only); };
    const auto asked = std::count_if(cells.begin(), cells.end(), is_here);
    const auto absent =
        std::count_if(missing.begin(), missing.end(), [&, m = matrix](const auto& c) {
          return c.starts_with(m + ": ");
        });
    std::printf("%s: %td of %td\n", matrix.c_str(), asked - absent, asked);
  }
  for (const auto& m : missing) {
    std::printf("  never reached: %s\n", m.c_str());
  }
  std::printf("%zu more were reached, and nobody asks for them\n",
              undeclared_cells(reached).size());
}

std::string junit_of(const std::vector<named_result>& results) {
  std::size_t failures = 0;
  std::string cases;
  for (const auto& [name, r] : results) {
    failures += r.failures.empty() ? 0 : 1;
    cases += "  <testcase classname=\"simulation\" name=\"" + escaped(name) + "\" time=\""
             + std::to_string(r.took.count()) + "\">\n";
    for (const auto& f : r.failures) {
      cases +=
          "    <failure message=\"" + escaped(f.broken.oracle + ": " + f.broken.what) + "\"/>\n";
    }
    cases += "  </testcase>\n";
  }
  return "<?xml version=\"1.0\"?>\n<testsuite name=\"simulation\" tests=\""
         + std::to_string(results.size()) + "\" failures=\"" + std::to_string(failures) + "\">\n"
         + cases + "</testsuite>\n";
}

std::string json_of(const std::vector<named_result>& results) {
  auto all = nlohmann::json::array();
  for (const auto& [name, r] : results) {
    auto failures = nlohmann::json::array();
    for (const auto& f : r.failures) {
      failures.push_back(
          {{"index", f.index}, {"oracle", f.broken.oracle}, {"what", f.broken.what}});
    }
    auto reached = nlohmann::json::object();
    for (const auto& [matrix, cells] : r.reached.matrices()) {
      reached[matrix] = cells;
    }
    all.push_back({{"name", name},
                   {"runs", r.runs},
                   {"seconds", r.took.count()},
                   {"runsPerSecond", rate(r)},
                   {"decisions", r.decisions},
                   {"faults", r.faults},
                   {"requests", r.requests},
                   {"virtualSeconds", r.virtual_seconds},
                   {"repeated", r.repeated},
                   {"diverged", r.diverged},
                   {"traceHash", r.hash},
                   {"workloads", r.workloads},
                   {"processes", r.processes},
                   {"coverage", reached},
                   {"failures", failures}});
  }
  return all.dump(2) + '\n';
}

}  // namespace btc::sim
