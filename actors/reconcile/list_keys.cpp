#include "actors/reconcile/list_keys.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace btc::reconcile {

namespace {

using json = nlohmann::json;

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

[[nodiscard]] std::string text_of(const json& key) {
  return key.is_string() ? key.get<std::string>() : key.dump();
}

}  // namespace

std::string identity_of(std::string_view list, const json& element) {
  if (!element.is_object()) {
    return {};
  }
  if (list == "volumeClaimTemplates") {
    // One value as a whole to the API server, but one in which it sets fields that we leave open.
    const auto name = json::json_pointer{"/metadata/name"};
    return element.contains(name) ? text_of(element.at(name)) : std::string{};
  }
  for (const auto& keys : keyed_lists) {
    const auto first = element.find(keys.first);
    if (keys.list != list || first == element.end()) {
      continue;
    }
    auto identity = text_of(*first);
    if (!keys.second.empty()) {
      const auto second = element.find(keys.second);
      const auto text =
          second == element.end() ? std::string{keys.second_default} : text_of(*second);
      // What everybody means is not worth naming: a port is "18444", not "18444 TCP".
      identity += text == keys.second_default ? "" : ' ' + text;
    }
    return identity;
  }
  return {};
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
