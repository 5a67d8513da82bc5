#include "k8s/json_fields.hpp"
#include "test/sim/cluster/field_manager.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/rights.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/strategic_merge.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::string_view strategic_patch = "application/strategic-merge-patch+json";

[[nodiscard]] refusal unsupported(const resource_type& type, std::string_view media) {
  const bool known = media == strategic_patch;
  if (!known) {
    api_response plain;
    plain.status = 415;
    plain.text = "415: Unsupported Media Type";
    return {plain};
  }
  static_cast<void>(type);
  return {unsupported_media(media, {k8s::json_patch, k8s::merge_patch, k8s::apply_patch})};
}

[[nodiscard]] json json_patched(const json& object, const json& patch) {
  if (!patch.is_array()) {
    throw refusal{
        bad_request("error decoding patch: json: cannot unmarshal object into Go value of type "
                    "jsonpatch.Patch")};
  }
  try {
    return object.patch(patch);
  } catch (const json::exception&) {
    throw refusal{failure(422,
                          "Invalid",
                          "the server rejected our request due to an error in our request",
                          json::object())};
  }
}

void require_same_names(const operation& op, const json& object) {
  const auto name = name_of(object);
  if (name != op.where.name) {
    throw refusal{bad_request("the name of the object (" + name
                              + ") does not match the name on the URL (" + op.where.name + ')')};
  }
  const auto ns = namespace_of(object);
  if (op.type.namespaced && !ns.empty() && ns != op.where.ns) {
    throw refusal{bad_request("the namespace of the object (" + ns
                              + ") does not match the namespace on the URL (" + op.where.ns + ')')};
  }
}

/// The configuration of an apply, checked and completed.
[[nodiscard]] json configuration_of(const operation& op) {
  auto out = *op.request.body;
  if (!out.is_object() || k8s::string_at(out, "kind").empty()
      || k8s::string_at(out, "apiVersion").empty()) {
    throw refusal{bad_request("error decoding YAML: Object 'Kind' or 'apiVersion' is missing")};
  }
  if (k8s::string_at(out, "kind") != op.type.kind
      || k8s::string_at(out, "apiVersion") != op.type.api_version()) {
    throw refusal{
        bad_request("Incorrect version specified in apply patch. Specified patch version: "
                    + k8s::string_at(out, "apiVersion") + ", expected: " + op.type.api_version())};
  }
  auto& metadata = out["metadata"];
  if (!metadata.is_object()) {
    metadata = json::object();
  }
  if (metadata.contains("managedFields")) {
    throw refusal{bad_request("metadata.managedFields must be nil")};
  }
  if (!metadata.contains("name")) {
    metadata["name"] = op.where.name;
  }
  require_same_names(op, out);
  metadata["namespace"] = op.where.ns;
  if (!op.type.namespaced) {
    metadata.erase("namespace");
  }
  return out;
}

[[nodiscard]] api_response created_by_apply(core& c, operation& op, const json& configuration) {
  if (!op.where.subresource.empty()) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  const access creation{"create", op.type.group, op.type.plural, {}, op.where.ns, op.where.name};
  if (!allowed(c.objects(), op.request.who, creation)) {
    throw refusal{forbidden(op.type, op.where.name, why_forbidden(op.request.who, creation))};
  }
  if (const auto uid = uid_of(configuration); !uid.empty()) {
    throw refusal{conflict(op.type,
                           op.where.name,
                           "uid mismatch: the provided object specified uid " + uid
                               + ", and no existing object was found")};
  }
  if (version_of(configuration) != 0) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  auto object = apply_configuration(c, op.type, op.write, json::object(), configuration, true);
  return success(201, create_object(c, op.type, op.write, op.where.ns, std::move(object)));
}

[[nodiscard]] api_response do_apply(core& c, operation& op, const document& live) {
  op.write.verb = "apply";
  const auto configuration = configuration_of(op);
  if (live == nullptr) {
    return created_by_apply(c, op, configuration);
  }
  auto next =
      apply_configuration(c, op.type, op.write, *live, configuration, op.where.flag("force"));
  return success(200, update_object(c, op.type, op.write, live, std::move(next)));
}

[[nodiscard]] json patched(const operation& op, const json& live) {
  const auto& media = op.request.content_type;
  const auto& patch = *op.request.body;
  if (media == k8s::json_patch) {
    return json_patched(live, patch);
  }
  auto next = live;
  if (media == k8s::merge_patch) {
    if (!patch.is_object()) {
      throw refusal{
          bad_request("error decoding patch: json: cannot unmarshal array into Go value of type "
                      "map[string]interface {}")};
    }
    next.merge_patch(patch);
  } else {
    strategic_merge(op.type.schema.get(), next, patch);
  }
  return next;
}

}  // namespace

json patched_by(const operation& op, const json& live) {
  const auto& media = op.request.content_type;
  const bool strategic = media == strategic_patch && !op.type.custom;
  if (!strategic && media != k8s::json_patch && media != k8s::merge_patch) {
    throw unsupported(op.type, media);
  }
  if (op.request.body == nullptr) {
    throw refusal{bad_request("error decoding patch: EOF")};
  }
  return patched(op, live);
}

api_response do_patch(core& c, operation& op) {
  const auto live = c.objects().log(op.type.id).find(op.key());
  if (op.request.content_type == k8s::apply_patch && op.request.body != nullptr) {
    return do_apply(c, op, live);
  }
  if (live == nullptr) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  auto next = patched_by(op, *live);
  require_same_names(op, next);
  return success(200, update_object(c, op.type, op.write, live, std::move(next)));
}

}  // namespace btc::sim
