#pragma once

#include "test/sim/serve/authentication.hpp"

#include <string_view>

namespace btc::sim {

/// Questions that an API server answers and does not store: SelfSubjectAccessReview,
/// SubjectAccessReview, SelfSubjectRulesReview, SelfSubjectReview, TokenReview; and TokenRequest,
/// which makes a ServiceAccount's token.
class review_desk {
 public:
  review_desk(const cluster& c, const authenticator& who, const token_office& tokens)
      : cluster_(c), who_(who), tokens_(tokens) {}

  /// The answer to a POST to the path of a review, or nothing when the path is none.
  [[nodiscard]] std::optional<api_response> review(std::string_view path,
                                                   const document& body,
                                                   const caller& who,
                                                   std::chrono::sys_seconds now) const;

  /// The answer to a POST to serviceaccounts/<account>/token.
  [[nodiscard]] api_response make_token(std::string_view ns,
                                        std::string_view account,
                                        const document& body,
                                        std::chrono::sys_seconds now) const;

 private:
  [[nodiscard]] bool allows(const json& spec, const caller& who) const;
  [[nodiscard]] json rules_of(const caller& who, std::string_view ns) const;

  const cluster& cluster_;
  const authenticator& who_;
  const token_office& tokens_;
};

}  // namespace btc::sim
