#pragma once

#include "k8s/request.hpp"
#include "test/node/pod_spec.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace btc::node {

// What a kubelet and a scheduler ask of the API server, as values.

[[nodiscard]] k8s::request create_node(const std::string& name);
[[nodiscard]] k8s::request report_node(const std::string& name, const std::string& ip);
[[nodiscard]] k8s::request delete_node(const std::string& name);

/// Gives a pending pod to the node.
[[nodiscard]] k8s::request bind_pod(const k8s::object_key& pod, const std::string& node);
[[nodiscard]] k8s::request report_pod(const pod_spec& pod, nlohmann::json status);
/// Grace 0, and only the pod of this uid: its successor has the same name.
[[nodiscard]] k8s::request remove_pod_object(const pod_spec& pod);

[[nodiscard]] k8s::request get_claim(const k8s::object_key& claim);
/// Says that the claim has a volume of `capacity`.
[[nodiscard]] k8s::request bind_claim(const k8s::object_key& claim, const std::string& capacity);

}  // namespace btc::node
