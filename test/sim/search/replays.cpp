#include "test/sim/search/replays.hpp"

#include "test/sim/search/batches.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace btc::sim {

namespace fs = std::filesystem;

namespace {

[[nodiscard]] int replay_seed(stage& on,
                              const search_options& options,
                              findings& tell,
                              std::uint64_t seed) {
  const auto p = swarm_batch(on, options.workload, seed, 1, options.faults).make(0);
  random_choices choices{seed};
  run_options how;
  how.keep_log = true;
  how.find = options.find;
  auto r = run_once(on, p, choices, how);
  if (r.broken && options.shrink) {
    tell.explain(p, *r.broken);
    return 1;
  }
  kept_case c{p, std::move(r.log), {}};
  return tell.replay(c, true) ? 0 : 1;
}

}  // namespace

int replay(stage& on, const search_options& options, findings& tell) {
  std::uint64_t seed = 0;
  const auto& text = options.replay;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (problem == std::errc{} && end == text.data() + text.size()) {
    return replay_seed(on, options, tell, seed);
  }
  auto c = load_case(text);
  return tell.replay(c, true) ? 0 : 1;
}

std::vector<fs::path> case_files(const fs::path& directory) {
  std::vector<fs::path> files;
  if (fs::exists(directory)) {
    for (const auto& f : fs::directory_iterator(directory)) {
      files.push_back(f.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

int run_cases(findings& tell, const fs::path& directory) {
  const auto files = case_files(directory);
  int failed = 0;
  for (const auto& file : files) {
    auto c = load_case(file);
    const bool good = tell.replay(c, false);
    std::printf("%s %s\n", good ? "ok    " : "FAILED", file.stem().c_str());
    failed += good ? 0 : 1;
  }
  std::printf("%zu cases, %d failed\n", files.size(), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace btc::sim
