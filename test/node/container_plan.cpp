#include "test/node/container.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace btc::node {

namespace {

using json = nlohmann::json;

}  // namespace

container_plan plan_container(const pod_spec& pod, const pod_places& places) {
  container_plan out{.net_namespace = places.net_namespace,
                     .root = places.folder / "root",
                     .pid_file = places.folder / "pid",
                     .user = pod.user,
                     .group = pod.group,
                     .read_only_root = pod.read_only_root,
                     .arguments = pod.arguments};
  if (pod.fs_group) {
    out.groups.push_back(*pod.fs_group);
  }
  // The parent: what runs bitcoind may lie beside its folder.
  const auto image = places.programs.parent_path().string();
  out.binds = {{"/usr", "/usr", true}, {places.etc, "/etc", true}};
  if (image != "/usr") {
    out.binds.push_back({image, image, true});
  }
  for (const auto& mount : pod.mounts) {
    if (const auto found = places.volumes.find(mount.volume); found != places.volumes.end()) {
      out.binds.push_back({found->second, mount.path, mount.read_only});
    }
  }
  std::ranges::stable_sort(
      out.binds, {}, [](const bind_mount& b) { return std::ranges::count(b.to, '/'); });
  out.environment = {"PATH=" + places.programs.string() + ":/usr/local/bin:/usr/bin:/bin",
                     "HOME=/home/bitcoin",
                     "HOSTNAME=" + pod.hostname};
  for (const auto& [name, value] : pod.environment) {
    out.environment.push_back(name + '=' + value);
  }
  return out;
}

json to_json(const container_plan& plan) {
  json binds = json::array();
  for (const auto& bind : plan.binds) {
    binds.push_back({{"from", bind.from}, {"to", bind.to}, {"readOnly", bind.read_only}});
  }
  return {{"netNamespace", plan.net_namespace},
          {"root", plan.root},
          {"pidFile", plan.pid_file},
          {"binds", std::move(binds)},
          {"user", plan.user},
          {"group", plan.group},
          {"groups", plan.groups},
          {"readOnlyRoot", plan.read_only_root},
          {"arguments", plan.arguments},
          {"environment", plan.environment}};
}

container_plan plan_from(const json& document) {
  container_plan out;
  document.at("netNamespace").get_to(out.net_namespace);
  document.at("root").get_to(out.root);
  document.at("pidFile").get_to(out.pid_file);
  for (const auto& bind : document.at("binds")) {
    out.binds.push_back({bind.at("from"), bind.at("to"), bind.at("readOnly")});
  }
  document.at("user").get_to(out.user);
  document.at("group").get_to(out.group);
  document.at("groups").get_to(out.groups);
  document.at("readOnlyRoot").get_to(out.read_only_root);
  document.at("arguments").get_to(out.arguments);
  document.at("environment").get_to(out.environment);
  return out;
}

}  // namespace btc::node
