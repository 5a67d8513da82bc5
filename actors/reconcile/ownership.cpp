#include "actors/reconcile/ownership.hpp"

#include "actors/reconcile/names.hpp"
#include "k8s/request.hpp"

namespace btc::reconcile {

ownership ownership_of(const k8s::object* child, const k8s::bitcoin_network& network) noexcept {
  if (child == nullptr) {
    return ownership::absent;
  }
  const auto& controller = child->meta.controller;
  if (!controller || controller->kind != k8s::info(k8s::kind::bitcoin_network).name
      || controller->name != network.meta.key.name) {
    return ownership::foreign;
  }
  return controller->uid == network.meta.uid ? ownership::ours : ownership::predecessor;
}

bool is_pod_of(const k8s::pod& pod, const k8s::bitcoin_network& network) {
  const auto& controller = pod.meta.controller;
  return controller && controller->kind == k8s::info(k8s::kind::stateful_set).name
         && controller->name == stateful_set_name(network.meta.key.name);
}

nlohmann::json ownership_patch(int entry) {
  const auto path = "/metadata/managedFields/" + std::to_string(entry);
  const auto step = [](std::string_view op, std::string where, std::string_view value) {
    return nlohmann::json{{"op", op}, {"path", std::move(where)}, {"value", value}};
  };
  return nlohmann::json::array({step("test", path + "/manager", k8s::field_manager),
                                step("test", path + "/operation", "Update"),
                                step("replace", path + "/operation", "Apply")});
}

}  // namespace btc::reconcile
