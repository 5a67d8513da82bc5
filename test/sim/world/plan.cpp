#include "test/sim/world/plan.hpp"

#include "test/sim/scheduler/random.hpp"

#include <sstream>
#include <utility>

namespace btc::sim {

namespace {

/// The numeric members by name, for text in both directions.
constexpr std::array<std::pair<std::string_view, std::uint32_t plan::*>, 8> numbers{{
    {"budget", &plan::budget},
    {"patience", &plan::patience},
    {"act-weight", &plan::act_weight},
    {"time-weight", &plan::time_weight},
    {"user-weight", &plan::user_weight},
    {"inflight-requests-max", &plan::inflight_requests_max},
    {"turns-max", &plan::turns_max},
    {"page-size", &plan::page_size},
}};

constexpr std::array<std::pair<std::string_view, bool plan::*>, 5> switches{{
    {"single-events", &plan::single_events},
    {"by-ip", &plan::by_ip},
    {"lists-only", &plan::lists_only},
    {"lenient-crd", &plan::lenient_crd},
    {"patient", &plan::patient},
}};

void read_fault(std::istream& in, plan& p) {
  std::string name;
  planned_fault f;
  if (in >> f.at >> name >> f.target) {
    f.what = parse_fault(name).value_or(fault::none);
    p.planned.push_back(f);
  }
}

void read_weight(std::istream& in, plan& p) {
  std::string name;
  std::uint32_t weight = 0;
  if (in >> name >> weight) {
    if (const auto f = parse_fault(name)) {
      p.weights[static_cast<std::size_t>(*f)] = weight;
    }
  }
}

}  // namespace

plan calm_plan(std::string workload, std::uint64_t seed) {
  plan p;
  p.workload = std::move(workload);
  p.seed = seed;
  p.time_weight = 0;
  return p;
}

plan swarm_plan(std::string workload, std::uint64_t seed) {
  random_stream random{seed ^ 0x5157a243d1b0c8f1U};
  plan p;
  p.workload = std::move(workload);
  p.seed = seed;
  const auto draw_weight = [&] { return random.chance(50) ? 1 + random.below(8) : 0; };
  constexpr auto last_drawn_here = static_cast<std::size_t>(fault::lose_rpc);
  for (std::size_t f = 1; f <= last_drawn_here; ++f) {
    p.weights[f] = draw_weight();
  }
  p.budget = random.below(7);
  p.patience = random.below(160);
  p.act_weight = 5 + random.below(80);
  p.time_weight = random.chance(50) ? random.below(3) : 0;
  p.user_weight = random.below(8);
  p.single_events = random.chance(50);
  p.inflight_requests_max = random.chance(50) ? 32 : 1 + random.below(4);
  p.turns_max = random.chance(50) ? 48 : 1 + random.below(3);
  p.page_size = random.chance(50) ? 500 : 1 + random.below(3);
  p.by_ip = random.chance(25);
  p.lists_only = random.chance(25);
  // What came later is drawn later, so that a seed keeps the rest of its plan.
  p.weights[static_cast<std::size_t>(fault::outage)] = draw_weight();
  p.lenient_crd = random.chance(15);
  return p;
}

std::string to_text(const plan& p) {
  const plan defaults;
  std::ostringstream out;
  out << "workload " << p.workload << "\nseed " << p.seed << '\n';
  for (const auto& [name, member] : numbers) {
    if (p.*member != defaults.*member) {
      out << name << ' ' << p.*member << '\n';
    }
  }
  for (const auto& [name, member] : switches) {
    if (p.*member) {
      out << name << '\n';
    }
  }
  for (std::size_t f = 1; f < fault_count; ++f) {
    if (p.weights[f] != 0) {
      out << "fault-weight " << info(static_cast<fault>(f)).name << ' ' << p.weights[f] << '\n';
    }
  }
  for (const auto& f : p.planned) {
    out << "at " << f.at << ' ' << info(f.what).name << ' ' << f.target << '\n';
  }
  return out.str();
}

bool read_line(std::string_view line, plan& p) {
  std::istringstream in{std::string{line}};
  std::string name;
  in >> name;
  for (const auto& [known, member] : numbers) {
    if (name == known) {
      in >> p.*member;
      return true;
    }
  }
  for (const auto& [known, member] : switches) {
    if (name == known) {
      p.*member = true;
      return true;
    }
  }
  if (name == "workload") {
    in >> p.workload;
  } else if (name == "seed") {
    in >> p.seed;
  } else if (name == "fault-weight") {
    read_weight(in, p);
  } else if (name == "at") {
    read_fault(in, p);
  } else {
    return false;
  }
  return true;
}

}  // namespace btc::sim
