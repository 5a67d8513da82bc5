#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <map>
#include <string>

namespace btc::sim {

/// A write that failed is not sent again at once, and not before the time that the API server asks
/// for. A retry inside a client would be one too: only whoever decides knows whether it is still
/// wanted.
///
/// Whoever waits forgets it when it dies, so nothing is said after an actor's death or a network's
/// deletion.
class pacing_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "pacing"; }
  void on_request(const served_request& r, const world_view& v) override;
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_fault(std::string_view what) override;

 private:
  std::map<std::string, time_point> not_before_{};  ///< by process, verb and object
  bool over_{false};
};

}  // namespace btc::sim
