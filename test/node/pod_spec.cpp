#include "test/node/pod_spec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::node {

namespace {

using json = nlohmann::json;
using port_names = std::map<std::string, std::uint16_t>;

/// The value under `name`, or an empty one of the same type.
[[nodiscard]] const json& at(const json& object, const char* name) {
  static const json nothing;  // shared and never written
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? nothing : *found;
}

[[nodiscard]] std::string text(const json& object, const char* name, std::string fallback = {}) {
  const auto& value = at(object, name);
  return value.is_string() ? value.get<std::string>() : std::move(fallback);
}

template <class T>
[[nodiscard]] T number(const json& object, const char* name, T fallback) {
  const auto& value = at(object, name);
  return value.is_number_integer() ? value.get<T>() : fallback;
}

[[nodiscard]] std::vector<std::string> texts(const json& list) {
  std::vector<std::string> out;
  for (const auto& item : list) {
    if (item.is_string()) {
      out.push_back(item.get<std::string>());
    }
  }
  return out;
}

[[nodiscard]] port_names ports_of(const json& container) {
  port_names out;
  for (const auto& port : at(container, "ports")) {
    out[text(port, "name")] = number<std::uint16_t>(port, "containerPort", 0);
  }
  return out;
}

/// A port by number or by name; 0 for a name that no port has.
[[nodiscard]] std::uint16_t port_of(const json& action, const port_names& names) {
  const auto& port = at(action, "port");
  if (port.is_string()) {
    const auto found = names.find(port.get<std::string>());
    return found == names.end() ? std::uint16_t{0} : found->second;
  }
  return number<std::uint16_t>(action, "port", 0);
}

[[nodiscard]] http_action http_of(const json& action, const port_names& names) {
  http_action out{.port = port_of(action, names), .path = text(action, "path", "/")};
  for (const auto& header : at(action, "httpHeaders")) {
    out.headers.emplace_back(text(header, "name"), text(header, "value"));
  }
  return out;
}

[[nodiscard]] std::optional<probe_spec> probe_of(const json& container,
                                                 const char* name,
                                                 const port_names& names) {
  const auto& probe = at(container, name);
  if (!probe.is_object()) {
    return std::nullopt;
  }
  probe_spec out;
  if (probe.contains("exec")) {
    out.action = exec_action{texts(at(probe["exec"], "command"))};
  } else if (probe.contains("tcpSocket")) {
    out.action = tcp_action{port_of(probe["tcpSocket"], names)};
  } else {
    out.action = http_of(at(probe, "httpGet"), names);
  }
  out.initial_delay = std::chrono::seconds{number(probe, "initialDelaySeconds", 0)};
  out.period = std::chrono::seconds{std::max(1, number(probe, "periodSeconds", 10))};
  out.timeout = std::chrono::seconds{std::max(1, number(probe, "timeoutSeconds", 1))};
  out.success_threshold = std::max(1, number(probe, "successThreshold", 1));
  out.failure_threshold = std::max(1, number(probe, "failureThreshold", 3));
  return out;
}

[[nodiscard]] secret_volume secret_of(const json& source) {
  secret_volume out{.secret = text(source, "secretName"),
                    .mode = number(source, "defaultMode", 0644U)};
  for (const auto& item : at(source, "items")) {
    out.items.push_back({text(item, "key"), text(item, "path")});
  }
  return out;
}

void read_volumes(const json& spec, pod_spec& out) {
  for (const auto& volume : at(spec, "volumes")) {
    const auto name = text(volume, "name");
    if (volume.contains("emptyDir")) {
      out.volumes.emplace(name, empty_dir{});
    } else if (volume.contains("secret")) {
      out.volumes.emplace(name, secret_of(volume["secret"]));
    } else if (volume.contains("persistentVolumeClaim")) {
      out.volumes.emplace(name, claim_volume{text(volume["persistentVolumeClaim"], "claimName")});
    } else {
      out.unsupported = "volume " + name + " is neither emptyDir, secret nor persistentVolumeClaim";
    }
  }
}

void read_environment(const json& container, pod_spec& out) {
  for (const auto& variable : at(container, "env")) {
    const auto name = text(variable, "name");
    if (variable.contains("valueFrom")) {
      out.unsupported = "variable " + name + " has a valueFrom";
    }
    out.environment.emplace_back(name, expand(text(variable, "value"), out.environment));
  }
}

void read_security(const json& spec, const json& container, pod_spec& out) {
  const auto& of_pod = at(spec, "securityContext");
  const auto& own = at(container, "securityContext");
  out.user = number(own, "runAsUser", number(of_pod, "runAsUser", 0U));
  out.group = number(own, "runAsGroup", number(of_pod, "runAsGroup", 0U));
  if (at(of_pod, "fsGroup").is_number_integer()) {
    out.fs_group = of_pod["fsGroup"].get<unsigned>();
  }
  const auto& read_only = at(own, "readOnlyRootFilesystem");
  out.read_only_root = read_only.is_boolean() && read_only.get<bool>();
  const auto& non_root = at(of_pod, "runAsNonRoot");
  if (non_root.is_boolean() && non_root.get<bool>() && out.user == 0) {
    out.unsupported = "runAsNonRoot is set and the user is root";
  }
}

void read_container(const json& container, pod_spec& out) {
  out.container = text(container, "name");
  out.image = text(container, "image");
  read_environment(container, out);
  auto words = texts(at(container, "command"));
  if (words.empty()) {
    words.emplace_back("bitcoind");  // what the entrypoint of the image runs
  }
  const auto arguments = texts(at(container, "args"));
  words.insert(words.end(), arguments.begin(), arguments.end());
  for (const auto& word : words) {
    out.arguments.push_back(expand(word, out.environment));
  }
  for (const auto& mount : at(container, "volumeMounts")) {
    const auto& read_only = at(mount, "readOnly");
    out.mounts.push_back({text(mount, "name"),
                          text(mount, "mountPath"),
                          read_only.is_boolean() && read_only.get<bool>()});
  }
  const auto names = ports_of(container);
  out.startup = probe_of(container, "startupProbe", names);
  out.readiness = probe_of(container, "readinessProbe", names);
  out.liveness = probe_of(container, "livenessProbe", names);
}

[[nodiscard]] restart_policy policy_of(const json& spec) {
  const auto name = text(spec, "restartPolicy", "Always");
  if (name == "Never") {
    return restart_policy::never;
  }
  return name == "OnFailure" ? restart_policy::on_failure : restart_policy::always;
}

}  // namespace

pod_spec decode_pod_spec(const json& pod) {
  pod_spec out;
  const auto& metadata = at(pod, "metadata");
  const auto& spec = at(pod, "spec");
  out.key = {text(metadata, "namespace"), text(metadata, "name")};
  out.uid = text(metadata, "uid");
  out.hostname = text(spec, "hostname", out.key.name);
  out.subdomain = text(spec, "subdomain");
  out.restart = policy_of(spec);
  out.grace = std::chrono::seconds{number(spec, "terminationGracePeriodSeconds", 30)};
  for (const auto& [name, value] : at(spec, "nodeSelector").items()) {
    out.node_selector[name] = value.is_string() ? value.get<std::string>() : std::string{};
  }
  read_volumes(spec, out);
  const auto& containers = at(spec, "containers");
  if (containers.size() != 1 || !at(spec, "initContainers").empty()) {
    out.unsupported = "this node runs pods of exactly one container";
  }
  if (!containers.empty()) {
    read_container(containers[0], out);
    read_security(spec, containers[0], out);
  }
  return out;
}

std::string expand(std::string_view text,
                   const std::vector<std::pair<std::string, std::string>>& environment) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out += text.substr(0, dollar);
    text.remove_prefix(std::min(dollar, text.size()));
    const auto close = text.starts_with("$(") ? text.find(')') : std::string_view::npos;
    const auto known = std::ranges::find_if(environment, [&](const auto& variable) {
      return close != std::string_view::npos && variable.first == text.substr(2, close - 2);
    });
    if (text.starts_with("$$")) {
      out += '$';
      text.remove_prefix(2);
    } else if (known != environment.end()) {
      out += known->second;
      text.remove_prefix(close + 1);
    } else if (!text.empty()) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

bool image_exists(std::string_view image) noexcept {
  constexpr std::string_view registry = "docker.io/";
  constexpr std::string_view name = "bitcoin/bitcoin";
  if (image.starts_with(registry)) {
    image.remove_prefix(registry.size());
  }
  if (!image.starts_with(name)) {
    return false;
  }
  image.remove_prefix(name.size());
  return image.empty() || (image.size() > 1 && (image.front() == ':' || image.front() == '@'));
}

std::string dns_name(const pod_spec& pod) {
  return pod.subdomain.empty() ? std::string{}
                               : pod.hostname + '.' + pod.subdomain + '.' + pod.key.ns + ".svc";
}

}  // namespace btc::node
