#pragma once

#include "test/sim/world/fault.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// A fault that happens at a given decision rather than by chance: a point of an enumeration.
struct planned_fault {
  std::uint64_t at{0};
  fault what{fault::none};
  std::uint32_t target{0};  ///< which actor, request or old version; beyond the last means the last

  friend bool operator==(const planned_fault&, const planned_fault&) = default;
};

/// Everything about a run that is fixed before it begins. A plan and a choice log are the run.
struct plan {
  std::string workload{};
  std::uint64_t seed{1};  ///< of the actors' jitter and of random choices
  std::array<std::uint32_t, fault_count> weights{};  ///< 0: this fault does not happen
  std::uint32_t budget{0};                           ///< random faults in all
  std::vector<planned_fault> planned{};

  std::uint32_t patience{40};    ///< decisions with faults after the last edit
  std::uint32_t act_weight{40};  ///< how eager actors are, against 15 of a delivery
  std::uint32_t time_weight{1};  ///< how often time passes although there is work
  std::uint32_t user_weight{4};  ///< how often the user does not wait for rest
  bool single_events{false};     ///< a read of a watch gives one event
  bool by_ip{false};             ///< --peer-address=ip
  bool lists_only{false};        ///< an API server without WatchList: first states come in pages
  bool lenient_crd{false};       ///< the CRD is older than the controller and lets any value in
  bool patient{false};           ///< a user waits until his edits were observed

  // Numbers of the controller, drawn as well: a limit that nobody reaches is not tested.
  std::uint32_t inflight_requests_max{32};
  std::uint32_t turns_max{48};
  std::uint32_t page_size{500};
};

/// A plan without any fault, in which everybody is quick.
[[nodiscard]] plan calm_plan(std::string workload, std::uint64_t seed);

/// Draws all of the plan from the seed: half of the faults switched off, the others with weights of
/// their own, a budget of 0 to 6 (swarm testing, Groce et al., ISSTA 2012).
[[nodiscard]] plan swarm_plan(std::string workload, std::uint64_t seed);

/// One line a member, "name value…"; what equals the default is left out.
[[nodiscard]] std::string to_text(const plan& p);
/// Reads one line of to_text() into `p`; false when it is no line of a plan.
[[nodiscard]] bool read_line(std::string_view line, plan& p);

}  // namespace btc::sim
