#include "actors/reconcile/status.hpp"

#include "actors/reconcile/names.hpp"
#include "actors/reconcile/ownership.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace btc::reconcile {

namespace {

/// The ordinal in "<name>-sts-<ordinal>"; nothing when the name is of another form.
[[nodiscard]] std::optional<std::int32_t> ordinal_of(const std::string& pod_name) {
  const auto dash = pod_name.rfind('-');
  std::int32_t ordinal = 0;
  const auto* end = pod_name.data() + pod_name.size();
  const auto* begin = dash == std::string::npos ? end : pod_name.data() + dash + 1;
  const auto parsed = std::from_chars(begin, end, ordinal);
  const bool whole = begin != end && parsed.ec == std::errc{} && parsed.ptr == end;
  return whole ? std::optional{ordinal} : std::nullopt;
}

/// Pods of the StatefulSet, in the order of their ordinals: a stable order keeps the status equal
/// while nothing changes.
[[nodiscard]] std::vector<k8s::node_status> nodes_of(const observed& o) {
  std::vector<k8s::node_status> nodes;
  const auto service = service_name(o.network->meta.key.name);
  for (const auto& pod : o.pods) {
    const auto ordinal = ordinal_of(pod->meta.key.name);
    if (!ordinal || !is_pod_of(*pod, *o.network)) {
      continue;
    }
    nodes.push_back({*ordinal,
                     pod->ready && !pod->meta.deleting,
                     pod->ip,
                     pod->node_name,
                     pod->meta.key.name + '.' + service});
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
    return a.ordinal < b.ordinal;
  });
  return nodes;
}

/// "my-network-sts-2 (ErrImagePull)" of the first pod that is not ready.
[[nodiscard]] std::string first_unready(const observed& o) {
  const k8s::pod* first = nullptr;
  for (const auto& pod : o.pods) {
    if (!pod->ready && is_pod_of(*pod, *o.network)
        && (first == nullptr
            || ordinal_of(pod->meta.key.name) < ordinal_of(first->meta.key.name))) {
      first = pod.get();
    }
  }
  if (first == nullptr) {
    return {};
  }
  const auto why = first->waiting_reason.empty() ? "" : " (" + first->waiting_reason + ")";
  return "; waiting for " + first->meta.key.name + why;
}

struct verdict {
  bool is{false};
  std::string reason{};
  std::string message{};
};

[[nodiscard]] verdict judge_ready(const observed& o, const k8s::network_status& s) {
  const auto want = o.network->spec.nodes;
  const auto count = std::to_string(s.ready_nodes) + " of " + std::to_string(want);
  if (o.stateful_set == nullptr) {
    return {false, "Pending", "the StatefulSet does not exist yet"};
  }
  if (s.ready_nodes == want && s.replicas == want) {
    return {true, "AllNodesReady", count + " nodes are ready"};
  }
  return {false, "NodesNotReady", count + " nodes are ready" + first_unready(o)};
}

[[nodiscard]] verdict judge_progressing(const observed& o, const k8s::network_status& s) {
  const auto want = o.network->spec.nodes;
  if (o.network->spec.paused) {
    return {false, "Paused", "spec.paused is true: nothing but the status is written"};
  }
  if (o.stateful_set == nullptr) {
    return {true, "Creating", "the children are being created"};
  }
  const auto& set = *o.stateful_set;
  if (s.replicas != want) {
    return {true,
            "Scaling",
            "from " + std::to_string(s.replicas) + " to " + std::to_string(want) + " nodes"};
  }
  if (set.observed_generation != set.meta.generation || set.updated_replicas < want) {
    return {true, "RollingOut", "pods are being replaced by new ones"};
  }
  if (s.ready_nodes < want) {
    return {true, "WaitingForNodes", "not all nodes are ready"};
  }
  return {false, "UpToDate", "the network is as its spec says"};
}

[[nodiscard]] std::string phase_of(const observed& o, bool ready, bool degraded) {
  if (o.network->spec.paused) {
    return "Paused";
  }
  if (degraded) {
    return "Degraded";
  }
  if (o.stateful_set == nullptr) {
    return "Pending";
  }
  return ready ? "Ready" : "Progressing";
}

[[nodiscard]] k8s::condition make_condition(std::string_view type, verdict v, const observed& o) {
  k8s::condition c{std::string{type},
                   v.is ? "True" : "False",
                   std::move(v.reason),
                   std::move(v.message),
                   o.network->meta.generation,
                   o.now};
  const auto* before = k8s::find_condition(o.network->status, type);
  if (before != nullptr && before->status == c.status && !before->last_transition_time.empty()) {
    c.last_transition_time = before->last_transition_time;
  }
  return c;
}

}  // namespace

k8s::network_status status_of(const observed& o, const degradation& degraded) {
  k8s::network_status s;
  s.observed_generation = o.network->meta.generation;
  s.selector = std::string{label_app} + '=' + o.network->meta.key.name;
  s.nodes = nodes_of(o);
  s.ready_nodes = static_cast<std::int32_t>(
      std::count_if(s.nodes.begin(), s.nodes.end(), [](const auto& n) { return n.ready; }));
  s.replicas = o.stateful_set == nullptr ? 0 : o.stateful_set->replicas;
  const bool is_degraded = !degraded.reason.empty();
  const auto ready = judge_ready(o, s);
  s.phase = phase_of(o, ready.is, is_degraded);
  s.conditions = {make_condition(condition_ready, ready, o),
                  make_condition(condition_progressing, judge_progressing(o, s), o),
                  make_condition(condition_degraded,
                                 is_degraded ? verdict{true, degraded.reason, degraded.message}
                                             : verdict{false, "AsExpected", ""},
                                 o)};
  return s;
}

nlohmann::json status_patch(const k8s::network_status& before, const k8s::network_status& after) {
  if (before == after) {
    return nullptr;
  }
  const auto old_fields = k8s::to_json(before);
  const auto new_fields = k8s::to_json(after);
  auto changed = nlohmann::json::object();
  for (const auto& [key, value] : new_fields.items()) {
    // The first status is written whole: an absent field reads as its default and would look equal.
    if (before.conditions.empty() || old_fields.at(key) != value) {
      changed[key] = value;
    }
  }
  return {{"status", std::move(changed)}};
}

std::string why_not_ready(const k8s::network_status& status) {
  for (const auto type : {condition_degraded, condition_ready}) {
    const auto* c = k8s::find_condition(status, type);
    if (c != nullptr && (c->status == "True") == (type == condition_degraded)) {
      return c->reason + ": " + c->message;
    }
  }
  return status.conditions.empty() ? "not reconciled yet" : "";
}

}  // namespace btc::reconcile
