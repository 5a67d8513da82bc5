#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace btc::sim {

/// A StatefulSet never has a size that nobody asked for: what the controller writes lies between
/// the smallest and the largest spec.nodes that its network ever had.
class scale_bounds_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "scale-bounds"; }
  void on_commit(const commit_notice& n, const world_view& v) override;

 private:
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> asked_{};  ///< by uid
};

}  // namespace btc::sim
