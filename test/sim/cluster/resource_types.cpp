#include "test/sim/cluster/builtin_schemas.hpp"
#include "test/sim/cluster/resource_type.hpp"

#include <utility>

namespace btc::sim {

namespace {

constexpr unsigned cluster_scoped = 1;
constexpr unsigned has_status = 2;
constexpr unsigned has_scale = 4;
constexpr unsigned counts = 8;  // generations

/// "statefulsets statefulset StatefulSet sts": plural, singular, kind, short names.
struct row {
  type_id id{};
  std::string_view group{};
  std::string_view plural{};
  std::string_view singular{};
  std::string_view kind{};
  std::string_view short_name{};
  unsigned flags{0};
  std::string_view category{};
};

constexpr std::string_view apps = "apps";
constexpr std::string_view rbac = "rbac.authorization.k8s.io";

constexpr row rows[] = {
    {type_id::namespaces,
     "",
     "namespaces",
     "namespace",
     "Namespace",
     "ns",
     cluster_scoped | has_status},
    {type_id::nodes, "", "nodes", "node", "Node", "no", cluster_scoped | has_status},
    {type_id::persistent_volumes,
     "",
     "persistentvolumes",
     "persistentvolume",
     "PersistentVolume",
     "pv",
     cluster_scoped | has_status},
    {type_id::custom_resource_definitions,
     "apiextensions.k8s.io",
     "customresourcedefinitions",
     "customresourcedefinition",
     "CustomResourceDefinition",
     "crd",
     cluster_scoped | has_status | counts},
    {type_id::cluster_roles,
     rbac,
     "clusterroles",
     "clusterrole",
     "ClusterRole",
     "",
     cluster_scoped},
    {type_id::cluster_role_bindings,
     rbac,
     "clusterrolebindings",
     "clusterrolebinding",
     "ClusterRoleBinding",
     "",
     cluster_scoped},
    {type_id::pods, "", "pods", "pod", "Pod", "po", has_status | counts, "all"},
    {type_id::services, "", "services", "service", "Service", "svc", has_status, "all"},
    {type_id::secrets, "", "secrets", "secret", "Secret", ""},
    {type_id::config_maps, "", "configmaps", "configmap", "ConfigMap", "cm"},
    {type_id::events, "", "events", "event", "Event", "ev"},
    {type_id::service_accounts, "", "serviceaccounts", "serviceaccount", "ServiceAccount", "sa"},
    {type_id::persistent_volume_claims,
     "",
     "persistentvolumeclaims",
     "persistentvolumeclaim",
     "PersistentVolumeClaim",
     "pvc",
     has_status},
    {type_id::endpoints, "", "endpoints", "endpoints", "Endpoints", "ep"},
    {type_id::stateful_sets,
     apps,
     "statefulsets",
     "statefulset",
     "StatefulSet",
     "sts",
     has_status | has_scale | counts,
     "all"},
    {type_id::controller_revisions,
     apps,
     "controllerrevisions",
     "controllerrevision",
     "ControllerRevision",
     ""},
    {type_id::deployments,
     apps,
     "deployments",
     "deployment",
     "Deployment",
     "deploy",
     has_status | has_scale | counts,
     "all"},
    {type_id::replica_sets,
     apps,
     "replicasets",
     "replicaset",
     "ReplicaSet",
     "rs",
     has_status | has_scale | counts,
     "all"},
    {type_id::daemon_sets,
     apps,
     "daemonsets",
     "daemonset",
     "DaemonSet",
     "ds",
     has_status | counts,
     "all"},
    {type_id::leases, "coordination.k8s.io", "leases", "lease", "Lease", ""},
    {type_id::roles, rbac, "roles", "role", "Role", ""},
    {type_id::role_bindings, rbac, "rolebindings", "rolebinding", "RoleBinding", ""},
    {type_id::pod_disruption_budgets,
     "policy",
     "poddisruptionbudgets",
     "poddisruptionbudget",
     "PodDisruptionBudget",
     "pdb",
     has_status | counts},
    {type_id::network_policies,
     "networking.k8s.io",
     "networkpolicies",
     "networkpolicy",
     "NetworkPolicy",
     "netpol",
     counts},
};

}  // namespace

std::vector<resource_type> builtin_types() {
  std::vector<resource_type> out;
  for (const auto& r : rows) {
    resource_type t;
    t.id = r.id;
    t.group = r.group;
    t.version = "v1";
    t.plural = r.plural;
    t.singular = r.singular;
    t.kind = r.kind;
    if (!r.short_name.empty()) {
      t.short_names.emplace_back(r.short_name);
    }
    if (!r.category.empty()) {
      t.categories.emplace_back(r.category);
    }
    t.namespaced = (r.flags & cluster_scoped) == 0;
    t.status = (r.flags & has_status) != 0;
    t.scale = (r.flags & has_scale) != 0;
    t.generations = (r.flags & counts) != 0;
    t.schema = builtin_schema(r.id);
    out.push_back(std::move(t));
  }
  return out;
}

}  // namespace btc::sim
