#include "test/sim/search/run.hpp"

#include "test/sim/oracles/all_oracles.hpp"
#include "test/sim/oracles/converged.hpp"
#include "test/sim/search/recorder.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <utility>

namespace btc::sim {

namespace {

/// What a handler's exception becomes: the product logs it, and an oracle hears of it.
class failure_sink final : public telemetry::log_sink {
 public:
  void write(const telemetry::log_record& r) override {
    if (r.event != "actor-failed") {
      return;
    }
    for (auto* o : listeners) {
      o->on_actor_failed(r.event);
    }
  }
  std::vector<observer*> listeners{};
};

/// The canonical final state of a quiet run from scratch with the same wishes. Made once each.
[[nodiscard]] const std::string& reference_for(stage& on,
                                               const nlohmann::json& wishes,
                                               bool lenient_crd) {
  static std::map<std::pair<bool, std::string>, std::string> made;
  auto& text = made[{lenient_crd, wishes.dump()}];
  if (text.empty()) {
    const auto name = "from scratch " + std::to_string(made.size());
    on.workloads.push_back({name, "", wishes.get<std::vector<nlohmann::json>>()});
    replayed_choices plain{{}};
    trace unread;
    auto p = calm_plan(name, 1);
    p.lenient_crd = lenient_crd;
    world w{on, p, plain, unread, why_not_converged};
    static_cast<void>(w.run());
    text = canonical_state(w.state());
    on.workloads.pop_back();
  }
  return text;
}

/// The first place where two texts differ, with some of its surroundings.
[[nodiscard]] std::string first_difference(const std::string& a, const std::string& b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) {
    ++i;
  }
  constexpr std::size_t before = 60;
  constexpr std::size_t shown = 140;
  const auto from = i > before ? i - before : 0;
  return "is …" + a.substr(from, shown) + "…, from scratch …" + b.substr(from, shown) + "…";
}

}  // namespace

run_result run_once(stage& on, const plan& p, choice_source& choices, const run_options& options) {
  run_result out;
  trace lines{options.trace_lines};
  failure_sink failures;
  on.log = telemetry::logger{failures, telemetry::log_level::error};
  world w{on, p, choices, lines, why_not_converged};
  coverage_recorder recorder{options.cover, options.find};
  w.add(recorder);
  if (options.also != nullptr) {
    w.add(*options.also);
  }
  const auto oracles = all_oracles();
  for (const auto& o : oracles) {
    w.add(*o);
    failures.listeners.push_back(o.get());
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto end = w.run();
  out.took = std::chrono::steady_clock::now() - begin;
  for (const auto& o : oracles) {
    if (o->broken() && !out.broken) {
      out.broken = o->broken();
    }
  }
  if (!out.broken && !end.converged) {
    out.broken = violation{"convergence", end.why_not};
  }
  // Nobody edits anything in a soak, and a run from scratch has not the time for so many networks.
  const bool soaked = on.find(p.workload)->soak.count() > 0;
  if (!out.broken && options.differential && !soaked) {
    const auto state = canonical_state(w.state());
    const auto& reference = reference_for(on, final_wishes(w.state()), p.lenient_crd);
    if (state != reference) {
      out.broken = violation{"schedule-independence", first_difference(state, reference)};
    }
  }
  out.decisions = end.decisions;
  out.faults = end.faults;
  out.requests = recorder.requests();
  out.virtual_time = end.virtual_time;
  out.hash = lines.hash();
  if (recorder.found() && !out.broken) {
    out.broken = violation{"find", "the run comes to " + std::string{options.find}};
  }
  if (out.broken || options.keep_log) {
    out.log = choices.log();
  }
  out.lines = lines.lines();
  on.log = {};
  return out;
}

}  // namespace btc::sim
