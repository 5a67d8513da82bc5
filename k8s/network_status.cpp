#include "k8s/bitcoin_network.hpp"
#include "k8s/json_object.hpp"
#include "k8s/json_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

[[nodiscard]] condition decode_condition(json_view source) {
  return {source["type"].string(),
          source["status"].string(),
          source["reason"].string(),
          source["message"].string(),
          source["observedGeneration"].integer().value_or(0),
          source["lastTransitionTime"].string()};
}

[[nodiscard]] std::optional<std::int32_t> count_of(json_view source) {
  const auto number = source.integer();
  return number ? std::optional{static_cast<std::int32_t>(*number)} : std::nullopt;
}

/// The number, or null: a merge patch takes an absent one out again.
template <class T>
[[nodiscard]] json number_or_null(const std::optional<T>& number) {
  return number ? json(*number) : json();
}

[[nodiscard]] json node_json(const node_status& node) {
  json out{{"ordinal", node.ordinal},
           {"ready", node.ready},
           {"ip", node.ip},
           {"nodeName", node.node_name},
           {"dnsName", node.dns_name}};
  if (node.peers) {
    out["peers"] = *node.peers;
  }
  if (node.height) {
    out["height"] = *node.height;
  }
  return out;
}

[[nodiscard]] node_status decode_node(json_view source) {
  return {static_cast<std::int32_t>(source["ordinal"].integer().value_or(-1)),
          source["ready"].boolean().value_or(false),
          source["ip"].string(),
          source["nodeName"].string(),
          source["dnsName"].string(),
          count_of(source["peers"]),
          source["height"].integer()};
}

}  // namespace

const condition* find_condition(const network_status& status, std::string_view type) noexcept {
  const auto found = std::find_if(status.conditions.begin(),
                                  status.conditions.end(),
                                  [&](const condition& c) { return c.type == type; });
  return found == status.conditions.end() ? nullptr : &*found;
}

network_status decode_network_status(const json& document) {
  return network_status_of(json_view{document});
}

network_status network_status_of(json_view document) {
  network_status status;
  const auto source = document["status"];
  status.observed_generation = source["observedGeneration"].integer().value_or(0);
  status.phase = source["phase"].string();
  status.replicas = static_cast<std::int32_t>(source["replicas"].integer().value_or(0));
  status.ready_nodes = static_cast<std::int32_t>(source["readyNodes"].integer().value_or(0));
  status.peers = count_of(source["peers"]);
  status.height = source["height"].integer();
  status.selector = source["selector"].string();
  source["nodes"].for_each_element(
      [&](json_view node) { status.nodes.push_back(decode_node(node)); });
  const auto conditions = source["conditions"];
  status.conditions.reserve(conditions.size());
  conditions.for_each_element(
      [&](json_view c) { status.conditions.push_back(decode_condition(c)); });
  return status;
}

json to_json(const network_status& status) {
  auto nodes = json::array();
  for (const auto& node : status.nodes) {
    nodes.push_back(node_json(node));
  }
  auto conditions = json::array();
  for (const auto& c : status.conditions) {
    conditions.push_back(json_object({{"type", c.type},
                                      {"status", c.status},
                                      {"reason", c.reason},
                                      {"message", c.message},
                                      {"observedGeneration", c.observed_generation},
                                      {"lastTransitionTime", c.last_transition_time}}));
  }
  return json_object({{"observedGeneration", status.observed_generation},
                      {"phase", status.phase},
                      {"replicas", status.replicas},
                      {"readyNodes", status.ready_nodes},
                      {"peers", number_or_null(status.peers)},
                      {"height", number_or_null(status.height)},
                      {"selector", status.selector},
                      {"nodes", std::move(nodes)},
                      {"conditions", std::move(conditions)}});
}

}  // namespace btc::k8s
