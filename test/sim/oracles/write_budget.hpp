#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>

namespace btc::sim {

/// Writes are answers to something: their number is bounded by what users, built-ins and faults
/// did. Finds loops that end by luck, and floods of Events.
class write_budget_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "write-budget"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  std::uint64_t writes_{0};
  std::uint64_t events_{0};
  std::uint64_t others_{0};  ///< commits of everybody else, and blocks
};

}  // namespace btc::sim
