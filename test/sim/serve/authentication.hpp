#pragma once

#include "test/sim/cluster/cluster.hpp"
#include "test/sim/serve/exchange.hpp"
#include "test/sim/serve/tokens.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>

namespace btc::sim {

/// Who asks: by client certificate, or by a ServiceAccount's token whose account, and the Secret
/// that it is bound to, are still there. Without either: system:anonymous.
class authenticator {
 public:
  /// Both outlive the authenticator.
  authenticator(const cluster& c, const token_office& tokens) : cluster_(c), tokens_(tokens) {}

  /// The caller, or nothing when the credentials are wrong: 401. Impersonation is for the group
  /// system:masters; others who try it stay who they are.
  [[nodiscard]] std::optional<caller> identify(const exchange_request& r,
                                               std::chrono::sys_seconds now) const;

  /// Whose token it is, or nothing.
  [[nodiscard]] std::optional<caller> identify_token(std::string_view token,
                                                     std::chrono::sys_seconds now) const;

 private:
  const cluster& cluster_;
  const token_office& tokens_;
};

[[nodiscard]] bool is_master(const caller& who);

}  // namespace btc::sim
