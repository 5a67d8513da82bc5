#include "actors/reconcile/list_keys.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;
using k8s::json_view;

struct list_keys {
  std::string_view list;
  std::string_view first;
  std::string_view second{};          ///< empty: one key is enough
  std::string_view second_default{};  ///< what the API server takes when the second is absent
};

constexpr std::array<list_keys, 9> keyed_lists{{
    {"containers", "name"},
    {"initContainers", "name"},
    {"volumes", "name"},
    {"env", "name"},
    {"imagePullSecrets", "name"},
    {"volumeMounts", "mountPath"},
    {"ports", "containerPort", "protocol", "TCP"},  // of a container
    {"ports", "port", "protocol", "TCP"},           // of a Service
    {"topologySpreadConstraints", "topologyKey", "whenUnsatisfiable"},
}};

constexpr std::array<std::string_view, 3> atomic_objects{
    "selector", "labelSelector", "nodeSelector"};

[[nodiscard]] std::string text_of(json_view key) {
  if (const auto number = key.integer()) {
    return std::to_string(*number);
  }
  return key.is_string() ? key.string() : key.copy().dump();
}

[[nodiscard]] std::string identity_by(const list_keys& keys, json_view first, json_view element) {
  auto identity = text_of(first);
  if (keys.second.empty()) {
    return identity;
  }
  const auto second = element[keys.second];
  const auto text =
      second.type() == k8s::json_type::absent ? std::string{keys.second_default} : text_of(second);
  // What everybody means is not worth naming: a port is "18444", not "18444 TCP".
  return text == keys.second_default ? identity : identity + ' ' + text;
}

}  // namespace

std::string identity_of(std::string_view list, json_view element) {
  if (!element.is_object()) {
    return {};
  }
  if (list == "volumeClaimTemplates") {
    // One value as a whole to the API server, but one in which it sets fields that we leave open.
    const auto name = element["metadata"]["name"];
    return name.type() == k8s::json_type::absent ? std::string{} : text_of(name);
  }
  for (const auto& keys : keyed_lists) {
    if (keys.list != list) {
      continue;
    }
    if (const auto first = element[keys.first]; first.type() != k8s::json_type::absent) {
      return identity_by(keys, first, element);
    }
  }
  return {};
}

std::string identity_of(std::string_view list, const json& element) {
  return identity_of(list, json_view{element});
}

json_view find_element(std::string_view list, json_view elements, std::string_view identity) {
  json_view found;
  elements.for_each_element([&](json_view element) {
    if (found.type() == k8s::json_type::absent && identity_of(list, element) == identity) {
      found = element;
    }
  });
  return found;
}

const json* find_element(std::string_view list, const json& elements, std::string_view identity) {
  const auto found = std::find_if(elements.begin(), elements.end(), [&](const json& element) {
    return identity_of(list, element) == identity;
  });
  return found == elements.end() ? nullptr : &*found;
}

bool is_atomic_object(std::string_view field) noexcept {
  return std::find(atomic_objects.begin(), atomic_objects.end(), field) != atomic_objects.end();
}

}  // namespace btc::reconcile
