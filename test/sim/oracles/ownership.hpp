#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <map>
#include <string>

namespace btc::sim {

/// The controller changes only what belongs to a network that was there: never an object without
/// our controller reference, never one of another network. It deletes nothing, and it writes
/// nothing of a BitcoinNetwork but its status.
class ownership_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "ownership"; }
  void on_commit(const commit_notice& n, const world_view& v) override;

 private:
  void check_child(const commit_notice& n);

  std::map<std::string, std::string> networks_{};  ///< name by uid, of all that ever were
};

}  // namespace btc::sim
