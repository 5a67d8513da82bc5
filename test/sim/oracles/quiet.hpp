#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace btc::sim {

/// Once everything is as wished, the controller writes nothing, tells nodes nothing, and asks
/// little: its watches are opened again, a Secret is read now and then, each node is polled. Where
/// blocks are made, they come, and the status follows them, not more often than nodes are polled.
class quiet_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "quiet"; }
  void on_request(const served_request& r, const world_view& v) override;
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_rest(const world_view& v) override;
  void on_disturbed(const world_view& v) override;
  void on_end(const world_view& v) override;

 private:
  void check(const world_view& v);

  bool resting_{false};
  time_point since_{};
  std::uint64_t reads_{0};
  std::uint64_t polls_{0};
  std::uint64_t blocks_{0};
  std::map<std::string, std::uint64_t> statuses_{};  ///< writes by target, of restless networks
};

}  // namespace btc::sim
