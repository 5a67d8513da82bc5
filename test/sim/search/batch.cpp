#include "test/sim/search/batch.hpp"

#include "test/sim/search/repeat.hpp"
#include "test/sim/search/worker.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace btc::sim {

namespace {

using wall_clock = std::chrono::steady_clock;
constexpr int poll_ms = 500;

/// The parent's side of one process.
struct child {
  pid_t pid{0};
  int from{-1};
  bool repeats{false};  ///< makes runs again, see repeat.hpp
  std::string partial{};
  batch_result sums{};
  bool open{true};
};

class collector {
 public:
  collector(stage& on, const batch& b, const batch_options& options)
      : stage_(on), batch_(b), options_(options) {}

  batch_result run() {
    begin_ = wall_clock::now();
    if (!options_.again.empty()) {
      repeating_ = std::make_unique<repeating_program>(options_.again);
      children_.push_back({repeating_->pid(), repeating_->output(), true, {}, {}, true});
    }
    for (unsigned job = 0; job < options_.jobs; ++job) {
      start(job);
    }
    while (read_some()) {
      show();
      const bool working = std::any_of(
          children_.begin(), children_.end(), [](const auto& c) { return c.open && !c.repeats; });
      if (repeating_ != nullptr && !working) {
        repeating_->finish();
      }
    }
    for (const auto& c : children_) {
      wait_for(c);
    }
    sum_up();
    total_.took = wall_clock::now() - begin_;
    clear_line();
    return std::move(total_);
  }

 private:
  void start(unsigned job) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
      throw std::runtime_error("no pipe for a process of the search");
    }
    std::fflush(nullptr);
    const auto pid = ::fork();
    if (pid < 0) {
      throw std::runtime_error("no process for the search");
    }
    if (pid == 0) {
      ::close(ends[0]);
      repeating_.reset();
      run_worker(stage_, batch_, options_, job, ends[1]);
      std::_Exit(0);
    }
    ::close(ends[1]);
    children_.push_back({pid, ends[0], false, {}, {}, true});
  }

  void wait_for(const child& c) {
    int status = 0;
    ::waitpid(c.pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      total_.failures.push_back({c.sums.runs, {"worker", "a process of the search crashed"}});
    }
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
      c.open = false;
      if (!c.repeats) {
        ::close(c.from);
      }
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
    switch (line[0]) {
      case 'P':
        in >> c.sums.runs >> c.sums.decisions >> c.sums.faults >> c.sums.requests
            >> c.sums.virtual_seconds >> c.sums.hash;
        return;
      case 'W': {
        std::string name;
        in >> name;
        in >> c.sums.workloads[name];
        return;
      }
      case 'F':
        return take_failure(in);
      case 'H':
        return take_trace(c, in);
      default:
        total_.reached.read_text(line.substr(2));
    }
  }

  void take_failure(std::istream& in) {
    failed_run f;
    in >> f.index >> std::ws;
    std::getline(in, f.broken.oracle, '\t');
    std::getline(in, f.broken.what);
    total_.failures.push_back(std::move(f));
  }

  /// A run's trace, of either program; the second of a pair is compared with the first.
  void take_trace(const child& c, std::istream& in) {
    std::uint64_t index = 0;
    std::uint64_t hash = 0;
    in >> index >> hash;
    if (!c.repeats && repeating_ != nullptr) {
      hashes_[index] = hash;
      repeating_->ask(index);
    } else if (const auto first = hashes_.find(index); first != hashes_.end()) {
      ++total_.repeated;
      if (first->second != hash) {
        ++total_.diverged;
        total_.failures.push_back({index, {"determinism", "two runs of one plan differ"}});
      }
      hashes_.erase(first);
    }
  }

  void show() {
    if (!options_.progress || wall_clock::now() < shown_ + std::chrono::milliseconds{200}) {
      return;
    }
    shown_ = wall_clock::now();
    std::uint64_t runs = 0;
    for (const auto& c : children_) {
      runs += c.sums.runs;
    }
    const auto seconds = std::chrono::duration<double>(shown_ - begin_).count();
    const auto rate = static_cast<double>(runs) / std::max(seconds, 0.001);
    auto left = static_cast<double>(batch_.count - runs) / std::max(rate, 0.001);
    if (options_.time.count() > 0) {
      left = std::min(left, std::max(0.0, options_.time.count() - seconds));
    }
    std::fprintf(stderr,
                 "\r%s: %llu of %llu runs, %.0f/s, %zu failures%s, %.0f s left ",
                 batch_.name.c_str(),
                 static_cast<unsigned long long>(runs),
                 static_cast<unsigned long long>(batch_.count),
                 rate,
                 total_.failures.size(),
                 covered().c_str(),
                 left);
    std::fflush(stderr);
  }

  [[nodiscard]] std::string covered() const {
    if (options_.cover_every == 0) {
      return {};
    }
    const auto all = declared_count();
    return ", " + std::to_string(all - missing_cells(total_.reached).size()) + " of "
           + std::to_string(all) + " cells";
  }

  void clear_line() const {
    if (options_.progress) {
      std::fprintf(stderr, "\r%100s\r", "");
    }
  }

  void sum_up() {
    for (const auto& c : children_) {
      if (c.repeats) {
        continue;
      }
      total_.runs += c.sums.runs;
      total_.decisions += c.sums.decisions;
      total_.faults += c.sums.faults;
      total_.requests += c.sums.requests;
      total_.virtual_seconds += c.sums.virtual_seconds;
      total_.hash += c.sums.hash;
      total_.processes.push_back(c.sums.runs);
      for (const auto& [name, runs] : c.sums.workloads) {
        total_.workloads[name] += runs;
      }
    }
  }

  stage& stage_;
  const batch& batch_;
  const batch_options& options_;
  std::unique_ptr<repeating_program> repeating_{};
  std::vector<child> children_{};
  std::map<std::uint64_t, std::uint64_t> hashes_{};
  batch_result total_{};
  wall_clock::time_point begin_{};
  wall_clock::time_point shown_{};
};

}  // namespace

batch_result run_batch(stage& on, const batch& b, const batch_options& options) {
  return collector{on, b, options}.run();
}

}  // namespace btc::sim
