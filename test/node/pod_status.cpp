#include "test/node/pod_status.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

namespace btc::node {

namespace {

using json = nlohmann::json;

/// Exit code of a process that a signal ended, as every shell and runtime counts it.
constexpr int signal_base = 128;

/// A container of its own for each run.
[[nodiscard]] std::string container_id(const pod_spec& spec, int restarts) {
  return "bitcoin-test-node://" + spec.uid + '/' + std::to_string(restarts);
}

[[nodiscard]] json terminated(const pod_spec& spec, const terminated_state& t) {
  json out{{"exitCode", t.signal == 0 ? t.exit_code : signal_base + t.signal},
           {"reason", t.signal == 0 && t.exit_code == 0 ? "Completed" : "Error"},
           {"startedAt", timestamp(t.started)},
           {"finishedAt", timestamp(t.finished)},
           {"containerID", container_id(spec, t.restarts)}};
  if (t.signal != 0) {
    out["signal"] = t.signal;
  }
  return {{"terminated", std::move(out)}};
}

[[nodiscard]] json container_state(const pod_spec& spec, const pod_state& state) {
  if (const auto* waiting = std::get_if<waiting_state>(&state.container)) {
    json out{{"reason", waiting->reason}};
    if (!waiting->message.empty()) {
      out["message"] = waiting->message;
    }
    return {{"waiting", std::move(out)}};
  }
  if (const auto* running = std::get_if<running_state>(&state.container)) {
    return {{"running", {{"startedAt", timestamp(running->since)}}}};
  }
  return terminated(spec, std::get<terminated_state>(state.container));
}

[[nodiscard]] json container_status(const pod_spec& spec, const pod_state& state) {
  json out{{"name", spec.container},
           {"image", spec.image},
           {"imageID", ""},
           {"restartCount", state.restarts},
           {"ready", state.ready},
           {"started", state.started},
           {"state", container_state(spec, state)},
           {"lastState", json::object()}};
  if (!std::holds_alternative<waiting_state>(state.container)) {
    out["imageID"] = spec.image;
    out["containerID"] = container_id(spec, state.restarts);
  }
  if (state.last) {
    out["lastState"] = terminated(spec, *state.last);
  }
  return out;
}

/// Since when the condition has stood: as before if it stood then.
[[nodiscard]] std::string since(const json& previous,
                                const std::string& type,
                                const std::string& status,
                                wall_time now) {
  if (previous.is_object() && previous.contains("conditions")) {
    for (const auto& old : previous["conditions"]) {
      if (old.value("type", "") == type && old.value("status", "") == status) {
        return old.value("lastTransitionTime", timestamp(now));
      }
    }
  }
  return timestamp(now);
}

[[nodiscard]] std::string_view name_of(pod_phase phase) noexcept {
  constexpr std::array<std::string_view, 4> names{"Pending", "Running", "Succeeded", "Failed"};
  return names[static_cast<std::size_t>(phase)];
}

}  // namespace

std::string timestamp(wall_time at) {
  const auto seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, sizeof "2026-11-24T15:04:05Z"> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

json pod_status(const pod_spec& spec,
                const pod_state& state,
                const std::string& host_ip,
                const json& previous,
                wall_time now) {
  json conditions = json::array();
  const auto add = [&](const char* type, bool is_true) {
    const std::string status = is_true ? "True" : "False";
    json condition{{"type", type}, {"status", status}};
    condition["lastTransitionTime"] = since(previous, type, status, now);
    if (!is_true) {
      condition["reason"] = "ContainersNotReady";
      condition["message"] = "containers with unready status: [" + spec.container + "]";
    }
    conditions.push_back(std::move(condition));
  };
  add("PodReadyToStartContainers", !state.ip.empty());
  add("Initialized", true);
  add("Ready", state.ready);
  add("ContainersReady", state.ready);
  add("PodScheduled", true);
  json out{{"phase", name_of(state.phase)},
           {"conditions", std::move(conditions)},
           {"hostIP", host_ip},
           {"hostIPs", json::array({{{"ip", host_ip}}})},
           {"startTime", timestamp(state.accepted)},
           {"containerStatuses", json::array({container_status(spec, state)})}};
  if (!state.ip.empty()) {
    out["podIP"] = state.ip;
    out["podIPs"] = json::array({{{"ip", state.ip}}});
  }
  return out;
}

}  // namespace btc::node
