#include "actors/reconcile/status.hpp"

#include "actors/reconcile/image_trouble.hpp"
#include "actors/reconcile/names.hpp"
#include "actors/reconcile/nodes.hpp"
#include "actors/reconcile/ownership.hpp"
#include "actors/reconcile/spec_rules.hpp"
#include "actors/reconcile/status_chain.hpp"
#include "actors/reconcile/status_nodes.hpp"
#include "k8s/json_object.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace btc::reconcile {

namespace {

/// Why a pod is not ready, for the end of a sentence; empty when it does not tell.
[[nodiscard]] std::string why(const node& n) {
  if (n.pod->meta.deleting) {
    return " (Terminating)";
  }
  const auto& reason = n.pod->waiting_reason;
  if (reason == "CrashLoopBackOff") {
    return " (CrashLoopBackOff; `kubectl logs " + n.pod->meta.key.name + " --previous` tells why)";
  }
  return reason.empty() ? "" : " (" + steady_reason(reason) + ')';
}

/// What the facts of one network amount to, gathered once for all conditions.
struct facts {
  const k8s::bitcoin_network& network;
  const k8s::stateful_set* set{nullptr};
  std::vector<node> nodes{};
  std::int32_t ready{0};
  std::int32_t replicas{0};
  /// What there should be; an invalid spec does not say, so the network is left as it is.
  std::int32_t want{0};
};

[[nodiscard]] facts gather(const observed& o) {
  facts f{*o.network, own_stateful_set(o)};
  f.nodes = nodes_of(o);
  f.ready = static_cast<std::int32_t>(
      std::count_if(f.nodes.begin(), f.nodes.end(), [](const node& n) { return n.ready(); }));
  f.replicas = f.set == nullptr ? 0 : f.set->replicas;
  f.want = spec_problems(f.network).empty() ? f.network.spec.nodes : f.replicas;
  return f;
}

/// What the network waits for, for the end of a sentence.
[[nodiscard]] std::string waits_for(const facts& f) {
  if (f.replicas > f.want) {
    return "; scaling down from " + std::to_string(f.replicas);
  }
  const auto unready =
      std::find_if(f.nodes.begin(), f.nodes.end(), [](const node& n) { return !n.ready(); });
  if (unready != f.nodes.end()) {
    return "; waiting for " + unready->pod->meta.key.name + why(*unready);
  }
  const auto missing = f.want - static_cast<std::int32_t>(f.nodes.size());
  if (missing <= 0) {
    return {};
  }
  const auto pods = missing == 1 ? "; 1 pod does not exist yet"
                                 : "; " + std::to_string(missing) + " pods do not exist yet";
  // What forbids them (a quota, Pod Security, a webhook) is told by Events of the StatefulSet.
  return pods + ", `kubectl describe sts " + f.set->meta.key.name + "` tells what holds them up";
}

struct verdict {
  bool is{false};
  std::string reason{};
  std::string message{};
};

[[nodiscard]] verdict judge_ready(const facts& f) {
  if (f.set == nullptr) {
    return {false, "Pending", "the StatefulSet does not exist yet"};
  }
  const auto count = std::to_string(std::min(f.ready, f.want)) + " of " + std::to_string(f.want)
                     + " nodes are ready";
  if (f.ready == f.want && f.replicas == f.want) {
    return {true, "AllNodesReady", count};
  }
  return {false, "NodesNotReady", count + waits_for(f)};
}

[[nodiscard]] verdict judge_progressing(const facts& f, const degradation& degraded) {
  if (f.network.spec.paused) {
    return {false, "Paused", "spec.paused is true: nothing but the status is written"};
  }
  if (!degraded.reason.empty() && degraded.blocks) {
    return {false, degraded.reason, "nothing is done until the cause of Degraded is gone"};
  }
  if (f.set == nullptr) {
    return {true, "Creating", "the children are being created"};
  }
  if (f.replicas != f.want) {
    return {true,
            "Scaling",
            "from " + std::to_string(f.replicas) + " to " + std::to_string(f.want) + " nodes"};
  }
  if (f.set->observed_generation != f.set->meta.generation || f.set->updated_replicas < f.want) {
    return {true, "RollingOut", "pods are being replaced by new ones"};
  }
  if (f.ready < f.want) {
    return {true, "WaitingForNodes", "not all nodes are ready"};
  }
  return {false, "UpToDate", "nothing is under way"};
}

[[nodiscard]] std::string phase_of(const facts& f, bool ready, bool degraded) {
  if (f.network.spec.paused) {
    return "Paused";
  }
  if (degraded) {
    return "Degraded";
  }
  if (f.set == nullptr) {
    return "Pending";
  }
  return ready ? "Ready" : "Progressing";
}

[[nodiscard]] k8s::condition make_condition(std::string_view type,
                                            std::string_view status,
                                            std::string reason,
                                            std::string message,
                                            const observed& o) {
  k8s::condition c{std::string{type},
                   std::string{status},
                   std::move(reason),
                   std::move(message),
                   o.network->meta.generation,
                   o.now};
  const auto* before = k8s::find_condition(o.network->status, type);
  if (before != nullptr && before->status == c.status && !before->last_transition_time.empty()) {
    c.last_transition_time = before->last_transition_time;
  }
  return c;
}

[[nodiscard]] k8s::condition make_condition(std::string_view type, verdict v, const observed& o) {
  return make_condition(
      type, v.is ? "True" : "False", std::move(v.reason), std::move(v.message), o);
}

/// A condition about the chain; as it was, and of the generation that it was of, without a finding.
void add_finding(std::string_view type,
                 std::optional<bitcoin::finding> found,
                 const observed& o,
                 std::vector<k8s::condition>& out) {
  if (found) {
    constexpr std::array<std::string_view, 3> words{"True", "False", "Unknown"};
    out.push_back(make_condition(type,
                                 words[static_cast<std::size_t>(found->is)],
                                 std::move(found->reason),
                                 std::move(found->message),
                                 o));
  } else if (const auto* before = k8s::find_condition(o.network->status, type)) {
    out.push_back(*before);
  }
}

}  // namespace

k8s::network_status status_of(const observed& o, const degradation& degraded) {
  const auto f = gather(o);
  k8s::network_status s;
  s.observed_generation = f.network.meta.generation;
  s.selector = std::string{label_app} + '=' + f.network.meta.key.name;
  s.replicas = f.replicas;
  s.ready_nodes = f.ready;
  s.nodes = describe_nodes(o, f.nodes);
  auto words = words_on_chain(o, f.nodes, degraded);
  s.peers = o.chain == nullptr && !o.unheard ? f.network.status.peers : connections(s.nodes);
  s.height = words.height;
  const bool is_degraded = !degraded.reason.empty();
  const auto ready = judge_ready(f);
  s.phase = phase_of(f, ready.is, is_degraded);
  s.conditions = {make_condition(condition_ready, ready, o),
                  make_condition(condition_progressing, judge_progressing(f, degraded), o)};
  add_finding(condition_peers, std::move(words.peers), o, s.conditions);
  add_finding(condition_chain, std::move(words.chain), o, s.conditions);
  s.conditions.push_back(make_condition(condition_degraded,
                                        is_degraded
                                            ? verdict{true, degraded.reason, degraded.message}
                                            : verdict{false, "AsExpected", ""},
                                        o));
  return s;
}

nlohmann::json status_patch(const k8s::network_status& before, const k8s::network_status& after) {
  if (before == after) {
    return nullptr;
  }
  // The first status is written whole: an absent field reads as its default and would look equal.
  const auto* known = before.conditions.empty() ? nullptr : &before;
  return k8s::json_object({{"status", k8s::changed_fields(known, after)}});
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
