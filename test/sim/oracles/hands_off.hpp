#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <set>
#include <string>
#include <utility>

namespace btc::sim {

/// A process that has told that a network is paused, or that its spec is invalid, writes none of
/// its children until a user lets it go on.
class hands_off_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "hands-off"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;

 private:
  std::set<std::pair<process_id, std::string>> told_{};  ///< process and uid
};

}  // namespace btc::sim
