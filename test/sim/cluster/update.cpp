#include "k8s/json_fields.hpp"
#include "test/sim/cluster/kinds.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/request_options.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/unknown_fields.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

void copy_member(const json& from, json& to, const char* key) {
  const auto found = from.find(key);
  if (found == from.end()) {
    to.erase(key);
    return;
  }
  auto& there = to[key];
  if (there != *found) {  // a comparison costs a tenth of a copy
    there = *found;
  }
}

void check_preconditions(const resource_type& type, const json& live, const json& next) {
  const auto name = name_of(live);
  if (const auto uid = uid_of(next); !uid.empty() && uid != uid_of(live)) {
    throw refusal{conflict(type,
                           name,
                           "Precondition failed: UID in precondition: " + uid
                               + ", UID in object meta: " + uid_of(live))};
  }
  const auto wanted = version_of(next);
  if (wanted == 0 && type.custom) {
    throw refusal{invalid(type,
                          name,
                          {{"FieldValueInvalid",
                            "Invalid value: 0: must be specified for an update",
                            "metadata.resourceVersion"}})};
  }
  if (wanted != 0 && wanted != version_of(live)) {
    throw refusal{modified(type, name)};
  }
}

/// Metadata that only the server changes.
void keep_server_metadata(const json& live, json& next) {
  const auto& from = live.at("metadata");
  auto& to = next["metadata"];
  for (const auto* field : {"uid",
                            "creationTimestamp",
                            "generation",
                            "deletionTimestamp",
                            "deletionGracePeriodSeconds",
                            "resourceVersion",
                            "name",
                            "namespace",
                            "generateName"}) {
    copy_member(from, to, field);
  }
  to.erase("selfLink");
}

/// Makes the members of `to` those of `from`, except those named. What is the same stays where it
/// is: a comparison costs a tenth of a copy.
void restore_members(const json& from, json& to, std::initializer_list<std::string_view> but) {
  const auto excepted = [&](const std::string& key) {
    return std::find(but.begin(), but.end(), key) != but.end();
  };
  for (auto member = to.begin(); member != to.end();) {
    const bool extra = !excepted(member.key()) && !from.contains(member.key());
    member = extra ? to.erase(member) : std::next(member);
  }
  for (const auto& [key, value] : from.items()) {
    if (excepted(key)) {
      continue;
    }
    auto& there = to[key];
    if (there != value) {
      there = value;
    }
  }
}

/// What the path cannot change is taken from the live object.
void keep_other_parts(const resource_type& type, const writer& w, const json& live, json& next) {
  if (w.subresource != "status") {
    if (type.status) {
      copy_member(live, next, "status");
    }
    return;
  }
  if (type.custom) {  // nothing but status and managedFields
    restore_members(live.at("metadata"), next.at("metadata"), {"managedFields"});
  }
  restore_members(live, next, {"metadata", "status"});
  if (const auto status = next.find("status"); status != next.end() && status->is_null()) {
    next.erase(status);
  }
}

/// True when something besides metadata and status differs: the generation grows.
[[nodiscard]] bool changes_generation(const resource_type& type,
                                      const json& live,
                                      const json& next) {
  if (!type.generations) {
    return false;
  }
  const auto significant = [&](const std::string& key) {
    return key != "metadata" && !(type.status && key == "status");
  };
  for (const auto& [key, value] : next.items()) {
    const auto before = live.find(key);
    if (significant(key) && (before == live.end() || *before != value)) {
      return true;
    }
  }
  for (const auto& [key, value] : live.items()) {
    if (significant(key) && !next.contains(key)) {
      return true;
    }
  }
  return false;
}

}  // namespace

document update_object(
    core& c, const resource_type& type, writer& w, const document& live, json next) {
  check_preconditions(type, *live, next);
  keep_server_metadata(*live, next);
  if (w.subresource == "status") {
    drop_unknown_fields(type, w, next);
    keep_other_parts(type, w, *live, next);
  } else {
    keep_other_parts(type, w, *live, next);
    drop_unknown_fields(type, w, next);
  }
  set_defaults(type, next);
  if (w.verb != "apply") {  // apply has done it
    track_fields(c, type, w, *live, next);
  }
  if (w.subresource.empty() || w.subresource == "scale") {
    prepare_update(c, type, *live, next);
  }
  if (changes_generation(type, *live, next)) {
    next["metadata"]["generation"] =
        k8s::integer_at(live->at("metadata"), "generation").value_or(0) + 1;
  }
  if (const auto causes = check(type, live.get(), next); !causes.empty()) {
    throw refusal{invalid(type, name_of(*live), causes)};
  }
  const auto grace = k8s::integer_at(next.at("metadata"), "deletionGracePeriodSeconds").value_or(0);
  const bool let_go = type.id == type_id::namespaces && w.subresource == "finalize"
                      && (k8s::member(next, "spec", "finalizers") == nullptr
                          || k8s::member(next, "spec", "finalizers")->empty());
  const bool last_finalizer = has_finalizers(*live) && (type.id != type_id::namespaces);
  if (is_terminating(next) && !has_finalizers(next) && grace == 0 && (last_finalizer || let_go)
      && !w.dry_run) {
    w.removed = true;
    // What was changed with the last finalizer is part of the last state.
    static_cast<void>(c.remove(type, w, object_key_of(*live)));
    return std::make_shared<const json>(std::move(next));
  }
  if (same_but_times(*live, next)) {
    return live;
  }
  if (w.dry_run) {
    return std::make_shared<const json>(std::move(next));
  }
  return c.put(type, w, std::move(next));
}

api_response do_update(core& c, operation& op) {
  auto object = object_in_body(op);
  const auto name = name_of(object);
  if (name != op.where.name) {
    throw refusal{bad_request(name.empty() ? "metadata.name: Required value: name must be provided"
                                           : "the name of the object (" + name
                                                 + ") does not match the name on the URL ("
                                                 + op.where.name + ')')};
  }
  if (const auto ns = namespace_of(object);
      op.type.namespaced && !ns.empty() && ns != op.where.ns) {
    throw refusal{bad_request(
        "the namespace of the provided object does not match the namespace sent on the request")};
  }
  const auto live = c.objects().log(op.type.id).find(op.key());
  if (live == nullptr) {
    const bool may_create = op.type.id == type_id::leases || op.type.id == type_id::events
                            || op.type.id == type_id::endpoints;
    if (may_create && op.where.subresource.empty()) {
      return success(201, create_object(c, op.type, op.write, op.where.ns, std::move(object)));
    }
    throw refusal{not_found(op.type, op.where.name)};
  }
  return success(200, update_object(c, op.type, op.write, live, std::move(object)));
}

}  // namespace btc::sim
