#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace btc::sim {

/// What a ServiceAccount's token says.
struct token_claims {
  std::string ns{};
  std::string account{};
  std::string account_uid{};
  std::chrono::sys_seconds issued_at{};
  std::chrono::sys_seconds expires_at{};
  std::string secret{};      ///< the Secret that it is bound to, or empty
  std::string secret_uid{};  ///< the token is void once that Secret is gone or another

  [[nodiscard]] std::string user() const { return "system:serviceaccount:" + ns + ':' + account; }
  friend bool operator==(const token_claims&, const token_claims&) = default;
};

/// Issues and checks ServiceAccount tokens: JSON Web Tokens (RFC 7519) as an API server makes
/// them, signed with HMAC-SHA256 under a key that is made with the object and never leaves it.
class token_office {
 public:
  /// Throws std::runtime_error when there are no random bytes.
  token_office();

  [[nodiscard]] std::string issue(const token_claims& claims) const;

  /// The claims, or nothing when the token is not ours, was changed, or is out of date at `now`.
  [[nodiscard]] std::optional<token_claims> check(std::string_view token,
                                                  std::chrono::sys_seconds now) const;

 private:
  [[nodiscard]] std::string sign(std::string_view text) const;
  std::string key_;
};

}  // namespace btc::sim
