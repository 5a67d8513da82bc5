#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace btc::sim {

/// A status never speaks of a generation that is not there yet, never goes back to an older one,
/// and a condition's lastTransitionTime changes with its status and at no other time.
class status_rules_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "status-rules"; }
  void on_commit(const commit_notice& n, const world_view& v) override;

 private:
  void check_times(const std::string& key,
                   const nlohmann::json& before,
                   const nlohmann::json& after,
                   const world_view& v);

  struct change {
    time_point at{};
    bool prompt{false};  ///< and from then on
  };
  std::map<std::string, change> changed_{};  ///< the last, by network and condition
};

}  // namespace btc::sim
