#include "test/sim/search/reference.hpp"

namespace btc::sim {

namespace {

class facts_recorder final : public observer {
 public:
  [[nodiscard]] bool looks_closely() const noexcept override { return true; }
  void on_decision(const decision_point& p) override {
    if (resting_) {
      return;
    }
    decision_facts f{p.actors, {}, p.versions, p.phases};
    for (const auto& c : p.calls) {
      f.sites.push_back(call_site(c.request));
    }
    facts_.push_back(std::move(f));
  }
  void on_rest(const world_view&) override { resting_ = true; }

  [[nodiscard]] std::vector<decision_facts> take() { return std::move(facts_); }

 private:
  std::vector<decision_facts> facts_{};
  bool resting_{false};
};

}  // namespace

reference_run observe_reference(stage& on,
                                const std::string& workload,
                                std::uint64_t seed,
                                bool patient) {
  reference_run out;
  out.plan = calm_plan(workload, seed);
  out.plan.patient = patient;
  facts_recorder recorder;
  random_choices choices{seed};
  run_options options;
  options.also = &recorder;
  static_cast<void>(run_once(on, out.plan, choices, options));
  out.at = recorder.take();
  return out;
}

}  // namespace btc::sim
