#pragma once

#include "test/sim/search/coverage.hpp"
#include "test/sim/world/observer.hpp"

#include <cstdint>

namespace btc::sim {

/// Counts what a run reached.
class coverage_recorder final : public observer {
 public:
  explicit coverage_recorder(coverage* into) : into_(into) {}

  void on_request(const served_request& r, const world_view& v) override;
  void on_fault(std::string_view what) override;
  void on_commit(const commit_notice& n, const world_view& v) override;

  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }

 private:
  coverage* into_;
  std::uint64_t requests_{0};
};

}  // namespace btc::sim
