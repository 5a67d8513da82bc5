#include "test/sim/search/batches.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

/// Targets of a fault at one decision; beyond the last means the last, so some are tried twice.
constexpr std::uint32_t actors_max = 14;
constexpr std::uint32_t requests_max = 3;

[[nodiscard]] plan reference_plan(const std::string& workload, std::uint64_t seed) {
  auto p = calm_plan(workload, seed);
  p.patience = 60;
  return p;
}

[[nodiscard]] run_result reference_run(stage& on, const std::string& workload, std::uint64_t seed) {
  random_choices choices{seed};
  return run_once(on, reference_plan(workload, seed), choices);
}

}  // namespace

batch swarm_batch(const stage& on,
                  const std::string& workload,
                  std::uint64_t first_seed,
                  std::uint64_t count,
                  const std::vector<fault>& only) {
  std::vector<std::string> names;
  for (const auto& w : on.workloads) {
    if ((workload.empty() && w.soak.count() == 0) || w.name == workload) {
      names.push_back(w.name);
    }
  }
  return {"swarm", count, [names, first_seed, only](std::uint64_t i) {
            const auto seed = first_seed + i;
            auto p = swarm_plan(names[seed % names.size()], seed);
            for (std::size_t f = 0; f < fault_count && !only.empty(); ++f) {
              if (std::find(only.begin(), only.end(), static_cast<fault>(f)) == only.end()) {
                p.weights[f] = 0;
              }
            }
            return p;
          }};
}

batch enumeration(stage& on, const std::string& workload, std::uint64_t seed) {
  const auto reference = reference_run(on, workload, seed);
  const auto prefixes =
      static_cast<std::uint32_t>(reference.versions - on.model->initial_version());
  auto kinds = std::make_shared<std::vector<std::pair<fault, std::uint32_t>>>();
  kinds->emplace_back(fault::crash, 0);
  for (std::uint32_t i = 0; i < actors_max; ++i) {
    kinds->emplace_back(fault::kill_actor, i);
  }
  for (std::uint32_t i = 0; i < requests_max; ++i) {
    kinds->emplace_back(fault::lose_request, i);
    kinds->emplace_back(fault::lose_answer, i);
  }
  for (std::uint32_t i = 0; i <= prefixes; ++i) {
    kinds->emplace_back(fault::go_back, i);
  }
  return {"enumerate " + workload,
          reference.decisions * kinds->size(),
          [workload, seed, kinds](std::uint64_t i) {
            auto p = reference_plan(workload, seed);
            const auto& [what, target] = (*kinds)[i % kinds->size()];
            p.planned.push_back({i / kinds->size(), what, target});
            return p;
          }};
}

batch pairs(stage& on, const std::string& workload, std::uint64_t seed, std::uint64_t stride) {
  const auto points = reference_run(on, workload, seed).decisions / stride;
  constexpr std::array kinds{fault::crash, fault::lose_answer, fault::go_back};
  constexpr auto combinations = kinds.size() * kinds.size();
  return {
      "pairs " + workload,
      points * points / 2 * combinations,
      [workload, seed, stride, points, kinds](std::uint64_t i) {
        auto p = reference_plan(workload, seed);
        const auto pair = i / combinations;
        const auto a = pair / points;
        const auto b = pair % points;
        p.planned.push_back({std::min(a, b) * stride, kinds[i % kinds.size()], 3});
        p.planned.push_back({std::max(a, b) * stride, kinds[i / kinds.size() % kinds.size()], 3});
        return p;
      }};
}

}  // namespace btc::sim
