#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace btc::sim {

/// What is told twice is one Event with a count, and an Event that could not be sent for a moment
/// is sent later. What was told is forgotten when the recorder dies, so nothing is said after an
/// actor's death.
class events_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "events"; }
  void on_request(const served_request& r, const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_fault(std::string_view what) override;
  void on_end(const world_view& v) override;

 private:
  std::set<std::string> told_{};                   ///< by the living process
  std::map<std::string, std::uint32_t> failed_{};  ///< by target and name: tries so far
  process_id process_{0};
  bool over_{false};
};

}  // namespace btc::sim
