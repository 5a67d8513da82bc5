#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>

namespace btc::sim {

/// Once everything is as wished, the controller writes nothing, and asks little: its watches are
/// opened again, a Secret is read now and then.
class quiet_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "quiet"; }
  void on_request(const served_request& r, const world_view& v) override;
  void on_rest(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  bool resting_{false};
  std::uint64_t reads_{0};
};

}  // namespace btc::sim
