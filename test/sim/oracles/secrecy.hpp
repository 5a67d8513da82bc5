#pragma once

#include "test/sim/oracles/oracle.hpp"

#include <nlohmann/json_fwd.hpp>

namespace btc::sim {

/// The controller writes a password to one place only: under its key in the data of a Secret with
/// credentials that it makes itself. Not elsewhere in that Secret, not in another, not in a request
/// that the server refuses. All passwords of a run carry a mark, plain or in base64.
class secrecy_oracle final : public oracle {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "secrecy"; }
  void on_commit(const commit_notice& n, const world_view& v) override;
  void on_request(const served_request& r, const world_view& v) override;
};

}  // namespace btc::sim
