#include "test/sim/cluster/node_agent.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] std::string phase_of(const json& pod) {
  const auto* phase = k8s::member(pod, "status", "phase");
  return phase == nullptr ? std::string{} : phase->get<std::string>();
}

[[nodiscard]] bool condition(const json& pod, const char* type) {
  const auto* conditions = k8s::member(pod, "status", "conditions");
  for (std::size_t i = 0; conditions != nullptr && i < conditions->size(); ++i) {
    if (k8s::string_at((*conditions)[i], "type") == type) {
      return k8s::string_at((*conditions)[i], "status") == "True";
    }
  }
  return false;
}

void set_condition(json& pod, const char* type, bool holds, const std::string& now) {
  auto& conditions = pod["status"]["conditions"];
  json entry{{"type", type},
             {"status", holds ? "True" : "False"},
             {"lastProbeTime", nullptr},
             {"lastTransitionTime", now}};
  for (auto& c : conditions) {
    if (c.at("type") == type) {
      c = c.at("status") == entry.at("status") ? c : entry;
      return;
    }
  }
  conditions.push_back(std::move(entry));
}

void set_containers(
    json& pod, bool running, bool ready, int more_restarts, const std::string& now) {
  auto& statuses = pod["status"]["containerStatuses"];
  const auto before = statuses;
  statuses = json::array();
  const auto& containers = pod.at("spec").at("containers");
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const auto restarts =
        before.is_array() && i < before.size() ? before[i].value("restartCount", 0) : 0;
    statuses.push_back(
        {{"name", containers[i].at("name")},
         {"image", containers[i].at("image")},
         {"imageID", ""},
         {"ready", ready},
         {"started", running},
         {"restartCount", restarts + more_restarts},
         {"state",
          running ? json{{"running", {{"startedAt", now}}}}
                  : json{{"terminated", {{"exitCode", 137}, {"finishedAt", now}}}}}});
  }
}

[[nodiscard]] bool is_missing(const json& image) {
  return image.get_ref<const std::string&>().starts_with("missing.example/");
}

[[nodiscard]] bool has_images(const json& pod) {
  const auto& containers = pod.at("spec").at("containers");
  return std::none_of(containers.begin(), containers.end(), [](const json& c) {
    return is_missing(c.at("image"));
  });
}

}  // namespace

node_agent::node_agent(core& c, pod_runtime* runtime, node_agent_options options)
    : planned(c, "node-agent"), runtime_(runtime), options_(std::move(options)) {}

void node_agent::note(type_id type, const commit& c) {
  if (type == type_id::pods) {
    touch(c.key);
  } else if (type == type_id::secrets) {
    for (const auto& key : std::exchange(waiting_, {})) {
      touch(key);
    }
  }
}

void node_agent::note_all() {
  for (const auto& [key, pod] : objects().log(type_id::pods).objects()) {
    touch(key);
  }
}

/// Readiness is no object.
void node_agent::note_others() {
  if (runtime_ != nullptr) {
    for (auto& key : runtime_->take_changes()) {
      touch(std::move(key));
    }
  }
}

void node_agent::plan(const std::string& key) {
  if (const auto pod = objects().log(type_id::pods).find(key)) {
    plan_pod(key, *pod);
  }
}

void node_agent::plan_pod(const std::string& key, const json& pod) {
  const bool bound = k8s::member(pod, "spec", "nodeName") != nullptr;
  const auto phase = phase_of(pod);
  if (is_terminating(pod)) {
    if (!has_finalizers(pod)) {
      add([this, key] { let_go(key); });
    }
  } else if (!bound) {
    if (k8s::string_at(pod.at("spec"), "schedulerName") == "default-scheduler") {
      add([this, key] { bind(key); });
    }
  } else if (phase == "Pending") {
    if (!has_images(pod)) {
      if (k8s::member(pod, "status", "containerStatuses") == nullptr) {
        add([this, key] { fail_to_pull(key); });
      }
    } else if (volumes_there(pod)) {
      add([this, key] { start(key); });
    } else {
      waiting_.insert(key);
    }
  } else if (phase == "Running") {
    const bool able = runtime_ == nullptr || runtime_->is_ready(uid_of(pod));
    if (able != condition(pod, "Ready")) {
      add([this, key, able] { set_ready(key, able); });
    }
  }
}

bool node_agent::volumes_there(const json& pod) const {
  const auto* volumes = k8s::member(pod, "spec", "volumes");
  for (std::size_t i = 0; volumes != nullptr && i < volumes->size(); ++i) {
    const auto* secret = k8s::member((*volumes)[i], "secret");
    const bool optional = secret != nullptr && k8s::boolean_at(*secret, "optional").value_or(false);
    if (secret != nullptr && !optional
        && objects()
                   .log(type_id::secrets)
                   .find(object_key_of(namespace_of(pod), k8s::string_at(*secret, "secretName")))
               == nullptr) {
      return false;
    }
  }
  return true;
}

std::string node_agent::take_address() {
  if (options_.reuse_addresses && !freed_.empty()) {
    auto address = std::move(freed_.back());
    freed_.pop_back();
    return address;
  }
  const auto n = addresses_++;
  return options_.network + '.' + std::to_string(n / 250 % 256) + '.' + std::to_string(n % 250 + 2);
}

void node_agent::free_address(const json& pod) {
  if (const auto* address = k8s::member(pod, "status", "podIP")) {
    freed_.push_back(address->get<std::string>());
  }
}

void node_agent::put(json pod, const char* verb) {
  auto w = as(verb, "status");
  w.manager = "kubelet";
  static_cast<void>(
      cluster_core().put(cluster_core().model().type(type_id::pods), w, std::move(pod)));
}

void node_agent::bind(const std::string& key) {
  const auto& nodes = objects().log(type_id::nodes).objects();
  const auto live = objects().log(type_id::pods).find(key);
  if (live == nullptr || nodes.empty()) {
    return;
  }
  auto next = *live;
  next["spec"]["nodeName"] =
      std::next(nodes.begin(), bound_++ % static_cast<std::uint32_t>(nodes.size()))->first;
  set_condition(next, "PodScheduled", true, cluster_core().now_text());
  put(std::move(next), "bind");
}

void node_agent::start(const std::string& key) {
  const auto live = objects().log(type_id::pods).find(key);
  if (live == nullptr || !volumes_there(*live)) {  // a Secret may have gone since this was planned
    return;
  }
  auto next = *live;
  const auto& now = cluster_core().now_text();
  const auto address = take_address();
  next["status"]["phase"] = "Running";
  next["status"]["startTime"] = now;
  next["status"]["podIP"] = address;
  next["status"]["podIPs"] = json::array({{{"ip", address}}});
  set_condition(next, "Initialized", true, now);
  set_condition(next, "Ready", false, now);
  set_condition(next, "ContainersReady", false, now);
  set_containers(next, true, false, 0, now);
  if (runtime_ != nullptr) {
    runtime_->started(next);
  }
  put(std::move(next), "update");
}

void node_agent::fail_to_pull(const std::string& key) {
  const auto live = objects().log(type_id::pods).find(key);
  if (live == nullptr) {
    return;
  }
  auto next = *live;
  set_containers(next, false, false, 0, cluster_core().now_text());
  for (auto& status : next["status"]["containerStatuses"]) {
    status["state"] = {{"waiting", {{"reason", "ImagePullBackOff"}}}};
  }
  put(std::move(next), "update");
}

void node_agent::set_ready(const std::string& key, bool ready) {
  const auto live = objects().log(type_id::pods).find(key);
  if (live == nullptr) {
    return;
  }
  auto next = *live;
  const auto& now = cluster_core().now_text();
  set_condition(next, "Ready", ready, now);
  set_condition(next, "ContainersReady", ready, now);
  for (auto& container : next["status"]["containerStatuses"]) {
    container["ready"] = ready;
  }
  put(std::move(next), "update");
}

void node_agent::let_go(const std::string& key) {
  const auto live = objects().log(type_id::pods).find(key);
  if (live == nullptr) {
    return;
  }
  if (runtime_ != nullptr) {
    runtime_->stopped(uid_of(*live));
  }
  free_address(*live);
  delete_options options;
  options.grace_seconds = 0;
  options.uid = uid_of(*live);
  auto w = as("delete");
  w.manager = "kubelet";
  static_cast<void>(
      delete_object(cluster_core(), cluster_core().model().type(type_id::pods), w, live, options));
}

document node_agent::running(const std::string& key) const {
  auto live = objects().log(type_id::pods).find(key);
  return live != nullptr && phase_of(*live) == "Running" ? live : nullptr;
}

bool node_agent::restart(const std::string& key) {
  const auto live = running(key);
  if (live == nullptr) {
    return false;
  }
  auto next = *live;
  const auto& now = cluster_core().now_text();
  set_condition(next, "Ready", false, now);
  set_condition(next, "ContainersReady", false, now);
  set_containers(next, true, false, 1, now);
  if (runtime_ != nullptr) {
    runtime_->stopped(uid_of(*live));
    runtime_->started(next);
  }
  put(std::move(next), "update");
  return true;
}

bool node_agent::fail_probe(const std::string& key) {
  if (running(key) == nullptr) {
    return false;
  }
  set_ready(key, false);
  return true;
}

bool node_agent::evict(const std::string& key) {
  const auto live = running(key);
  if (live == nullptr) {
    return false;
  }
  if (runtime_ != nullptr) {
    runtime_->stopped(uid_of(*live));
  }
  free_address(*live);
  auto next = *live;
  const auto& now = cluster_core().now_text();
  next["status"]["phase"] = "Failed";
  next["status"]["reason"] = "Evicted";
  next["status"]["message"] = "The node was low on resource: memory.";
  next["status"].erase("podIP");
  next["status"].erase("podIPs");
  set_condition(next, "Ready", false, now);
  set_containers(next, false, false, 0, now);
  put(std::move(next), "update");
  return true;
}

bool node_agent::lose(const std::string& key) {
  if (objects().log(type_id::pods).find(key) == nullptr) {
    return false;
  }
  let_go(key);
  return true;
}

bool node_agent::change_address(const std::string& key) {
  const auto live = running(key);
  if (live == nullptr) {
    return false;
  }
  auto next = *live;
  const auto address = take_address();
  free_address(*live);
  next["status"]["podIP"] = address;
  next["status"]["podIPs"] = json::array({{{"ip", address}}});
  set_containers(next, true, false, 1, cluster_core().now_text());
  set_condition(next, "Ready", false, cluster_core().now_text());
  if (runtime_ != nullptr) {
    runtime_->stopped(uid_of(*live));
    runtime_->started(next);
  }
  put(std::move(next), "update");
  return true;
}

}  // namespace btc::sim
