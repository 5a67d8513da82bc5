#include "test/sim/cluster/rights.hpp"

#include "k8s/json_fields.hpp"

#include <algorithm>

namespace btc::sim {

namespace {

[[nodiscard]] bool lists(const json* values, std::string_view wanted) {
  return values != nullptr && std::any_of(values->begin(), values->end(), [&](const json& v) {
           return v == "*" || v == wanted;
         });
}

[[nodiscard]] bool rule_allows(const json& rule, const access& what) {
  std::string resource{what.resource};
  if (!what.subresource.empty()) {
    resource += '/';
    resource += what.subresource;
  }
  const auto* names = k8s::member(rule, "resourceNames");
  const bool named =
      names == nullptr || names->empty() || (!what.name.empty() && lists(names, what.name));
  return named && lists(k8s::member(rule, "verbs"), what.verb)
         && lists(k8s::member(rule, "apiGroups"), what.group)
         && lists(k8s::member(rule, "resources"), resource);
}

[[nodiscard]] bool is_about(const json& binding, const caller& who) {
  const auto* subjects = k8s::member(binding, "subjects");
  return subjects != nullptr && std::any_of(subjects->begin(), subjects->end(), [&](const json& s) {
           const auto kind = k8s::string_at(s, "kind");
           const auto name = k8s::string_at(s, "name");
           if (kind == "ServiceAccount") {
             return who.user
                    == "system:serviceaccount:" + k8s::string_at(s, "namespace") + ':' + name;
           }
           return kind == "User"
                      ? who.user == name
                      : std::find(who.groups.begin(), who.groups.end(), name) != who.groups.end();
         });
}

[[nodiscard]] bool role_allows(const store& objects,
                               const json& binding,
                               std::string_view ns,
                               const access& what) {
  const auto* reference = k8s::member(binding, "roleRef");
  if (reference == nullptr) {
    return false;
  }
  const bool cluster_role = k8s::string_at(*reference, "kind") == "ClusterRole";
  const auto name = k8s::string_at(*reference, "name");
  const auto role = cluster_role ? objects.log(type_id::cluster_roles).find(name)
                                 : objects.log(type_id::roles).find(object_key_of(ns, name));
  const auto* rules = role == nullptr ? nullptr : k8s::member(*role, "rules");
  return rules != nullptr && std::any_of(rules->begin(), rules->end(), [&](const json& rule) {
           return rule_allows(rule, what);
         });
}

}  // namespace

bool allowed(const store& objects, const caller& who, const access& what) {
  if (std::find(who.groups.begin(), who.groups.end(), "system:masters") != who.groups.end()) {
    return true;
  }
  for (const auto& [key, binding] : objects.log(type_id::cluster_role_bindings).objects()) {
    if (is_about(*binding, who) && role_allows(objects, *binding, {}, what)) {
      return true;
    }
  }
  for (const auto& [key, binding] : objects.log(type_id::role_bindings).objects()) {
    const auto ns = std::string_view{key}.substr(0, key.find('/'));
    if (ns == what.ns && is_about(*binding, who) && role_allows(objects, *binding, ns, what)) {
      return true;
    }
  }
  return false;
}

std::string why_forbidden(const caller& who, const access& what) {
  std::string out = "User \"" + who.user + "\" cannot ";
  out += what.verb;
  out += " resource \"";
  out += what.resource;
  if (!what.subresource.empty()) {
    out += '/';
    out += what.subresource;
  }
  out += "\" in API group \"";
  out += what.group;
  out += what.ns.empty() ? "\" at the cluster scope"
                         : "\" in the namespace \"" + std::string{what.ns} + '"';
  return out;
}

}  // namespace btc::sim
