#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstddef>

namespace btc::sim {

/// The controller never ends by itself, no actor ends by an exception, and at rest there are as
/// many actors and timers as the networks need.
class runtime_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "runtime"; }
  void on_process_ended(process_id p, int code) override;
  void on_actor_failed(std::string_view what) override;
  void on_rest(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  void check(const world_view& v, std::string_view when);

  std::size_t timers_at_rest_{0};
};

}  // namespace btc::sim
