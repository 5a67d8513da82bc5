#include "test/sim/search/batch.hpp"

#include <array>
#include <cstdio>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace btc::sim {

namespace {

using wall_clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds report_interval{200};
constexpr std::uint64_t repeat_every = 100;
constexpr std::uint64_t cover_every = 4;  ///< counting costs; one run in four is counted

/// What a worker tells its parent, as lines: "P" progress, "F" a failure, "C" coverage.
class worker {
 public:
  worker(stage& on, const batch& b, const batch_options& options, int to)
      : stage_(on), batch_(b), options_(options), to_(to) {}

  void run(unsigned job) {
    const auto begin = wall_clock::now();
    auto reported = begin;
    for (auto i = std::uint64_t{job}; i < batch_.count; i += options_.jobs) {
      one(i, options_.cover && (i / options_.jobs) % cover_every == 0);
      // Repeats are another job's runs, so that another process made the first one.
      if (i % repeat_every == 0 && batch_.count > 1) {
        repeat((i + 1) % batch_.count);
      }
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
    std::istringstream lines{reached_.to_text()};
    for (std::string line; std::getline(lines, line);) {
      write("C " + line);
    }
  }

 private:
  void one(std::uint64_t index, bool cover) {
    const auto p = batch_.make(index);
    random_choices choices{p.seed};
    const auto r = run_once(stage_, p, choices, {0, false, cover ? &reached_ : nullptr});
    ++sums_.runs;
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
    if (index % repeat_every == 1) {
      write("H " + std::to_string(index) + ' ' + std::to_string(r.hash));
    }
  }
  void repeat(std::uint64_t index) {
    const auto p = batch_.make(index);
    random_choices choices{p.seed};
    write("H " + std::to_string(index) + ' ' + std::to_string(run_once(stage_, p, choices).hash));
  }
  void tell() {
    std::ostringstream out;
    out << "P " << sums_.runs << ' ' << sums_.decisions << ' ' << sums_.faults << ' '
        << sums_.requests << ' ' << sums_.virtual_seconds << ' ' << sums_.hash;
    write(out.str());
  }
  void write(std::string line) {
    for (auto& c : line) {
      c = c == '\n' ? ' ' : c;
    }
    line += '\n';
    std::size_t done = 0;
    while (done < line.size()) {
      const auto n = ::write(to_, line.data() + done, line.size() - done);
      if (n <= 0) {
        std::_Exit(1);
      }
      done += static_cast<std::size_t>(n);
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

/// The parent's side of one worker.
struct child {
  pid_t pid{0};
  int from{-1};
  std::string partial{};
  batch_result sums{};
  bool open{true};
};

class collector {
 public:
  collector(stage& on, const batch& b, const batch_options& options)
      : stage_(on), batch_(b), options_(options) {}

  batch_result run() {
    const auto begin = wall_clock::now();
    for (unsigned job = 0; job < options_.jobs; ++job) {
      start(job);
    }
    while (read_some()) {
      show(wall_clock::now() - begin);
    }
    for (const auto& c : children_) {
      int status = 0;
      ::waitpid(c.pid, &status, 0);
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        total_.failures.push_back({c.sums.runs, {"worker", "a process of the search crashed"}});
      }
    }
    sum_up();
    total_.took = wall_clock::now() - begin;
    if (options_.progress) {
      std::fprintf(stderr, "\r%78s\r", "");
    }
    return std::move(total_);
  }

 private:
  void start(unsigned job) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
      throw std::runtime_error("no pipe");
    }
    std::fflush(nullptr);
    const auto pid = ::fork();
    if (pid < 0) {
      throw std::runtime_error("no process");
    }
    if (pid == 0) {
      ::close(ends[0]);
      worker{stage_, batch_, options_, ends[1]}.run(job);
      std::_Exit(0);
    }
    ::close(ends[1]);
    children_.push_back({pid, ends[0], {}, {}, true});
  }

  [[nodiscard]] bool read_some() {
    std::vector<pollfd> waiting;
    std::vector<child*> of;
    for (auto& c : children_) {
      if (c.open) {
        waiting.push_back({c.from, POLLIN, 0});
        of.push_back(&c);
      }
    }
    if (waiting.empty()) {
      return false;
    }
    constexpr int poll_ms = 500;
    ::poll(waiting.data(), waiting.size(), poll_ms);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) {
        read_from(*of[i]);
      }
    }
    return true;
  }

  void read_from(child& c) {
    std::array<char, 65'536> bytes{};
    const auto n = ::read(c.from, bytes.data(), bytes.size());
    if (n <= 0) {
      ::close(c.from);
      c.open = false;
      return;
    }
    c.partial.append(bytes.data(), static_cast<std::size_t>(n));
    std::size_t begin = 0;
    for (auto end = c.partial.find('\n'); end != std::string::npos;
         end = c.partial.find('\n', begin)) {
      take(c, c.partial.substr(begin, end - begin));
      begin = end + 1;
    }
    c.partial.erase(0, begin);
  }

  void take(child& c, const std::string& line) {
    std::istringstream in{line.substr(2)};
    if (line[0] == 'P') {
      in >> c.sums.runs >> c.sums.decisions >> c.sums.faults >> c.sums.requests
          >> c.sums.virtual_seconds >> c.sums.hash;
    } else if (line[0] == 'F') {
      failed_run f;
      in >> f.index >> std::ws;
      std::getline(in, f.broken.oracle, '\t');
      std::getline(in, f.broken.what);
      total_.failures.push_back(std::move(f));
    } else if (line[0] == 'H') {
      std::uint64_t index = 0;
      std::uint64_t hash = 0;
      in >> index >> hash;
      compare(index, hash);
    } else {
      total_.reached.read_text(line.substr(2));
    }
  }

  void compare(std::uint64_t index, std::uint64_t hash) {
    const auto [first, is_new] = hashes_.try_emplace(index, hash);
    if (!is_new) {
      ++total_.repeated;
      if (first->second != hash) {
        ++total_.diverged;
        total_.failures.push_back({index, {"determinism", "two runs of one plan differ"}});
      }
      hashes_.erase(first);
    }
  }

  void show(wall_clock::duration took) const {
    if (!options_.progress) {
      return;
    }
    std::uint64_t runs = 0;
    for (const auto& c : children_) {
      runs += c.sums.runs;
    }
    const auto seconds = std::chrono::duration<double>(took).count();
    std::fprintf(stderr,
                 "\r%s: %llu of %llu runs, %.0f runs/s, %zu failures, %.0f s",
                 batch_.name.c_str(),
                 static_cast<unsigned long long>(runs),
                 static_cast<unsigned long long>(batch_.count),
                 static_cast<double>(runs) / std::max(seconds, 0.001),
                 total_.failures.size(),
                 seconds);
    std::fflush(stderr);
  }

  void sum_up() {
    for (const auto& c : children_) {
      total_.runs += c.sums.runs;
      total_.decisions += c.sums.decisions;
      total_.faults += c.sums.faults;
      total_.requests += c.sums.requests;
      total_.virtual_seconds += c.sums.virtual_seconds;
      total_.hash += c.sums.hash;
    }
  }

  stage& stage_;
  const batch& batch_;
  const batch_options& options_;
  std::vector<child> children_{};
  std::map<std::uint64_t, std::uint64_t> hashes_{};
  batch_result total_{};
};

}  // namespace

batch_result run_batch(stage& on, const batch& b, const batch_options& options) {
  return collector{on, b, options}.run();
}

}  // namespace btc::sim
