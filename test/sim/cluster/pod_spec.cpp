#include "test/sim/cluster/pod_spec.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace btc::sim {

namespace {

constexpr int file_mode = 0644;

void default_probe(json& probe) {
  static const json defaults{{"timeoutSeconds", 1},
                             {"periodSeconds", 10},
                             {"successThreshold", 1},
                             {"failureThreshold", 3}};
  default_to(probe, defaults);
  if (auto http = probe.find("httpGet"); http != probe.end() && http->is_object()) {
    default_to(*http, {{"path", "/"}, {"scheme", "HTTP"}});
  }
}

/// Quantities may be written as numbers; they are kept as text.
void default_quantities(json& resources) {
  for (const auto* part : {"limits", "requests"}) {
    auto found = resources.find(part);
    if (found == resources.end() || !found->is_object()) {
      continue;
    }
    for (auto& quantity : *found) {
      if (quantity.is_number()) {
        quantity = quantity.dump();
      }
    }
  }
}

/// Always for ":latest" and for images without a tag.
[[nodiscard]] std::string pull_policy(const std::string& image) {
  const auto slash = image.rfind('/');
  const auto name = slash == std::string::npos ? image : image.substr(slash + 1);
  const bool digest = name.find('@') != std::string::npos;
  const auto colon = name.find(':');
  return !digest && (colon == std::string::npos || name.substr(colon) == ":latest")
             ? "Always"
             : "IfNotPresent";
}

void default_container(json& container) {
  static const json defaults{{"terminationMessagePath", "/dev/termination-log"},
                             {"terminationMessagePolicy", "File"},
                             {"resources", json::object()}};
  default_to(container, defaults);
  if (!container.contains("imagePullPolicy")) {
    container["imagePullPolicy"] = pull_policy(k8s::string_at(container, "image"));
  }
  default_quantities(container["resources"]);
  if (auto ports = container.find("ports"); ports != container.end() && ports->is_array()) {
    for (auto& port : *ports) {
      default_to(port, {{"protocol", "TCP"}});
    }
  }
  for (const auto* probe : {"startupProbe", "readinessProbe", "livenessProbe"}) {
    if (auto found = container.find(probe); found != container.end() && found->is_object()) {
      default_probe(*found);
    }
  }
}

void default_volume(json& volume) {
  for (const auto* source : {"secret", "configMap", "projected", "downwardAPI"}) {
    if (auto found = volume.find(source); found != volume.end() && found->is_object()) {
      default_to(*found, {{"defaultMode", file_mode}});
    }
  }
  if (volume.size() == 1) {  // a name alone
    volume["emptyDir"] = json::object();
  }
}

void check_container(const json& container,
                     const std::string& path,
                     std::set<std::string>& names,
                     std::vector<cause>& causes) {
  const auto name = k8s::string_at(container, "name");
  if (name.empty()) {
    causes.push_back({"FieldValueRequired", "Required value", path + ".name"});
  } else if (!is_dns_label(name, false)) {
    causes.push_back(
        {"FieldValueInvalid",
         "Invalid value: \"" + name
             + "\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters "
               "or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
               "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
         path + ".name"});
  } else if (!names.insert(name).second) {
    causes.push_back({"FieldValueDuplicate", "Duplicate value: \"" + name + '"', path + ".name"});
  }
  if (k8s::string_at(container, "image").empty()) {
    causes.push_back({"FieldValueRequired", "Required value", path + ".image"});
  }
  std::set<std::string> port_names;
  const auto* ports = k8s::member(container, "ports");
  for (std::size_t i = 0; ports != nullptr && i < ports->size(); ++i) {
    const auto port_path = path + ".ports[" + std::to_string(i) + ']';
    const auto number = k8s::integer_at((*ports)[i], "containerPort").value_or(0);
    if (number < 1 || number > 65535) {
      causes.push_back(
          {"FieldValueInvalid",
           "Invalid value: " + std::to_string(number) + ": must be between 1 and 65535, inclusive",
           port_path + ".containerPort"});
    }
    const auto port_name = k8s::string_at((*ports)[i], "name");
    if (!port_name.empty() && !port_names.insert(port_name).second) {
      causes.push_back(
          {"FieldValueDuplicate", "Duplicate value: \"" + port_name + '"', port_path + ".name"});
    }
  }
}

void check_weights(const json& affinity, const std::string& path, std::vector<cause>& causes) {
  for (const auto* part : {"nodeAffinity", "podAffinity", "podAntiAffinity"}) {
    const auto* preferred =
        k8s::member(affinity, part, "preferredDuringSchedulingIgnoredDuringExecution");
    for (std::size_t i = 0; preferred != nullptr && i < preferred->size(); ++i) {
      const auto weight = k8s::integer_at((*preferred)[i], "weight").value_or(0);
      if (weight < 1 || weight > 100) {
        causes.push_back(
            {"FieldValueInvalid",
             "Invalid value: " + std::to_string(weight) + ": must be in the range 1-100",
             path + '.' + part + ".preferredDuringSchedulingIgnoredDuringExecution["
                 + std::to_string(i) + "].weight"});
      }
    }
  }
}

void check_mounts(const json& spec,
                  const json& container,
                  const std::string& path,
                  std::vector<cause>& causes) {
  const auto* mounts = k8s::member(container, "volumeMounts");
  const auto* volumes = k8s::member(spec, "volumes");
  for (std::size_t i = 0; mounts != nullptr && i < mounts->size(); ++i) {
    const auto name = k8s::string_at((*mounts)[i], "name");
    const bool there =
        volumes != nullptr && std::any_of(volumes->begin(), volumes->end(), [&](const json& v) {
          return k8s::string_at(v, "name") == name;
        });
    if (!there) {
      causes.push_back({"FieldValueNotFound",
                        "Not found: \"" + name + '"',
                        path + ".volumeMounts[" + std::to_string(i) + "].name"});
    }
  }
}

}  // namespace

void default_to(json& object, const json& defaults) {
  for (const auto& [key, value] : defaults.items()) {
    if (const auto found = object.find(key); found == object.end() || found->is_null()) {
      object[key] = value;
    }
  }
}

void default_pod_spec(json& spec) {
  static const json defaults{{"dnsPolicy", "ClusterFirst"},
                             {"restartPolicy", "Always"},
                             {"schedulerName", "default-scheduler"},
                             {"securityContext", json::object()},
                             {"terminationGracePeriodSeconds", 30}};
  if (!spec.is_object()) {
    spec = json::object();
  }
  default_to(spec, defaults);
  for (const auto* list : {"containers", "initContainers"}) {
    if (auto found = spec.find(list); found != spec.end() && found->is_array()) {
      for (auto& container : *found) {
        default_container(container);
      }
    }
  }
  if (auto volumes = spec.find("volumes"); volumes != spec.end() && volumes->is_array()) {
    for (auto& volume : *volumes) {
      default_volume(volume);
    }
  }
  if (const auto account = k8s::string_at(spec, "serviceAccountName"); !account.empty()) {
    spec["serviceAccount"] = account;
  }
}

void check_pod_spec(const json& spec, const std::string& path, std::vector<cause>& causes) {
  const auto* containers = k8s::member(spec, "containers");
  if (containers == nullptr || containers->empty()) {
    causes.push_back({"FieldValueRequired", "Required value", path + ".containers"});
    return;
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < containers->size(); ++i) {
    const auto at = path + ".containers[" + std::to_string(i) + ']';
    check_container((*containers)[i], at, names, causes);
    check_mounts(spec, (*containers)[i], at, causes);
  }
  if (const auto* affinity = k8s::member(spec, "affinity")) {
    check_weights(*affinity, path + ".affinity", causes);
  }
}

}  // namespace btc::sim
