#include "test/sim/cluster/api.hpp"
#include "test/sim/serve/table.hpp"
#include "test/sim/serve/timestamps.hpp"

#include <algorithm>
#include <cctype>

namespace btc::sim {

namespace {

constexpr const char* none = "<none>";

/// A member, or an empty object: reading deep into what may be absent.
[[nodiscard]] const json& part(const json& value, const char* key) {
  static const json empty = json::object();
  const auto found = value.is_object() ? value.find(key) : value.end();
  return value.is_object() && found != value.end() ? *found : empty;
}

[[nodiscard]] std::string text(const json& value, const char* key, const char* fallback = "") {
  const auto& found = part(value, key);
  return found.is_string() && !found.get_ref<const std::string&>().empty()
             ? found.get<std::string>()
             : fallback;
}

[[nodiscard]] int number(const json& value, const char* key) {
  const auto& found = part(value, key);
  return found.is_number_integer() ? found.get<int>() : 0;
}

template <class Function>
[[nodiscard]] std::string join(const json& list, Function&& name, const char* fallback = none) {
  std::string result;
  for (const auto& item : list) {
    result += (result.empty() ? "" : ",") + name(item);
  }
  return result.empty() ? fallback : result;
}

[[nodiscard]] std::string labels(const json& map) {
  std::string result;
  for (const auto& [key, value] : map.items()) {
    result += (result.empty() ? "" : ",") + key + '=' + value.get<std::string>();
  }
  return result.empty() ? none : result;
}

[[nodiscard]] std::string created(const json& object, std::chrono::sys_seconds now) {
  return age_of(part(part(object, "metadata"), "creationTimestamp"), now);
}

[[nodiscard]] std::string pod_status(const json& pod) {
  if (part(pod, "metadata").contains("deletionTimestamp")) {
    return "Terminating";
  }
  const auto& status = part(pod, "status");
  for (const auto& container : part(status, "containerStatuses")) {
    const auto& state = part(container, "state");
    for (const char* kind : {"waiting", "terminated"}) {
      if (const auto reason = text(part(state, kind), "reason"); !reason.empty()) {
        return reason;
      }
    }
  }
  return text(status, "reason", text(status, "phase", "Unknown").c_str());
}

[[nodiscard]] std::vector<json> pod_cells(const json& pod, std::chrono::sys_seconds now) {
  const auto& status = part(pod, "status");
  const auto& spec = part(pod, "spec");
  int ready = 0;
  int restarts = 0;
  for (const auto& container : part(status, "containerStatuses")) {
    ready += container.value("ready", false) ? 1 : 0;
    restarts += number(container, "restartCount");
  }
  return {std::to_string(ready) + '/' + std::to_string(part(spec, "containers").size()),
          pod_status(pod),
          std::to_string(restarts),
          created(pod, now),
          text(status, "podIP", none),
          text(spec, "nodeName", none),
          text(status, "nominatedNodeName", none),
          none};
}

[[nodiscard]] std::vector<json> stateful_set_cells(const json& set, std::chrono::sys_seconds now) {
  const auto& containers = part(part(part(part(set, "spec"), "template"), "spec"), "containers");
  const auto member = [](const char* key) { return [key](const json& c) { return text(c, key); }; };
  return {std::to_string(number(part(set, "status"), "readyReplicas")) + '/'
              + std::to_string(number(part(set, "spec"), "replicas")),
          created(set, now),
          join(containers, member("name")),
          join(containers, member("image"))};
}

[[nodiscard]] std::vector<json> service_cells(const json& service, std::chrono::sys_seconds now) {
  const auto& spec = part(service, "spec");
  return {text(spec, "type"),
          text(spec, "clusterIP", none),
          none,
          join(part(spec, "ports"),
               [](const json& p) {
                 return std::to_string(number(p, "port")) + '/' + text(p, "protocol", "TCP");
               }),
          created(service, now),
          labels(part(spec, "selector"))};
}

[[nodiscard]] std::vector<json> event_cells(const json& event, std::chrono::sys_seconds now) {
  const auto& object = part(event, "involvedObject");
  const auto& source = part(event, "source");
  auto kind = text(object, "kind");
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  const auto first = age_of(part(event, "firstTimestamp"), now);
  const auto last = age_of(part(event, "lastTimestamp"), now);
  const int count = std::max(number(event, "count"), 1);
  return {count > 1 ? last + " (x" + std::to_string(count) + " over " + first + ')' : last,
          text(event, "type"),
          text(event, "reason"),
          kind + '/' + text(object, "name"),
          text(object, "fieldPath"),
          text(source, "component", text(event, "reportingComponent").c_str()),
          text(event, "message"),
          first,
          count,
          text(part(event, "metadata"), "name")};
}

[[nodiscard]] std::vector<json> node_cells(const json& node, std::chrono::sys_seconds now) {
  const auto& status = part(node, "status");
  std::string ready = "Unknown";
  for (const auto& condition : part(status, "conditions")) {
    if (text(condition, "type") == "Ready") {
      ready = text(condition, "status") == "True" ? "Ready" : "NotReady";
    }
  }
  return {ready, none, created(node, now), text(part(status, "nodeInfo"), "kubeletVersion")};
}

[[nodiscard]] std::vector<json> claim_cells(const json& claim, std::chrono::sys_seconds now) {
  const auto& spec = part(claim, "spec");
  return {text(part(claim, "status"), "phase", "Pending"),
          text(spec, "volumeName"),
          text(part(part(spec, "resources"), "requests"), "storage"),
          join(part(spec, "accessModes"),
               [](const json& mode) {
                 return mode == "ReadWriteOnce" ? "RWO" : mode.get<std::string>();
               }),
          text(spec, "storageClassName"),
          created(claim, now)};
}

[[nodiscard]] std::vector<json> lease_cells(const json& lease, std::chrono::sys_seconds now) {
  return {text(part(lease, "spec"), "holderIdentity"), created(lease, now)};
}

}  // namespace

std::string age_of(const json& timestamp, std::chrono::sys_seconds now) {
  const auto then = timestamp.is_string() ? parse_timestamp(timestamp.get_ref<const std::string&>())
                                          : std::nullopt;
  return then ? human_duration(now - *then) : "<unknown>";
}

std::string human_duration(std::chrono::seconds age) {
  using namespace std::chrono_literals;
  const auto s = age.count();
  const auto two = [](std::int64_t large, char a, std::int64_t small, char b) {
    return std::to_string(large) + a + (small == 0 ? "" : std::to_string(small) + b);
  };
  if (age < 0s) {
    return "0s";
  }
  if (age < 2min) {
    return std::to_string(s) + 's';
  }
  if (age < 10min) {
    return two(s / 60, 'm', s % 60, 's');
  }
  if (age < 3h) {
    return std::to_string(s / 60) + 'm';
  }
  if (age < 8h) {
    return two(s / 3600, 'h', s / 60 % 60, 'm');
  }
  if (age < 48h) {
    return std::to_string(s / 3600) + 'h';
  }
  return age < 192h ? two(s / 86400, 'd', s / 3600 % 24, 'h') : std::to_string(s / 86400) + 'd';
}

std::vector<column> builtin_columns(type_id id) {
  switch (id) {
    case type_id::pods:
      return {{"Ready", "string", 0},
              {"Status", "string", 0},
              {"Restarts", "string", 0},
              {"Age", "string", 0},
              {"IP", "string", 1},
              {"Node", "string", 1},
              {"Nominated Node", "string", 1},
              {"Readiness Gates", "string", 1}};
    case type_id::stateful_sets:
      return {{"Ready", "string", 0},
              {"Age", "string", 0},
              {"Containers", "string", 1},
              {"Images", "string", 1}};
    case type_id::services:
      return {{"Type", "string", 0},
              {"Cluster-IP", "string", 0},
              {"External-IP", "string", 0},
              {"Port(s)", "string", 0},
              {"Age", "string", 0},
              {"Selector", "string", 1}};
    case type_id::secrets:
      return {{"Type", "string", 0}, {"Data", "string", 0}, {"Age", "string", 0}};
    case type_id::config_maps:
      return {{"Data", "string", 0}, {"Age", "string", 0}};
    case type_id::events:
      return {{"Last Seen", "string", 0},
              {"Type", "string", 0},
              {"Reason", "string", 0},
              {"Object", "string", 0},
              {"Subobject", "string", 1},
              {"Source", "string", 1},
              {"Message", "string", 0},
              {"First Seen", "string", 1},
              {"Count", "string", 1},
              {"Name", "string", 1}};
    case type_id::namespaces:
      return {{"Status", "string", 0}, {"Age", "string", 0}};
    case type_id::nodes:
      return {{"Status", "string", 0},
              {"Roles", "string", 0},
              {"Age", "string", 0},
              {"Version", "string", 0}};
    case type_id::persistent_volume_claims:
      return {{"Status", "string", 0},
              {"Volume", "string", 0},
              {"Capacity", "string", 0},
              {"Access Modes", "string", 0},
              {"StorageClass", "string", 0},
              {"Age", "string", 0}};
    case type_id::leases:
      return {{"Holder", "string", 0}, {"Age", "string", 0}};
    case type_id::custom_resource_definitions:
      return {{"Created At", "date", 0}};
    default:
      return {{"Age", "string", 0}};
  }
}

std::vector<json> builtin_cells(type_id id, const json& object, std::chrono::sys_seconds now) {
  switch (id) {
    case type_id::pods:
      return pod_cells(object, now);
    case type_id::stateful_sets:
      return stateful_set_cells(object, now);
    case type_id::services:
      return service_cells(object, now);
    case type_id::secrets:
      return {text(object, "type"), part(object, "data").size(), created(object, now)};
    case type_id::config_maps:
      return {part(object, "data").size() + part(object, "binaryData").size(),
              created(object, now)};
    case type_id::events:
      return event_cells(object, now);
    case type_id::namespaces:
      return {text(part(object, "status"), "phase", "Active"), created(object, now)};
    case type_id::nodes:
      return node_cells(object, now);
    case type_id::persistent_volume_claims:
      return claim_cells(object, now);
    case type_id::leases:
      return lease_cells(object, now);
    case type_id::custom_resource_definitions:
      return {text(part(object, "metadata"), "creationTimestamp")};
    default:
      return {created(object, now)};
  }
}

}  // namespace btc::sim
