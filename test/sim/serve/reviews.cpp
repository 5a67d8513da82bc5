#include "test/sim/serve/reviews.hpp"

#include "test/sim/cluster/rights.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/serve/timestamps.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::string_view asking = "/apis/authentication.k8s.io/v1/";
constexpr std::string_view allowing = "/apis/authorization.k8s.io/v1/";
constexpr std::chrono::seconds token_default{3600};
constexpr std::chrono::seconds token_least{600};

[[nodiscard]] std::string text(const json& object, const char* key) {
  return object.is_object() ? object.value(key, std::string{}) : std::string{};
}

[[nodiscard]] json spec_of(const document& body) {
  return body && body->is_object() ? body->value("spec", json::object()) : json::object();
}

[[nodiscard]] api_response answered(const document& body, json status) {
  json result = body && body->is_object() ? *body : json::object();
  result["metadata"] = {{"creationTimestamp", nullptr}};
  result["status"] = std::move(status);
  return success(201, std::make_shared<const json>(std::move(result)));
}

[[nodiscard]] json user_info(const caller& who) {
  return {{"username", who.user}, {"groups", who.groups}};
}

constexpr std::array verbs{
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};

}  // namespace

bool review_desk::allows(const json& spec, const caller& who) const {
  if (const auto path = spec.find("nonResourceAttributes"); path != spec.end()) {
    return is_master(who);
  }
  const auto attributes = spec.value("resourceAttributes", json::object());
  const auto verb = text(attributes, "verb");
  const auto group = text(attributes, "group");
  const auto resource = text(attributes, "resource");
  const auto subresource = text(attributes, "subresource");
  const auto ns = text(attributes, "namespace");
  const auto name = text(attributes, "name");
  return allowed(cluster_.objects(), who, {verb, group, resource, subresource, ns, name});
}

json review_desk::rules_of(const caller& who, std::string_view ns) const {
  json rules = json::array();
  const auto add = [&](const resource_type& type, std::string_view sub) {
    json granted = json::array();
    for (const auto* verb : verbs) {
      if (allowed(cluster_.objects(), who, {verb, type.group, type.plural, sub, ns, {}})) {
        granted.push_back(verb);
      }
    }
    if (!granted.empty()) {
      const auto resource = type.plural + (sub.empty() ? "" : '/' + std::string{sub});
      rules.push_back({{"verbs", std::move(granted)},
                       {"apiGroups", json::array({type.group})},
                       {"resources", json::array({resource})}});
    }
  };
  for (const auto& type : cluster_.model().types()) {
    add(type, {});
    if (type.status) {
      add(type, "status");
    }
  }
  return rules;
}

std::optional<api_response> review_desk::review(std::string_view path,
                                                const document& body,
                                                const caller& who,
                                                std::chrono::sys_seconds now) const {
  const auto spec = spec_of(body);
  if (path == std::string{allowing} + "selfsubjectaccessreviews") {
    return answered(body, {{"allowed", allows(spec, who)}});
  }
  if (path == std::string{allowing} + "subjectaccessreviews") {
    const caller asked{text(spec, "user"), spec.value("groups", std::vector<std::string>{})};
    return answered(body, {{"allowed", allows(spec, asked)}});
  }
  if (path == std::string{allowing} + "selfsubjectrulesreviews") {
    return answered(body,
                    {{"resourceRules", rules_of(who, text(spec, "namespace"))},
                     {"nonResourceRules", json::array()},
                     {"incomplete", false}});
  }
  if (path == std::string{asking} + "selfsubjectreviews") {
    return answered(body, {{"userInfo", user_info(who)}});
  }
  if (path == std::string{asking} + "tokenreviews") {
    const auto found = who_.identify_token(text(spec, "token"), now);
    return answered(body,
                    found ? json{{"authenticated", true}, {"user", user_info(*found)}}
                          : json{{"user", json::object()}, {"error", "invalid bearer token"}});
  }
  return std::nullopt;
}

api_response review_desk::make_token(std::string_view ns,
                                     std::string_view account,
                                     const document& body,
                                     std::chrono::sys_seconds now) const {
  const auto& model = cluster_.model();
  const auto found =
      cluster_.objects().log(type_id::service_accounts).find(object_key_of(ns, account));
  if (!found) {
    return not_found(model.type(type_id::service_accounts), account);
  }
  const auto spec = spec_of(body);
  const std::chrono::seconds wanted{spec.value("expirationSeconds", token_default.count())};
  if (wanted < token_least) {
    resource_type request;
    request.group = "authentication.k8s.io";
    request.kind = "TokenRequest";
    return invalid(request,
                   "",
                   {{"FieldValueInvalid",
                     "Invalid value: " + std::to_string(wanted.count())
                         + ": may not specify a duration less than 10 minutes",
                     "spec.expirationSeconds"}});
  }
  token_claims claims{std::string{ns},
                      std::string{account},
                      found->at("metadata").value("uid", ""),
                      now,
                      now + wanted,
                      {},
                      {}};
  if (const auto bound = spec.value("boundObjectRef", json{}); text(bound, "kind") == "Secret") {
    claims.secret = text(bound, "name");
    const auto secret =
        cluster_.objects().log(type_id::secrets).find(object_key_of(ns, claims.secret));
    if (!secret) {
      return not_found(model.type(type_id::secrets), claims.secret);
    }
    claims.secret_uid = secret->at("metadata").value("uid", "");
  }
  return answered(body,
                  {{"token", tokens_.issue(claims)},
                   {"expirationTimestamp", format_timestamp(claims.expires_at)}});
}

}  // namespace btc::sim
