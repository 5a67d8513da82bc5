#include "test/sim/cluster/stateful_set_controller.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace btc::sim {

namespace {

/// FNV-1a in the alphabet of Kubernetes' safe encoding.
[[nodiscard]] std::string hash_of(const std::string& text) {
  constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  std::string out;
  for (int i = 0; i < 10; ++i, hash /= alphabet.size()) {
    out += alphabet[hash % alphabet.size()];
  }
  return out;
}

[[nodiscard]] std::int64_t replicas_of(const json& set) {
  return k8s::integer_at(set.at("spec"), "replicas").value_or(1);
}

[[nodiscard]] bool is_owned_by(const json& object, const std::string& uid) {
  const auto* owners = k8s::member(object, "metadata", "ownerReferences");
  for (std::size_t i = 0; owners != nullptr && i < owners->size(); ++i) {
    if (k8s::string_at((*owners)[i], "uid") == uid
        && k8s::boolean_at((*owners)[i], "controller").value_or(false)) {
      return true;
    }
  }
  return false;
}

[[nodiscard]] bool is_parallel(const json& set) {
  return k8s::string_at(set.at("spec"), "podManagementPolicy") == "Parallel";
}

[[nodiscard]] std::string label_of(const json& pod, const char* key) {
  const auto* labels = k8s::member(pod, "metadata", "labels");
  return labels == nullptr ? std::string{} : k8s::string_at(*labels, key);
}

constexpr auto revision_label = "controller-revision-hash";

/// Of a StatefulSet of this name that is gone: the collector has yet to take it away.
[[nodiscard]] bool is_predecessors(const json& claim, const json& set) {
  const auto* owners = k8s::member(claim, "metadata", "ownerReferences");
  return owners != nullptr && std::any_of(owners->begin(), owners->end(), [&](const json& owner) {
           return k8s::string_at(owner, "kind") == "StatefulSet"
                  && k8s::string_at(owner, "name") == name_of(set)
                  && k8s::string_at(owner, "uid") != uid_of(set);
         });
}

[[nodiscard]] std::string claim_key(const json& claim, const json& set, std::int64_t ordinal) {
  return object_key_of(namespace_of(set),
                       name_of(claim) + '-' + name_of(set) + '-' + std::to_string(ordinal));
}

[[nodiscard]] bool is_over(const json& pod) {
  const auto* phase = k8s::member(pod, "status", "phase");
  return phase != nullptr && (*phase == "Failed" || *phase == "Succeeded");
}

[[nodiscard]] json owner_of(const json& set, bool controller) {
  json owner{{"apiVersion", "apps/v1"},
             {"kind", "StatefulSet"},
             {"name", name_of(set)},
             {"uid", uid_of(set)}};
  if (controller) {
    owner["controller"] = true;
    owner["blockOwnerDeletion"] = true;
  }
  return owner;
}

[[nodiscard]] std::int64_t partition_of(const json& set) {
  const auto* rolling = k8s::member(set.at("spec"), "updateStrategy", "rollingUpdate");
  return rolling == nullptr ? 0 : k8s::integer_at(*rolling, "partition").value_or(0);
}

}  // namespace

bool is_pod_ready(const json& pod) {
  const auto* conditions = k8s::member(pod, "status", "conditions");
  for (std::size_t i = 0; conditions != nullptr && i < conditions->size(); ++i) {
    if (k8s::string_at((*conditions)[i], "type") == "Ready") {
      return k8s::string_at((*conditions)[i], "status") == "True" && !is_terminating(pod);
    }
  }
  return false;
}

/// A pod belongs to the StatefulSet that its name without the ordinal tells, or to none.
void stateful_set_controller::note(type_id type, const commit& c) {
  if (type == type_id::stateful_sets) {
    touch(c.key);
  } else if (type == type_id::pods) {
    if (const auto dash = c.key.rfind('-'); dash != std::string::npos) {
      touch(c.key.substr(0, dash));
    }
  } else if (type == type_id::persistent_volume_claims && c.what == change::deleted) {
    note_all();  // it may have been in a pod's way
  }
}

void stateful_set_controller::note_all() {
  for (const auto& [key, set] : objects().log(type_id::stateful_sets).objects()) {
    touch(key);
  }
}

void stateful_set_controller::plan(const std::string& key) {
  const auto set = objects().log(type_id::stateful_sets).find(key);
  if (set != nullptr && !is_terminating(*set)) {
    plan_set(set);
  }
}

stateful_set_controller::pods_by_ordinal stateful_set_controller::pods_of(const json& set) const {
  pods_by_ordinal out;
  const auto prefix = object_key_of(namespace_of(set), name_of(set) + '-');
  const auto uid = uid_of(set);
  const auto& pods = objects().log(type_id::pods).objects();
  for (auto at = pods.lower_bound(prefix); at != pods.end() && at->first.starts_with(prefix);
       ++at) {
    std::int64_t ordinal = -1;
    const auto digits = std::string_view{at->first}.substr(prefix.size());
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    if (error == std::errc{} && end == digits.data() + digits.size()
        && is_owned_by(*at->second, uid)) {
      out.emplace(ordinal, at->second);
    }
  }
  return out;
}

const stateful_set_controller::revision& stateful_set_controller::revision_of(const json& set) {
  auto& known = revisions_[object_key_of(set)];
  const auto generation = k8s::integer_at(set.at("metadata"), "generation").value_or(0);
  if (known.uid != uid_of(set)) {
    known = {};
    known.uid = uid_of(set);
  }
  if (known.generation != generation) {
    known.generation = generation;
    const auto& pod_template = set.at("spec").at("template");
    known.current = name_of(set) + '-' + hash_of(pod_template.dump());
    known.templates[known.current] = pod_template;
  }
  return known;
}

void stateful_set_controller::plan_set(const document& set) {
  const auto pods = pods_of(*set);
  static_cast<void>(revision_of(*set));
  bool busy = false;
  plan_missing(set, pods, busy);
  plan_surplus(set, pods, busy);
  if (!busy) {
    plan_update(set, pods);
  }
  plan_status(set, pods);
}

void stateful_set_controller::plan_missing(const document& set,
                                           const pods_by_ordinal& pods,
                                           bool& busy) {
  for (std::int64_t i = 0; i < replicas_of(*set); ++i) {
    const auto found = pods.find(i);
    if (found == pods.end()) {
      const auto key = object_key_of(namespace_of(*set), name_of(*set) + '-' + std::to_string(i));
      busy = true;
      if (objects().log(type_id::pods).find(key) == nullptr  // else it is another's, or goes
          && !has_stale_claim(*set, i)) {
        add([this, set, i] { create_pod(set, i); });
      }
    } else if (is_over(*found->second) && !is_terminating(*found->second)) {
      busy = true;
      add([this, pod = found->second] { delete_pod(pod); });
    }
    const bool waits = found == pods.end() || !is_pod_ready(*found->second);
    busy = busy || (found != pods.end() && is_terminating(*found->second));
    if (waits && !is_parallel(*set)) {
      busy = true;
      return;
    }
  }
}

void stateful_set_controller::plan_surplus(const document& set,
                                           const pods_by_ordinal& pods,
                                           bool& busy) {
  for (auto at = pods.rbegin(); at != pods.rend() && at->first >= replicas_of(*set); ++at) {
    busy = true;
    if (!is_terminating(*at->second)) {
      add([this, pod = at->second] { delete_pod(pod); });
    }
    if (!is_parallel(*set)) {
      return;
    }
  }
}

void stateful_set_controller::plan_update(const document& set, const pods_by_ordinal& pods) {
  if (k8s::string_at(set->at("spec").at("updateStrategy"), "type") != "RollingUpdate") {
    return;
  }
  const auto& current = revision_of(*set).current;
  const auto partition = partition_of(*set);
  for (auto at = pods.rbegin(); at != pods.rend() && at->first >= partition; ++at) {
    if (label_of(*at->second, revision_label) != current) {
      add([this, pod = at->second] { delete_pod(pod); });
      return;
    }
    if (!is_pod_ready(*at->second)) {
      return;  // one at a time
    }
  }
}

void stateful_set_controller::plan_status(const document& set, const pods_by_ordinal& pods) {
  const auto& now = revision_of(*set);
  const auto* before = k8s::member(*set, "status");
  auto current = before == nullptr ? std::string{} : k8s::string_at(*before, "currentRevision");
  current = current.empty() ? now.current : current;
  std::int64_t ready = 0;
  std::int64_t updated = 0;
  std::int64_t at_current = 0;
  for (const auto& [ordinal, pod] : pods) {
    const auto label = label_of(*pod, revision_label);
    ready += is_pod_ready(*pod) ? 1 : 0;
    updated += label == now.current && !is_terminating(*pod) ? 1 : 0;
    at_current += label == current && !is_terminating(*pod) ? 1 : 0;
  }
  const auto count = static_cast<std::int64_t>(pods.size());
  if (updated == replicas_of(*set) && ready == replicas_of(*set) && count == replicas_of(*set)) {
    current = now.current;
    at_current = updated;
  }
  json status{{"observedGeneration", now.generation},
              {"replicas", count},
              {"availableReplicas", ready},
              {"currentRevision", current},
              {"updateRevision", now.current},
              {"collisionCount", 0}};
  // omitempty: zeros are not written
  for (const auto& [key, value] : {std::pair{"readyReplicas", ready},
                                   std::pair{"updatedReplicas", updated},
                                   std::pair{"currentReplicas", at_current}}) {
    if (value != 0) {
      status[key] = value;
    }
  }
  if (before != nullptr && *before == status) {
    return;
  }
  add([this, set, status = std::move(status)] {
    auto next = *set;
    next["status"] = status;
    const auto w = as("update", "status");
    static_cast<void>(cluster_core().put(
        cluster_core().model().type(type_id::stateful_sets), w, std::move(next)));
  });
}

/// A pod waits for a claim that is about to be collected, and gets a new one
/// (StatefulPodControl.PodClaimIsStale).
bool stateful_set_controller::has_stale_claim(const json& set, std::int64_t ordinal) const {
  const auto claims = set.at("spec").find("volumeClaimTemplates");
  return claims != set.at("spec").end()
         && std::any_of(claims->begin(), claims->end(), [&](const json& claim) {
              const auto live = objects()
                                    .log(type_id::persistent_volume_claims)
                                    .find(claim_key(claim, set, ordinal));
              return live != nullptr && is_predecessors(*live, set);
            });
}

void stateful_set_controller::create_claims(const json& set, std::int64_t ordinal) {
  const auto* claims = k8s::member(set, "spec", "volumeClaimTemplates");
  const auto* retention = k8s::member(set, "spec", "persistentVolumeClaimRetentionPolicy");
  const bool goes = retention != nullptr && k8s::string_at(*retention, "whenDeleted") == "Delete";
  for (std::size_t i = 0; claims != nullptr && i < claims->size(); ++i) {
    auto claim = (*claims)[i];
    if (objects().log(type_id::persistent_volume_claims).find(claim_key(claim, set, ordinal))
        != nullptr) {
      continue;
    }
    claim["metadata"]["name"] = name_of(claim) + '-' + name_of(set) + '-' + std::to_string(ordinal);
    claim["metadata"]["labels"] =
        set.at("spec").at("selector").value("matchLabels", json::object());
    if (goes) {
      claim["metadata"]["ownerReferences"] = json::array({owner_of(set, false)});
    }
    auto w = as("create");
    static_cast<void>(create_object(cluster_core(),
                                    cluster_core().model().type(type_id::persistent_volume_claims),
                                    w,
                                    namespace_of(set),
                                    std::move(claim)));
  }
}

void stateful_set_controller::create_pod(const document& set, std::int64_t ordinal) {
  create_claims(*set, ordinal);
  const auto& revisions = revision_of(*set);
  auto chosen = revisions.current;
  if (ordinal < partition_of(*set)) {
    const auto* status = k8s::member(*set, "status");
    const auto current =
        status == nullptr ? std::string{} : k8s::string_at(*status, "currentRevision");
    chosen = revisions.templates.contains(current) ? current : chosen;
  }
  const auto& from = revisions.templates.at(chosen);
  const auto pod_name = name_of(*set) + '-' + std::to_string(ordinal);
  json pod{{"apiVersion", "v1"},
           {"kind", "Pod"},
           {"metadata", from.value("metadata", json::object())},
           {"spec", from.at("spec")}};
  auto& metadata = pod["metadata"];
  metadata["name"] = pod_name;
  metadata["generateName"] = name_of(*set) + '-';
  metadata["labels"][revision_label] = chosen;
  metadata["labels"]["statefulset.kubernetes.io/pod-name"] = pod_name;
  metadata["labels"]["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
  metadata["ownerReferences"] = json::array({owner_of(*set, true)});
  pod["spec"]["hostname"] = pod_name;
  pod["spec"]["subdomain"] = set->at("spec").value("serviceName", "");
  const auto claims = set->at("spec").value("volumeClaimTemplates", json::array());
  for (const auto& claim : claims) {
    pod["spec"]["volumes"].push_back(
        {{"name", name_of(claim)},
         {"persistentVolumeClaim", {{"claimName", name_of(claim) + '-' + pod_name}}}});
  }
  auto w = as("create");
  w.tracked = false;
  static_cast<void>(create_object(cluster_core(),
                                  cluster_core().model().type(type_id::pods),
                                  w,
                                  namespace_of(*set),
                                  std::move(pod)));
}

void stateful_set_controller::delete_pod(const document& pod) {
  auto w = as("delete");
  delete_options options;
  options.uid = uid_of(*pod);
  const auto live = objects().log(type_id::pods).find(object_key_of(*pod));
  if (live != nullptr) {
    static_cast<void>(delete_object(
        cluster_core(), cluster_core().model().type(type_id::pods), w, live, options));
  }
}

}  // namespace btc::sim
