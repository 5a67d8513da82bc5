#include "test/sim/search/batches.hpp"

#include "test/sim/search/reference.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

/// A server that shows the state of some writes ago: for pairs, where all of them are too many.
constexpr std::uint32_t writes_back = 3;
/// How many of the last states an enumeration moves to at each decision.
constexpr std::uint32_t states_at_least = 8;

[[nodiscard]] bool wanted(const std::vector<fault>& only, fault f) {
  return only.empty() || std::find(only.begin(), only.end(), f) != only.end();
}

void add(std::vector<planned_fault>& to, std::uint64_t at, fault f, std::uint64_t targets) {
  for (std::uint32_t target = 0; target < targets; ++target) {
    to.push_back({at, f, target});
  }
}

/// The single faults of `only` that are possible at decision `at`.
void add_singles(std::vector<planned_fault>& to,
                 std::uint64_t at,
                 const decision_facts& facts,
                 const std::vector<fault>& only) {
  const std::pair<fault, std::uint64_t> kinds[] = {{fault::crash, 1},
                                                   {fault::kill_actor, facts.actors},
                                                   {fault::lose_request, facts.sites.size()},
                                                   {fault::lose_answer, facts.sites.size()}};
  for (const auto& [f, targets] : kinds) {
    if (wanted(only, f)) {
      add(to, at, f, targets);
    }
  }
  // Of the older states the last ones, and then each twice as far back: their number grows with the
  // run, and that of the moves to all of them with its square.
  for (std::uint32_t back = 0; back < facts.versions && wanted(only, fault::go_back);
       back = back < states_at_least ? back + 1 : 2 * back) {
    to.push_back({at, fault::go_back, back});
  }
}

/// A batch with one run for each entry: the plan with these faults besides.
using planned_run = std::pair<plan, std::vector<planned_fault>>;

[[nodiscard]] batch planned_batch(std::string name, std::vector<planned_run> runs) {
  const auto all = std::make_shared<const std::vector<planned_run>>(std::move(runs));
  return {std::move(name), all->size(), [all](std::uint64_t i) {
            auto p = all->at(i).first;
            p.planned = all->at(i).second;
            return p;
          }};
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
              if (!wanted(only, static_cast<fault>(f))) {
                p.weights[f] = 0;
              }
            }
            return p;
          }};
}

batch enumeration(stage& on,
                  const std::string& workload,
                  std::uint64_t seed,
                  const std::vector<fault>& only) {
  const auto reference = observe_reference(on, workload, seed, true);
  auto points = std::make_shared<std::vector<planned_fault>>();
  for (std::uint64_t at = 0; at < reference.at.size(); ++at) {
    add_singles(*points, at, reference.at[at], only);
  }
  return {"enumerate " + workload, points->size(), [p = reference.plan, points](std::uint64_t i) {
            auto out = p;
            out.planned.push_back(points->at(i));
            return out;
          }};
}

batch pairs(stage& on, const std::string& workload, std::uint64_t seed, std::uint64_t stride) {
  const auto reference = observe_reference(on, workload, seed, true);
  auto points = std::make_shared<std::vector<planned_fault>>();
  for (std::uint64_t at = 0; at < reference.at.size(); at += stride) {
    const auto& facts = reference.at[at];
    points->push_back({at, fault::crash, 0});
    if (!facts.sites.empty()) {
      points->push_back({at, fault::lose_answer, 0});
    }
    if (facts.versions > 1) {
      points->push_back({at, fault::go_back, writes_back});
    }
  }
  const auto n = points->size();
  return {"pairs " + workload, n * n, [p = reference.plan, points, n](std::uint64_t i) {
            auto out = p;
            const auto& a = points->at(std::min(i / n, i % n));
            const auto& b = points->at(std::max(i / n, i % n));
            out.planned = {a, b};
            return out;
          }};
}

namespace {

/// Where something was first seen in the reference runs.
struct place {
  const reference_run* run{nullptr};
  std::uint64_t at{0};
  std::uint32_t target{0};
};

/// The first decision of each workload at which a request of this kind is on its way.
[[nodiscard]] std::map<std::string, place> places_of_sites(const std::vector<reference_run>& runs) {
  std::map<std::string, place> places;
  for (const auto& run : runs) {
    for (std::uint64_t at = 0; at < run.at.size(); ++at) {
      const auto& sites = run.at[at].sites;
      for (std::uint32_t i = 0; i < sites.size(); ++i) {
        places.try_emplace(sites[i], place{&run, at, i});
      }
    }
  }
  return places;
}

/// Some decisions at which a network is in this phase; those with requests on their way first,
/// since most faults need one.
[[nodiscard]] std::map<std::string, std::vector<place>> places_of_phases(
    const std::vector<reference_run>& runs) {
  constexpr std::size_t places_max = 4;
  std::map<std::string, std::vector<place>> places;
  for (const bool busy : {true, false}) {
    for (const auto& run : runs) {
      for (std::uint64_t at = 0; at < run.at.size(); ++at) {
        for (const auto& phase : run.at[at].phases) {
          auto& found = places[phase];
          const bool another = found.empty() || found.back().run != &run || found.back().at != at;
          if (another && found.size() < places_max && (!busy || !run.at[at].sites.empty())) {
            found.push_back({&run, at, 0});
          }
        }
      }
    }
  }
  return places;
}

/// A node's answer lost here and there: nodes are asked late in a run, and answer at once, so the
/// places above hardly ever have such a call on its way.
void lose_rpcs(const reference_run& run, std::vector<planned_run>& runs) {
  constexpr std::uint64_t places = 60;
  for (std::uint64_t i = 0; i < places; ++i) {
    runs.push_back({run.plan, {{run.at.size() * i / places, fault::lose_rpc, 0}}});
  }
}

/// The server goes away while two Events are on their way: a rare moment, in which the recorder
/// hears of the second failure when it waits already.
void lose_events(const std::vector<reference_run>& references, std::vector<planned_run>& runs) {
  for (const auto& run : references) {
    const auto found = std::ranges::find_if(run.at, [](const decision_facts& at) {
      return std::ranges::count_if(at.sites,
                                   [](const auto& site) { return site.ends_with(" Event"); })
             > 1;
    });
    if (found != run.at.end()) {
      runs.push_back(
          {run.plan, {{static_cast<std::uint64_t>(found - run.at.begin()), fault::outage, 0}}});
    }
  }
}

/// What a workload comes to by itself, and what its edits come to where nobody refuses them.
void leave_alone(const stage& on,
                 const std::string& workload,
                 std::uint64_t seed,
                 std::vector<planned_run>& runs) {
  for (const auto& w : on.workloads) {
    const bool asked = workload.empty() ? w.soak.count() == 0 : w.name == workload;
    if (asked) {
      auto p = calm_plan(w.name, seed);
      p.lenient_crd = w.name.starts_with("spec-");
      runs.push_back({std::move(p), {}});
    }
  }
}

}  // namespace

batch matrices(stage& on,
               const std::string& workload,
               std::uint64_t seed,
               const std::vector<fault>& only) {
  std::vector<reference_run> references;
  for (std::size_t i = 0; i < on.workloads.size(); ++i) {
    // A soak is a day long, and chains of specs are alike: they come to no place of their own.
    const auto& w = on.workloads[i];
    if (workload.empty() ? w.soak.count() == 0 && !w.name.starts_with("spec-")
                         : w.name == workload) {
      references.push_back(observe_reference(on, std::string{w.name}, seed, false));
    }
  }
  // A place is taken where it comes first, so the shortest runs come first: they cost least.
  std::ranges::stable_sort(references, {}, [](const auto& r) { return r.at.size(); });
  std::vector<planned_run> runs;
  leave_alone(on, workload, seed, runs);
  for (const auto& [site, where] : places_of_sites(references)) {
    for (std::uint32_t kind = 0; kind < refusal_count && wanted(only, fault::refuse); ++kind) {
      const auto target = where.target * static_cast<std::uint32_t>(refusal_count) + kind;
      runs.push_back({where.run->plan, {{where.at, fault::refuse, target}}});
    }
  }
  for (const auto& [phase, places] : places_of_phases(references)) {
    for (const auto& where : places) {
      for (std::size_t f = 1; f < fault_count; ++f) {
        if (wanted(only, static_cast<fault>(f))) {
          runs.push_back({where.run->plan, {{where.at, static_cast<fault>(f), 0}}});
        }
      }
    }
  }
  if (wanted(only, fault::lose_rpc) && !references.empty()) {
    lose_rpcs(references.back(), runs);
  }
  if (wanted(only, fault::outage)) {
    lose_events(references, runs);
  }
  return planned_batch("matrices", std::move(runs));
}

}  // namespace btc::sim
