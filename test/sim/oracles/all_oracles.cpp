#include "test/sim/oracles/all_oracles.hpp"

#include "test/sim/oracles/attention.hpp"
#include "test/sim/oracles/back_offs.hpp"
#include "test/sim/oracles/events.hpp"
#include "test/sim/oracles/hands_off.hpp"
#include "test/sim/oracles/ownership.hpp"
#include "test/sim/oracles/pacing.hpp"
#include "test/sim/oracles/peering.hpp"
#include "test/sim/oracles/quiet.hpp"
#include "test/sim/oracles/read_own_writes.hpp"
#include "test/sim/oracles/refused_logins.hpp"
#include "test/sim/oracles/runtime.hpp"
#include "test/sim/oracles/scale_bounds.hpp"
#include "test/sim/oracles/secrecy.hpp"
#include "test/sim/oracles/status_rules.hpp"
#include "test/sim/oracles/write_budget.hpp"

namespace btc::sim {

bool by_controller(const commit_notice& n) {
  return n.who.user.ends_with("bitcoin-controller-sva");
}

std::vector<std::unique_ptr<oracle>> all_oracles() {
  std::vector<std::unique_ptr<oracle>> all;
  all.push_back(std::make_unique<ownership_oracle>());
  all.push_back(std::make_unique<scale_bounds_oracle>());
  all.push_back(std::make_unique<status_rules_oracle>());
  all.push_back(std::make_unique<secrecy_oracle>());
  all.push_back(std::make_unique<quiet_oracle>());
  all.push_back(std::make_unique<hands_off_oracle>());
  all.push_back(std::make_unique<peering_oracle>());
  all.push_back(std::make_unique<attention_oracle>());
  all.push_back(std::make_unique<refused_logins_oracle>());
  all.push_back(std::make_unique<write_budget_oracle>());
  all.push_back(std::make_unique<read_own_writes_oracle>());
  all.push_back(std::make_unique<pacing_oracle>());
  all.push_back(std::make_unique<back_offs_oracle>());
  all.push_back(std::make_unique<events_oracle>());
  all.push_back(std::make_unique<runtime_oracle>());
  return all;
}

}  // namespace btc::sim
