#include "actors/reconcile/ownership.hpp"

#include "actors/reconcile/names.hpp"
#include "k8s/request.hpp"

namespace btc::reconcile {

ownership ownership_of(const k8s::object* child, const k8s::bitcoin_network& network) noexcept {
  return child == nullptr ? ownership::absent : ownership_of(child->meta, network);
}

ownership ownership_of(const k8s::object_meta& child,
                       const k8s::bitcoin_network& network) noexcept {
  const auto& controller = child.controller;
  if (!controller || controller->kind != k8s::info(k8s::kind::bitcoin_network).name
      || controller->name != network.meta.key.name) {
    return ownership::foreign;
  }
  return controller->uid == network.meta.uid ? ownership::ours : ownership::predecessor;
}

const k8s::stateful_set* own_stateful_set(const observed& o) noexcept {
  const auto* set = o.stateful_set.get();
  return ownership_of(set, *o.network) == ownership::ours ? set : nullptr;
}

seen_configuration configuration_seen(const observed& o) {
  seen_configuration seen;
  if (const auto* set = own_stateful_set(o)) {
    const auto annotations = set->spec.view()["template"]["metadata"]["annotations"];
    seen.pods = annotations[configuration_annotation].string();
  }
  if (o.conf.is == conf_view::state::present) {
    seen.conf = o.conf.mark;
    seen.file = o.conf.file;
  }
  return seen;
}

bool is_pod_of(const k8s::pod& pod, const k8s::stateful_set& set) noexcept {
  const auto& controller = pod.meta.controller;
  return controller && controller->kind == k8s::info(k8s::kind::stateful_set).name
         && controller->uid == set.meta.uid;
}

nlohmann::json ownership_patch(const k8s::object_meta& child) {
  using json = nlohmann::json;
  if (child.update_entry < 0) {
    return json::array();
  }
  const auto entry = "/metadata/managedFields/" + std::to_string(child.update_entry);
  const auto test = [&](std::string_view field, std::string_view value) {
    return json{{"op", "test"}, {"path", entry + std::string{field}}, {"value", value}};
  };
  auto change = child.apply_entry
                    ? json{{"op", "remove"}, {"path", entry}}
                    : json{{"op", "replace"}, {"path", entry + "/operation"}, {"value", "Apply"}};
  return json::array(
      {test("/manager", k8s::field_manager), test("/operation", "Update"), std::move(change)});
}

}  // namespace btc::reconcile
