#pragma once

#include "test/sim/search/coverage.hpp"
#include "test/sim/world/observer.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace btc::sim {

/// Counts what a run reached, and watches for one cell that somebody looks for.
class coverage_recorder final : public observer {
 public:
  /// `into` may be nullptr: then only `find` is watched for, and only when it is not empty.
  coverage_recorder(coverage* into, std::string_view find) : into_(into), find_(find) {}

  [[nodiscard]] bool looks_closely() const noexcept override { return counts(); }
  void on_step(const actor_step& s) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_answered(const waiting_answer& a) override;
  void on_fault(std::string_view what) override;
  void on_fault_in_phase(std::string_view fault, std::string_view phase) override;
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_rest(const world_view& v) override;

  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] bool found() const noexcept { return found_; }

 private:
  [[nodiscard]] bool counts() const noexcept { return into_ != nullptr || !find_.empty(); }
  void hit(std::string_view matrix, std::string_view cell);
  void note_answer(const served_request& r);
  void note_conditions(const commit_notice& n);
  void note_wishes(const commit_notice& n);
  void note_end_of_child(const commit_notice& n, const world_view& v);

  coverage* into_;
  std::string_view find_;
  bool found_{false};
  std::uint64_t requests_{0};
  std::uint64_t faults_{0};
  std::map<std::string, std::string> secrets_{};  ///< that each network's spec names, by its key
  std::string buffer_{};
};

}  // namespace btc::sim
