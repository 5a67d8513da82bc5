#include "actors/reconcile/ownership.hpp"

#include "actors/reconcile/names.hpp"

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

}  // namespace btc::reconcile
