#include "test/sim/cluster/builtin_schemas.hpp"

#include "test/sim/cluster/schema.hpp"
#include "test/sim/cluster/yaml.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>
#include <string>

namespace btc::sim {

namespace {

using json = nlohmann::json;

// What the Kubernetes OpenAPI document says about the lists and maps of these kinds
// (x-kubernetes-list-type, -list-map-keys, -map-type, -patch-merge-key), in short notation:
//   name: {field: …}   an object with these fields and no others
//   name: any          a scalar, or a part whose fields are not checked
//   name: map          a map of strings
//   name: atomic       owned as a whole
//   name: set          a list of distinct scalars
//   name: {$keys: [a], $items: {…}}   a list of objects with keys; $merge: the key of a strategic
//                      merge patch where it is another one
//   name: {$list: {…}} a list owned as a whole, of objects with these fields
//   name: =other       the same as the definition `other`
constexpr const char* definitions = R"(
probe: {exec: any, httpGet: any, tcpSocket: any, grpc: any, initialDelaySeconds: any, timeoutSeconds: any,
  periodSeconds: any, successThreshold: any, failureThreshold: any, terminationGracePeriodSeconds: any}
resources: {limits: map, requests: map, claims: {$keys: [name], $items: any}}
container:
  name: any
  image: any
  command: atomic
  args: atomic
  workingDir: any
  ports: {$keys: [containerPort, protocol], $merge: containerPort, $defaults: {protocol: TCP}, $items: {name: any, hostPort: any, containerPort: any, protocol: any, hostIP: any}}
  envFrom: atomic
  env: {$keys: [name], $items: {name: any, value: any, valueFrom: any}}
  resources: =resources
  resizePolicy: atomic
  restartPolicy: any
  volumeMounts: {$keys: [mountPath], $items: {name: any, readOnly: any, recursiveReadOnly: any, mountPath: any, subPath: any, mountPropagation: any, subPathExpr: any}}
  volumeDevices: {$keys: [devicePath], $items: any}
  livenessProbe: =probe
  readinessProbe: =probe
  startupProbe: =probe
  lifecycle: any
  terminationMessagePath: any
  terminationMessagePolicy: any
  imagePullPolicy: any
  securityContext: any
  stdin: any
  stdinOnce: any
  tty: any
selector: {$atomic: true, matchLabels: map, matchExpressions: atomic}
podSpec:
  volumes: {$keys: [name], $items: {$open: true, name: any, secret: any, emptyDir: any, configMap: any, persistentVolumeClaim: any, projected: any, hostPath: any, downwardAPI: any}}
  initContainers: {$keys: [name], $items: =container}
  containers: {$keys: [name], $items: =container}
  ephemeralContainers: {$keys: [name], $items: any}
  restartPolicy: any
  terminationGracePeriodSeconds: any
  activeDeadlineSeconds: any
  dnsPolicy: any
  nodeSelector: atomic
  serviceAccountName: any
  serviceAccount: any
  automountServiceAccountToken: any
  nodeName: any
  hostNetwork: any
  hostPID: any
  hostIPC: any
  shareProcessNamespace: any
  securityContext: any
  imagePullSecrets: {$keys: [name], $items: any}
  hostname: any
  hostnameOverride: any
  subdomain: any
  affinity: any
  schedulerName: any
  tolerations: atomic
  hostAliases: {$keys: [ip], $items: any}
  priorityClassName: any
  priority: any
  dnsConfig: any
  readinessGates: atomic
  runtimeClassName: any
  enableServiceLinks: any
  preemptionPolicy: any
  overhead: map
  topologySpreadConstraints: {$keys: [topologyKey, whenUnsatisfiable], $merge: topologyKey, $items: {maxSkew: any, topologyKey: any, whenUnsatisfiable: any, labelSelector: =selector, minDomains: any, nodeAffinityPolicy: any, nodeTaintsPolicy: any, matchLabelKeys: atomic}}
  setHostnameAsFQDN: any
  os: any
  hostUsers: any
  schedulingGates: {$keys: [name], $items: any}
  resourceClaims: {$keys: [name], $items: any}
  resources: any
  workloadRef: any
podTemplate: {metadata: =metadata, spec: =podSpec}
metadata:
  $open: true
  labels: map
  annotations: map
  finalizers: set
  ownerReferences: {$keys: [uid], $items: {$atomic: true, apiVersion: any, kind: any, name: any, uid: any, controller: any, blockOwnerDeletion: any}}
conditions: {$keys: [type], $items: any}
claimSpec: {accessModes: atomic, selector: =selector, resources: {limits: map, requests: map}, volumeName: any, storageClassName: any, volumeMode: any, dataSource: atomic, dataSourceRef: any, volumeAttributesClassName: any}
)";

constexpr const char* kinds = R"(
StatefulSet:
  spec:
    replicas: any
    selector: =selector
    template: =podTemplate
    volumeClaimTemplates: {$list: {$open: true, metadata: =metadata, spec: =claimSpec, status: any}}
    serviceName: any
    podManagementPolicy: any
    updateStrategy: {type: any, rollingUpdate: {partition: any, maxUnavailable: any}}
    revisionHistoryLimit: any
    minReadySeconds: any
    persistentVolumeClaimRetentionPolicy: {whenDeleted: any, whenScaled: any}
    ordinals: {start: any}
  status: {$open: true, conditions: =conditions}
Service:
  spec:
    ports: {$keys: [port, protocol], $merge: port, $defaults: {protocol: TCP}, $items: {name: any, protocol: any, appProtocol: any, port: any, targetPort: any, nodePort: any}}
    selector: atomic
    clusterIP: any
    clusterIPs: atomic
    type: any
    externalIPs: atomic
    sessionAffinity: any
    loadBalancerIP: any
    loadBalancerSourceRanges: atomic
    externalName: any
    externalTrafficPolicy: any
    healthCheckNodePort: any
    publishNotReadyAddresses: any
    sessionAffinityConfig: any
    ipFamilies: atomic
    ipFamilyPolicy: any
    allocateLoadBalancerNodePorts: any
    loadBalancerClass: any
    internalTrafficPolicy: any
    trafficDistribution: any
  status: {$open: true, conditions: =conditions}
Pod:
  spec: =podSpec
  status: {$open: true, conditions: =conditions, podIPs: {$keys: [ip], $items: any}, hostIPs: atomic, containerStatuses: atomic, initContainerStatuses: atomic}
Secret: {data: map, stringData: map, type: any, immutable: any}
ConfigMap: {data: map, binaryData: map, immutable: any}
Event: {$open: true, involvedObject: atomic, related: atomic}
Namespace: {spec: {finalizers: atomic}, status: {$open: true, conditions: =conditions}}
Node: {spec: {$open: true, taints: atomic, podCIDRs: set}, status: {$open: true, conditions: =conditions, addresses: {$keys: [type], $items: any}}}
ServiceAccount: {secrets: {$keys: [name], $items: any}, imagePullSecrets: atomic, automountServiceAccountToken: any}
PersistentVolumeClaim: {spec: =claimSpec, status: {$open: true, conditions: =conditions}}
Deployment: {spec: {replicas: any, selector: =selector, template: =podTemplate, strategy: {type: any, rollingUpdate: any}, minReadySeconds: any, revisionHistoryLimit: any, paused: any, progressDeadlineSeconds: any}, status: {$open: true, conditions: =conditions}}
)";

[[nodiscard]] json expand(const json& note, const json& all);

[[nodiscard]] json expand_list(const json& note, const json& all) {
  json out{{"type", "array"}};
  if (note.contains("$list")) {
    out["items"] = expand(note.at("$list"), all);
    return out;
  }
  out["x-kubernetes-list-type"] = "map";
  out["x-kubernetes-list-map-keys"] = note.at("$keys");
  out["x-kubernetes-patch-strategy"] = "merge";
  out["x-kubernetes-patch-merge-key"] =
      note.value("$merge", note.at("$keys").at(0).get<std::string>());
  out["items"] = expand(note.at("$items"), all);
  const auto defaults = note.value("$defaults", json::object());
  for (const auto& [key, value] : defaults.items()) {
    out["items"]["properties"][key]["default"] = value;
  }
  return out;
}

[[nodiscard]] json expand_word(const std::string& word, const json& all) {
  if (word.starts_with('=')) {
    return expand(all.at(word.substr(1)), all);
  }
  if (word == "map") {
    return {{"type", "object"}, {"additionalProperties", {{"x-kubernetes-int-or-string", true}}}};
  }
  if (word == "atomic") {
    return {{"x-kubernetes-map-type", "atomic"}, {"x-kubernetes-preserve-unknown-fields", true}};
  }
  if (word == "set") {
    return {{"type", "array"},
            {"x-kubernetes-list-type", "set"},
            {"x-kubernetes-patch-strategy", "merge"}};
  }
  return {{"x-kubernetes-preserve-unknown-fields", true}};
}

/// The short notation as an OpenAPI schema.
json expand(const json& note, const json& all) {
  if (note.is_string()) {
    return expand_word(note.get<std::string>(), all);
  }
  if (note.contains("$keys") || note.contains("$list")) {
    return expand_list(note, all);
  }
  json out{{"type", "object"}, {"properties", json::object()}};
  for (const auto& [key, value] : note.items()) {
    if (key == "$open") {
      out["x-kubernetes-preserve-unknown-fields"] = true;
    } else if (key == "$atomic") {
      out["x-kubernetes-map-type"] = "atomic";
    } else {
      out["properties"][key] = expand(value, all);
    }
  }
  return out;
}

[[nodiscard]] std::array<std::shared_ptr<const schema_node>, type_count> compile_all() {
  const auto all = parse_yaml(definitions).at(0);
  const auto notes = parse_yaml(kinds).at(0);
  const auto of = [&](const char* kind) {
    auto note = kind == nullptr ? json::object({{"$open", true}}) : notes.at(kind);
    note["metadata"] = "=metadata";
    return compile_schema(expand(note, all));
  };
  std::array<std::shared_ptr<const schema_node>, type_count> out;
  out.fill(of(nullptr));
  out[index_of(type_id::stateful_sets)] = of("StatefulSet");
  out[index_of(type_id::services)] = of("Service");
  out[index_of(type_id::pods)] = of("Pod");
  out[index_of(type_id::secrets)] = of("Secret");
  out[index_of(type_id::config_maps)] = of("ConfigMap");
  out[index_of(type_id::events)] = of("Event");
  out[index_of(type_id::namespaces)] = of("Namespace");
  out[index_of(type_id::nodes)] = of("Node");
  out[index_of(type_id::service_accounts)] = of("ServiceAccount");
  out[index_of(type_id::persistent_volume_claims)] = of("PersistentVolumeClaim");
  out[index_of(type_id::deployments)] = of("Deployment");
  return out;
}

}  // namespace

std::shared_ptr<const schema_node> builtin_schema(type_id id) {
  static const auto schemas = compile_all();
  return schemas[index_of(id)];
}

}  // namespace btc::sim
