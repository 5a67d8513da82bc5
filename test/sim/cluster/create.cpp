#include "k8s/json_fields.hpp"
#include "test/sim/cluster/kinds.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/request_options.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/unknown_fields.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::array<const char*, 7> server_metadata{"uid",
                                                     "creationTimestamp",
                                                     "generation",
                                                     "deletionTimestamp",
                                                     "deletionGracePeriodSeconds",
                                                     "selfLink",
                                                     "resourceVersion"};

/// The namespace must be there and stay.
void require_namespace(const core& c,
                       const resource_type& type,
                       const std::string& ns,
                       const std::string& name) {
  if (!type.namespaced) {
    return;
  }
  const auto found = c.objects().log(type_id::namespaces).find(ns);
  if (found == nullptr) {
    throw refusal{not_found(c.model().type(type_id::namespaces), ns)};
  }
  if (is_terminating(*found)) {
    auto answer = forbidden(
        type,
        name,
        "unable to create new content in namespace " + ns + " because it is being terminated");
    auto body = *answer.body;
    body["details"]["causes"] =
        json::array({{{"reason", "NamespaceTerminating"},
                      {"message", "namespace " + ns + " is being terminated"},
                      {"field", "metadata.namespace"}}});
    answer.body = std::make_shared<const json>(std::move(body));
    throw refusal{std::move(answer)};
  }
}

void set_metadata(core& c, const resource_type& type, std::string_view ns, json& object) {
  auto& metadata = object["metadata"];
  if (version_of(object) != 0) {
    throw refusal{failure(500, "", "resourceVersion should not be set on objects to be created")};
  }
  for (const auto* field : server_metadata) {
    metadata.erase(field);
  }
  if (type.namespaced) {
    if (const auto own = namespace_of(object); !own.empty() && own != ns) {
      throw refusal{bad_request(
          "the namespace of the provided object does not match the namespace sent on the request")};
    }
    metadata["namespace"] = ns;
  }
  if (name_of(object).empty()) {
    if (const auto* prefix = k8s::member(metadata, "generateName");
        prefix != nullptr && prefix->is_string()) {
      metadata["name"] = prefix->get<std::string>() + c.next_suffix();
    }
  }
  metadata["uid"] = c.next_uid();
  metadata["creationTimestamp"] = c.now_text();
}

}  // namespace

document create_object(
    core& c, const resource_type& type, writer& w, std::string_view ns, json object) {
  set_metadata(c, type, ns, object);
  const auto name = name_of(object);
  require_namespace(c, type, std::string{ns}, name);
  if (type.status) {
    object.erase("status");
  }
  drop_unknown_fields(type, w, object);
  set_defaults(type, object);
  if (w.verb != "apply" && w.tracked) {  // apply has done it
    track_fields(c, type, w, empty_object(type), object);
  }
  prepare_create(c, type, object);
  if (type.generations) {
    object["metadata"]["generation"] = 1;
  }
  if (const auto causes = check(type, nullptr, object); !causes.empty()) {
    throw refusal{invalid(type, name, causes)};
  }
  if (const auto there = c.objects().log(type.id).find(object_key_of(object)); there != nullptr) {
    auto answer = already_exists(type, name);
    if (is_terminating(*there)) {
      auto body = *answer.body;
      body["message"] = "object is being deleted: " + body["message"].get<std::string>();
      answer.body = std::make_shared<const json>(std::move(body));
    }
    throw refusal{std::move(answer)};
  }
  if (w.dry_run) {
    return std::make_shared<const json>(std::move(object));
  }
  return c.put(type, w, std::move(object));
}

api_response do_create(core& c, operation& op) {
  return success(201, create_object(c, op.type, op.write, op.where.ns, object_in_body(op)));
}

}  // namespace btc::sim
