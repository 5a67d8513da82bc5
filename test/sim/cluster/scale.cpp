#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/request_options.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace btc::sim {

namespace {

/// Where a resource keeps what Scale shows.
struct scale_paths {
  json::json_pointer spec_replicas{};
  json::json_pointer status_replicas{};
};

/// ".spec.nodes" as a JSON pointer.
[[nodiscard]] json::json_pointer pointer_of(std::string path) {
  std::replace(path.begin(), path.end(), '.', '/');
  return json::json_pointer{path};
}

[[nodiscard]] scale_paths paths_of(const core& c, const resource_type& type) {
  if (!type.custom) {
    return {json::json_pointer{"/spec/replicas"}, json::json_pointer{"/status/replicas"}};
  }
  const auto& scale =
      c.model().definition().at("spec").at("versions").at(0).at("subresources").at("scale");
  return {pointer_of(scale.at("specReplicasPath")), pointer_of(scale.at("statusReplicasPath"))};
}

[[nodiscard]] std::string selector_of(const resource_type& type, const json& object) {
  if (type.custom) {
    const auto* text = k8s::member(object, "status", "selector");
    return text == nullptr ? std::string{} : text->get<std::string>();
  }
  std::string out;
  const auto* selector = k8s::member(object, "spec", "selector");
  const auto* labels = selector == nullptr ? nullptr : k8s::member(*selector, "matchLabels");
  if (labels != nullptr) {
    for (const auto& [key, value] : labels->items()) {
      out += (out.empty() ? "" : ",") + key + '=' + value.get<std::string>();
    }
  }
  return out;
}

[[nodiscard]] json number_at(const json& object, const json::json_pointer& at) {
  return object.contains(at) ? object.at(at) : json(0);
}

[[nodiscard]] json scale_of(const core& c, const resource_type& type, const json& object) {
  const auto paths = paths_of(c, type);
  auto metadata = json::object();
  for (const auto* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const auto found = object.at("metadata").find(field);
        found != object.at("metadata").end()) {
      metadata[field] = *found;
    }
  }
  json status{{"replicas", number_at(object, paths.status_replicas)}};
  if (auto selector = selector_of(type, object); !selector.empty()) {
    status["selector"] = std::move(selector);
  }
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata", std::move(metadata)},
          {"spec", {{"replicas", number_at(object, paths.spec_replicas)}}},
          {"status", std::move(status)}};
}

}  // namespace

api_response do_scale(core& c, operation& op) {
  const auto live = c.objects().log(op.type.id).find(op.key());
  if (live == nullptr) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  const auto before = scale_of(c, op.type, *live);
  if (op.request.method == k8s::method::get) {
    return success(200, std::make_shared<const json>(before));
  }
  if (op.request.method == k8s::method::put && op.request.body == nullptr) {
    throw refusal{bad_request("the body of the request is no Scale")};
  }
  const auto wanted =
      op.request.method == k8s::method::put ? *op.request.body : patched_by(op, before);
  const auto replicas =
      k8s::integer_at(wanted.value("spec", json::object()), "replicas").value_or(0);
  auto next = *live;
  next[paths_of(c, op.type).spec_replicas] = replicas;
  if (const auto version = version_of(wanted); version != 0) {
    next["metadata"]["resourceVersion"] = std::to_string(version);
  }
  const auto stored = update_object(c, op.type, op.write, live, std::move(next));
  return success(200, std::make_shared<const json>(scale_of(c, op.type, *stored)));
}

api_response do_bind(core& c, operation& op) {
  const auto live = c.objects().log(type_id::pods).find(op.key());
  if (live == nullptr) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  const auto* target =
      op.request.body == nullptr ? nullptr : k8s::member(*op.request.body, "target");
  const auto node = target == nullptr ? std::string{} : k8s::string_at(*target, "name");
  if (node.empty()) {
    throw refusal{
        invalid(op.type, op.where.name, {{"FieldValueRequired", "Required value", "target.name"}})};
  }
  if (const auto* there = k8s::member(*live, "spec", "nodeName")) {
    resource_type binding = op.type;
    binding.plural = "pods/binding";
    throw refusal{conflict(binding,
                           op.where.name,
                           "pod " + op.where.name + " is already assigned to node \""
                               + there->get<std::string>() + '"')};
  }
  auto next = *live;
  next["spec"]["nodeName"] = node;
  next["status"]["conditions"].push_back({{"type", "PodScheduled"},
                                          {"status", "True"},
                                          {"lastProbeTime", nullptr},
                                          {"lastTransitionTime", c.now_text()}});
  if (!op.write.dry_run) {
    static_cast<void>(c.put(op.type, op.write, std::move(next)));
  }
  return created();
}

}  // namespace btc::sim
