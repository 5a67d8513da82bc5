#pragma once

#include "k8s/kind.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace btc::test {

/// Sets the members of `defaults` that `object` lacks.
inline void default_to(nlohmann::json& object, const nlohmann::json& defaults) {
  for (const auto& [key, value] : defaults.items()) {
    if (!object.contains(key)) {
      object[key] = value;
    }
  }
}

inline void default_pod_template(nlohmann::json& spec) {
  default_to(spec,
             {{"dnsPolicy", "ClusterFirst"},
              {"restartPolicy", "Always"},
              {"schedulerName", "default-scheduler"},
              {"securityContext", nlohmann::json::object()},
              {"terminationGracePeriodSeconds", 30}});
  for (auto& container : spec["containers"]) {
    default_to(container,
               {{"terminationMessagePath", "/dev/termination-log"},
                {"terminationMessagePolicy", "File"},
                {"resources", nlohmann::json::object()}});
    for (const auto* probe : {"startupProbe", "readinessProbe", "livenessProbe"}) {
      if (container.contains(probe)) {
        default_to(container[probe], {{"successThreshold", 1}});
      }
    }
  }
}

/// What the API server adds to a child of ours, as kube-apiserver 1.36 does it.
[[nodiscard]] inline nlohmann::json with_server_defaults(k8s::kind kind, nlohmann::json document) {
  auto& spec = document["spec"];
  if (kind == k8s::kind::service) {
    default_to(spec,
               {{"clusterIPs", {"None"}},
                {"internalTrafficPolicy", "Cluster"},
                {"ipFamilies", {"IPv4"}},
                {"ipFamilyPolicy", "SingleStack"},
                {"sessionAffinity", "None"}});
    return document;
  }
  default_to(spec,
             {{"revisionHistoryLimit", 10},
              {"persistentVolumeClaimRetentionPolicy",
               {{"whenDeleted", "Retain"}, {"whenScaled", "Retain"}}}});
  if (spec.contains("volumeClaimTemplates")) {
    for (auto& claim : spec["volumeClaimTemplates"]) {
      default_to(claim, {{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}});
      default_to(claim, {{"status", {{"phase", "Pending"}}}});
      default_to(claim["spec"], {{"volumeMode", "Filesystem"}});
    }
  }
  default_to(spec["updateStrategy"], {{"rollingUpdate", {{"partition", 0}}}});
  default_pod_template(spec["template"]["spec"]);
  return document;
}

}  // namespace btc::test
