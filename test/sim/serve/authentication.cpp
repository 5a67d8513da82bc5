#include "test/sim/serve/authentication.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr const char* masters = "system:masters";
constexpr const char* everybody = "system:authenticated";
constexpr std::string_view bearer = "Bearer ";

/// Is an object of this name and uid in the store?
[[nodiscard]] bool present(const cluster& c,
                           type_id type,
                           const std::string& ns,
                           const std::string& name,
                           const std::string& uid) {
  const auto found = c.objects().log(type).find(object_key_of(ns, name));
  return found && found->at("metadata").value("uid", "") == uid;
}

[[nodiscard]] caller account_caller(const token_claims& claims) {
  return {claims.user(),
          {"system:serviceaccounts", "system:serviceaccounts:" + claims.ns, everybody}};
}

}  // namespace

bool is_master(const caller& who) {
  return std::find(who.groups.begin(), who.groups.end(), masters) != who.groups.end();
}

std::optional<caller> authenticator::identify_token(std::string_view token,
                                                    std::chrono::sys_seconds now) const {
  const auto claims = tokens_.check(token, now);
  if (!claims
      || !present(
          cluster_, type_id::service_accounts, claims->ns, claims->account, claims->account_uid)) {
    return std::nullopt;
  }
  if (!claims->secret.empty()
      && !present(cluster_, type_id::secrets, claims->ns, claims->secret, claims->secret_uid)) {
    return std::nullopt;
  }
  return account_caller(*claims);
}

std::optional<caller> authenticator::identify(const exchange_request& r,
                                              std::chrono::sys_seconds now) const {
  caller who{"system:anonymous", {"system:unauthenticated"}};
  if (r.certificate) {
    who = {r.certificate->user, r.certificate->groups};
    who.groups.emplace_back(everybody);
  } else if (!r.authorization.empty()) {
    if (!r.authorization.starts_with(bearer)) {
      return std::nullopt;
    }
    auto found = identify_token(std::string_view{r.authorization}.substr(bearer.size()), now);
    if (!found) {
      return std::nullopt;
    }
    who = std::move(*found);
  }
  if (!r.impersonate_user.empty() && is_master(who)) {
    who = {r.impersonate_user, r.impersonate_groups};
    who.groups.emplace_back(everybody);
  }
  return who;
}

}  // namespace btc::sim
