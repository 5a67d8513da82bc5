#include "test/sim/serve/discovery.hpp"

#include "test/sim/cluster/api.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

/// The release whose behaviour the cluster has; test/controlplane builds the same.
constexpr const char* version_text = "v1.36.3-sim";

/// A subresource and what its documents are; an empty group means that of its parent.
struct subresource {
  const char* name;
  const char* kind;
  const char* group;
  const char* version;
  std::vector<const char*> verbs;
};

/// A resource that is asked and never stored; its id means nothing.
[[nodiscard]] bool is_review(const resource_type& type) {
  return type.kind.ends_with("Review");
}

[[nodiscard]] std::vector<subresource> subresources(const resource_type& type) {
  std::vector<subresource> result;
  if (is_review(type)) {
    return result;
  }
  if (type.status) {
    result.push_back({"status", type.kind.c_str(), "", "", {"get", "patch", "update"}});
  }
  if (type.scale) {
    result.push_back({"scale", "Scale", "autoscaling", "v1", {"get", "patch", "update"}});
  }
  if (type.id == type_id::pods) {
    result.push_back({"log", "Pod", "", "", {"get"}});
    result.push_back({"binding", "Binding", "", "", {"create"}});
    result.push_back({"eviction", "Eviction", "policy", "v1", {"create"}});
  } else if (type.id == type_id::namespaces) {
    result.push_back({"finalize", "Namespace", "", "", {"update"}});
  } else if (type.id == type_id::service_accounts) {
    result.push_back({"token", "TokenRequest", "authentication.k8s.io", "v1", {"create"}});
  }
  return result;
}

[[nodiscard]] json verbs_of(const resource_type& type) {
  if (is_review(type)) {
    return json::array({"create"});
  }
  return json::array(
      {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

[[nodiscard]] resource_type review(const char* group, const char* plural, const char* kind) {
  resource_type type;
  type.group = group;
  type.version = "v1";
  type.plural = plural;
  type.singular = plural;
  type.singular.pop_back();
  type.kind = kind;
  type.namespaced = false;
  return type;
}

[[nodiscard]] std::vector<resource_type> reviews() {
  constexpr const char* asking = "authentication.k8s.io";
  constexpr const char* allowing = "authorization.k8s.io";
  return {review(asking, "tokenreviews", "TokenReview"),
          review(asking, "selfsubjectreviews", "SelfSubjectReview"),
          review(allowing, "subjectaccessreviews", "SubjectAccessReview"),
          review(allowing, "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
          review(allowing, "selfsubjectrulesreviews", "SelfSubjectRulesReview")};
}

[[nodiscard]] json version_document() {
  return {{"major", "1"},
          {"minor", "36"},
          {"gitVersion", version_text},
          {"gitCommit", ""},
          {"gitTreeState", "clean"},
          {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", "none"},
          {"compiler", "g++"},
          {"platform", "linux/amd64"}};
}

void add_names(json& entry, const resource_type& type) {
  if (!type.short_names.empty()) {
    entry["shortNames"] = type.short_names;
  }
  if (!type.categories.empty()) {
    entry["categories"] = type.categories;
  }
}

[[nodiscard]] json plain_entry(const resource_type& type) {
  json entry = {{"name", type.plural},
                {"singularName", type.singular},
                {"namespaced", type.namespaced},
                {"kind", type.kind},
                {"verbs", verbs_of(type)}};
  add_names(entry, type);
  return entry;
}

[[nodiscard]] json plain_entry(const resource_type& type, const subresource& sub) {
  json entry = {{"name", type.plural + '/' + sub.name},
                {"singularName", ""},
                {"namespaced", type.namespaced},
                {"kind", sub.kind},
                {"verbs", sub.verbs}};
  if (*sub.group != '\0') {
    entry["group"] = sub.group;
    entry["version"] = sub.version;
  }
  return entry;
}

[[nodiscard]] json kind_of(std::string_view group,
                           std::string_view version,
                           std::string_view kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

[[nodiscard]] json aggregated_entry(const resource_type& type) {
  json entry = {{"resource", type.plural},
                {"responseKind", kind_of(type.group, type.version, type.kind)},
                {"scope", type.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", type.singular},
                {"verbs", verbs_of(type)}};
  add_names(entry, type);
  for (const auto& sub : subresources(type)) {
    const bool foreign = *sub.group != '\0';
    entry["subresources"].push_back(
        {{"subresource", sub.name},
         {"responseKind",
          kind_of(
              foreign ? sub.group : type.group, foreign ? sub.version : type.version, sub.kind)},
         {"verbs", sub.verbs}});
  }
  return entry;
}

}  // namespace

discovery::discovery(const std::vector<resource_type>& types) {
  auto all = types;
  for (auto& type : reviews()) {
    all.push_back(std::move(type));
  }
  for (auto& type : all) {
    auto found = std::find_if(
        groups_.begin(), groups_.end(), [&type](const group& g) { return g.name == type.group; });
    if (found == groups_.end()) {
      found = groups_.insert(groups_.end(), group{type.group, type.version, {}});
    }
    found->types.push_back(std::move(type));
  }
}

json discovery::group_document(const group& g) const {
  const json version = {{"groupVersion", g.name + '/' + g.version}, {"version", g.version}};
  return {{"name", g.name}, {"versions", json::array({version})}, {"preferredVersion", version}};
}

json discovery::resource_list(const group& g) const {
  json resources = json::array();
  for (const auto& type : g.types) {
    resources.push_back(plain_entry(type));
    for (const auto& sub : subresources(type)) {
      resources.push_back(plain_entry(type, sub));
    }
  }
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", g.name.empty() ? g.version : g.name + '/' + g.version},
          {"resources", std::move(resources)}};
}

json discovery::aggregate(bool core) const {
  json items = json::array();
  for (const auto& g : groups_) {
    if (g.name.empty() != core) {
      continue;
    }
    json resources = json::array();
    for (const auto& type : g.types) {
      resources.push_back(aggregated_entry(type));
    }
    json metadata = json::object();
    if (!core) {
      metadata["name"] = g.name;
    }
    metadata["creationTimestamp"] = nullptr;
    items.push_back({{"metadata", std::move(metadata)},
                     {"versions",
                      json::array({{{"version", g.version},
                                    {"freshness", "Current"},
                                    {"resources", std::move(resources)}}})}});
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/v2"},
          {"metadata", json::object()},
          {"items", std::move(items)}};
}

std::optional<json> discovery::find(std::string_view path, bool aggregated) const {
  if (path == "/version") {
    return version_document();
  }
  if (path == "/api" || path == "/apis") {
    const bool core = path == "/api";
    if (aggregated) {
      return aggregate(core);
    }
    if (core) {
      return json{{"kind", "APIVersions"},
                  {"versions", json::array({"v1"})},
                  {"serverAddressByClientCIDRs", json::array()}};
    }
    json groups = json::array();
    for (const auto& g : groups_) {
      if (!g.name.empty()) {
        groups.push_back(group_document(g));
      }
    }
    return json{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
  }
  for (const auto& g : groups_) {
    const auto root = g.name.empty() ? std::string{"/api"} : "/apis/" + g.name;
    if (path == root) {
      auto described = group_document(g);
      described["kind"] = "APIGroup";
      described["apiVersion"] = "v1";
      return described;
    }
    if (path == root + '/' + g.version) {
      return resource_list(g);
    }
  }
  return std::nullopt;
}

}  // namespace btc::sim
