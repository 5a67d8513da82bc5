#include "test/sim/search/worker.hpp"

#include <cstdlib>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace btc::sim {

namespace {

using wall_clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds report_interval{200};

class worker {
 public:
  worker(stage& on, const batch& b, const batch_options& options, int to)
      : stage_(on), batch_(b), options_(options), to_(to) {}

  void run(unsigned job) {
    const auto begin = wall_clock::now();
    auto reported = begin;
    for (auto i = std::uint64_t{job}; i < batch_.count; i += options_.jobs) {
      const auto every = options_.cover_every;
      one(i, every > 0 && (i / options_.jobs) % every == 0);
      const auto now = wall_clock::now();
      if (now - reported > report_interval) {
        reported = now;
        tell();
      }
      if ((options_.time.count() > 0 && now - begin > options_.time)
          || failures_ >= options_.failures_max) {
        break;
      }
    }
    tell();
  }

 private:
  void one(std::uint64_t index, bool cover) {
    const auto p = batch_.make(index);
    random_choices choices{p.seed};
    run_options options;
    options.cover = cover ? &reached_ : nullptr;
    options.find = options_.find;
    const auto r = run_once(stage_, p, choices, options);
    ++sums_.runs;
    ++sums_.workloads[p.workload];
    sums_.decisions += r.decisions;
    sums_.faults += r.faults;
    sums_.requests += r.requests;
    sums_.virtual_seconds += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(r.virtual_time).count());
    sums_.hash += r.hash;
    if (r.broken) {
      ++failures_;
      write("F " + std::to_string(index) + ' ' + r.broken->oracle + '\t' + r.broken->what);
    }
    if (index % repeat_every == 0) {
      write(trace_line(index, r.hash));
    }
  }

  void tell() {
    std::ostringstream out;
    out << "P " << sums_.runs << ' ' << sums_.decisions << ' ' << sums_.faults << ' '
        << sums_.requests << ' ' << sums_.virtual_seconds << ' ' << sums_.hash;
    write(out.str());
    for (const auto& [name, runs] : sums_.workloads) {
      write("W " + name + ' ' + std::to_string(runs));
    }
    std::istringstream lines{std::exchange(reached_, {}).to_text()};
    for (std::string line; std::getline(lines, line);) {
      write("C " + line);
    }
  }

  void write(std::string line) {
    for (auto& c : line) {
      c = c == '\n' ? ' ' : c;
    }
    if (!write_all(to_, line + '\n')) {
      std::_Exit(1);  // nobody listens any more
    }
  }

  stage& stage_;
  const batch& batch_;
  const batch_options& options_;
  int to_;
  batch_result sums_{};
  std::size_t failures_{0};
  coverage reached_{};
};

}  // namespace

void run_worker(stage& on, const batch& b, const batch_options& options, unsigned job, int to) {
  worker{on, b, options, to}.run(job);
}

bool write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(to, text.data(), text.size());
    if (n <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::uint64_t trace_of(stage& on, const batch& b, std::uint64_t index) {
  const auto p = b.make(index);
  random_choices choices{p.seed};
  run_options options;
  options.differential = false;
  return run_once(on, p, choices, options).hash;
}

std::string trace_line(std::uint64_t index, std::uint64_t hash) {
  return "H " + std::to_string(index) + ' ' + std::to_string(hash);
}

}  // namespace btc::sim
