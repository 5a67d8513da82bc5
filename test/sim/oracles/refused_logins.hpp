#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace btc::sim {

/// A node that goes on refusing the controller's credentials makes it read the Secret: no watch
/// tells of a Secret, and its timer is minutes away.
///
/// Whoever wants to read may be held up by a fault, and a network that is broken reads nothing, so
/// each of them begins the time anew.
class refused_logins_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "refused-logins"; }
  void on_rpc(const served_rpc& r, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_fault(std::string_view what) override;

 private:
  struct refusals {
    time_point since{};
    std::uint32_t polls{0};
  };

  /// In a row, without a look at a Secret, by process and uid of the node.
  std::map<std::pair<process_id, std::string>, refusals> refused_{};
};

}  // namespace btc::sim
