#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>

namespace btc::sim {

/// Writes are answers to something: their number is bounded by what users, built-ins, nodes and
/// faults did. Finds loops that end by luck, and floods of Events. Two processes that overlap may
/// put each other's writes back, so those of the older one are causes too.
class write_budget_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "write-budget"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_process_started(process_id p) override;
  void on_end(const world_view& v) override;

 private:
  struct tally {
    std::uint64_t children{0};
    std::uint64_t statuses{0};
    std::uint64_t events{0};
  };

  void check(std::string_view what, std::uint64_t is, std::uint64_t most);

  process_id newest_{0};
  tally writes_{};             ///< of the newest process
  tally older_{};              ///< of all others
  std::uint64_t networks_{0};  ///< that were made
  std::uint64_t meddled_{0};   ///< commits of everybody else to our children, not their statuses
  std::uint64_t statuses_{0};  ///< and to what a status tells of: pods, and statuses of children
  std::uint64_t calls_{0};     ///< that told a node something: it answers otherwise afterwards
};

}  // namespace btc::sim
