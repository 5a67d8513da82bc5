#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/selectors.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::int64_t default_grace_seconds = 30;
constexpr std::array<std::string_view, 3> policies{"Background", "Foreground", "Orphan"};

[[nodiscard]] delete_options options_of(const operation& op, bool& dry_run) {
  delete_options out;
  const auto& where = op.where;
  out.propagation = where.parameter("propagationPolicy");
  if (where.has("gracePeriodSeconds")) {
    const auto text = where.parameter("gracePeriodSeconds");
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    out.grace_seconds = seconds;
  }
  const auto* body = op.request.body.get();
  if (where.subresource == "eviction") {
    body = body == nullptr ? nullptr : k8s::member(*body, "deleteOptions");
  }
  if (body != nullptr && body->is_object()) {
    if (const auto policy = k8s::string_at(*body, "propagationPolicy"); !policy.empty()) {
      out.propagation = policy;
    }
    if (const auto seconds = k8s::integer_at(*body, "gracePeriodSeconds")) {
      out.grace_seconds = seconds;
    }
    if (const auto orphan = k8s::boolean_at(*body, "orphanDependents")) {
      out.propagation = *orphan ? "Orphan" : out.propagation;
      out.orphan_dependents_false = !*orphan;
    }
    if (const auto* preconditions = k8s::member(*body, "preconditions")) {
      out.uid = k8s::string_at(*preconditions, "uid");
      out.version = k8s::string_at(*preconditions, "resourceVersion");
    }
    const auto* dry = k8s::member(*body, "dryRun");
    dry_run = dry_run || (dry != nullptr && !dry->empty());
  }
  if (!out.propagation.empty()
      && std::find(policies.begin(), policies.end(), out.propagation) == policies.end()) {
    resource_type options;
    options.group = "meta.k8s.io";
    options.kind = "DeleteOptions";
    throw refusal{
        invalid(options,
                {},
                {{"FieldValueNotSupported",
                  "Unsupported value: \"" + out.propagation
                      + R"(": supported values: "Background", "Foreground", "Orphan", "nil")",
                  "propagationPolicy"}})};
  }
  return out;
}

void check_preconditions(const resource_type& type, const json& live, const delete_options& o) {
  if (!o.uid.empty() && o.uid != uid_of(live)) {
    throw refusal{conflict(type,
                           name_of(live),
                           "the UID in the precondition (" + o.uid
                               + ") does not match the UID in record (" + uid_of(live)
                               + "). The object might have been deleted and then recreated")};
  }
  if (!o.version.empty() && parse_version(o.version) != version_of(live)) {
    throw refusal{conflict(type,
                           name_of(live),
                           "the ResourceVersion in the precondition (" + o.version
                               + ") does not match the ResourceVersion in record ("
                               + std::to_string(version_of(live))
                               + "). The object might have been modified")};
  }
}

/// How long a pod may take; other kinds go at once.
[[nodiscard]] std::int64_t grace_of(const resource_type& type,
                                    const json& live,
                                    const delete_options& o) {
  if (type.id != type_id::pods) {
    return 0;
  }
  const auto phase = k8s::member(live, "status", "phase");
  const bool over = phase != nullptr && (*phase == "Succeeded" || *phase == "Failed");
  if (over || k8s::member(live, "spec", "nodeName") == nullptr) {
    return 0;
  }
  const auto own = k8s::integer_at(live.at("spec"), "terminationGracePeriodSeconds");
  return std::max<std::int64_t>(0, o.grace_seconds.value_or(own.value_or(default_grace_seconds)));
}

/// Finalizers for the garbage collector, as the propagation policy wants them.
[[nodiscard]] json finalizers_of(const json& live, const delete_options& o) {
  auto out = json::array();
  const auto* before = k8s::member(live, "metadata", "finalizers");
  const bool keep_policy = o.propagation.empty();
  for (std::size_t i = 0; before != nullptr && i < before->size(); ++i) {
    const auto& f = (*before)[i];
    const bool policy = f == "orphan" || f == "foregroundDeletion";
    if (!policy || keep_policy) {
      out.push_back(f);
    }
  }
  if (o.propagation == "Foreground") {
    out.push_back("foregroundDeletion");
  } else if (o.propagation == "Orphan") {
    out.push_back("orphan");
  }
  return out;
}

void mark(const core& c, json& object, std::int64_t grace) {
  auto& metadata = object["metadata"];
  const bool first = !metadata.contains("deletionTimestamp");
  metadata["deletionTimestamp"] = rfc3339(c.now() + std::chrono::seconds{grace});
  metadata["deletionGracePeriodSeconds"] = grace;
  if (const auto generation = k8s::integer_at(metadata, "generation"); first && generation) {
    metadata["generation"] = *generation + 1;
  }
}

/// The object with its deletion noted, or nothing when it can go at once.
[[nodiscard]] std::optional<json> terminating(const core& c,
                                              const resource_type& type,
                                              const json& live,
                                              const delete_options& o) {
  auto finalizers = finalizers_of(live, o);
  const auto grace = grace_of(type, live, o);
  const bool held = type.id == type_id::namespaces
                    && k8s::member(live, "spec", "finalizers") != nullptr
                    && !k8s::member(live, "spec", "finalizers")->empty();
  if (finalizers.empty() && grace == 0 && !held) {
    return std::nullopt;
  }
  auto next = live;
  const auto before = k8s::integer_at(live.at("metadata"), "deletionGracePeriodSeconds");
  if (!is_terminating(live) || (before && grace < *before)) {
    mark(c, next, grace);
  }
  if (finalizers.empty()) {
    next["metadata"].erase("finalizers");
  } else {
    next["metadata"]["finalizers"] = std::move(finalizers);
  }
  if (held) {
    next["status"]["phase"] = "Terminating";
  }
  return next;
}

/// Kinds whose deletion answers with the object rather than with a Status.
[[nodiscard]] bool answers_object(type_id type) noexcept {
  return type == type_id::pods || type == type_id::services || type == type_id::service_accounts
         || type == type_id::persistent_volume_claims || type == type_id::persistent_volumes;
}

}  // namespace

delete_outcome delete_object(
    core& c, const resource_type& type, writer& w, const document& live, const delete_options& o) {
  check_preconditions(type, *live, o);
  auto next = terminating(c, type, *live, o);
  if (!next) {
    return {true, w.dry_run ? live : c.remove(type, w, object_key_of(*live))};
  }
  if (w.dry_run) {
    return {false, std::make_shared<const json>(std::move(*next))};
  }
  return {false, *next == *live ? live : c.put(type, w, std::move(*next))};
}

api_response do_delete(core& c, operation& op) {
  const auto options = options_of(op, op.write.dry_run);
  const auto live = c.objects().log(op.type.id).find(op.key());
  if (live == nullptr) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  const auto outcome = delete_object(c, op.type, op.write, live, options);
  if (op.where.subresource == "eviction") {
    return created();
  }
  if (outcome.removed && !answers_object(op.type.id)) {
    return deleted(op.type, op.where.name, uid_of(*live));
  }
  // Only the old option answers 202 (endpoints/handlers/delete.go); propagationPolicy does not.
  const bool accepted = !outcome.removed && options.orphan_dependents_false;
  return success(accepted ? 202 : 200, outcome.object);
}

api_response do_delete_collection(core& c, operation& op) {
  const auto what = selection_of(op);
  const auto options = options_of(op, op.write.dry_run);
  const auto objects = c.objects().log(op.type.id).objects();  // a copy: it changes under the loop
  auto items = json::array();
  for (const auto& [key, object] : objects) {
    if (what.matches(key, *object)) {
      items.push_back(*delete_object(c, op.type, op.write, object, options).object);
    }
  }
  return success(200,
                 std::make_shared<const json>(json{
                     {"kind", op.type.kind + "List"},
                     {"apiVersion", op.type.api_version()},
                     {"metadata", {{"resourceVersion", std::to_string(c.objects().version())}}},
                     {"items", std::move(items)}}));
}

}  // namespace btc::sim
