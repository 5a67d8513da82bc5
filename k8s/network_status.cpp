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

[[nodiscard]] json nodes_json(const std::vector<node_status>& nodes) {
  auto out = json::array();
  for (const auto& node : nodes) {
    out.push_back(node_json(node));
  }
  return out;
}

[[nodiscard]] json conditions_json(const std::vector<condition>& conditions) {
  auto out = json::array();
  for (const auto& c : conditions) {
    out.push_back(json_object({{"type", c.type},
                               {"status", c.status},
                               {"reason", c.reason},
                               {"message", c.message},
                               {"observedGeneration", c.observed_generation},
                               {"lastTransitionTime", c.last_transition_time}}));
  }
  return out;
}

}  // namespace

const condition* find_condition(const network_status& status, std::string_view type) noexcept {
  const auto found = std::find_if(status.conditions.begin(),
                                  status.conditions.end(),
                                  [&](const condition& c) { return c.type == type; });
  return found == status.conditions.end() ? nullptr : &*found;
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
  return changed_fields(nullptr, status);
}

json changed_fields(const network_status* before, const network_status& after) {
  json out(json::value_t::object);
  const auto add = [&](const char* key, auto network_status::*field, const auto& written) {
    if (before == nullptr || before->*field != after.*field) {
      out[key] = written(after.*field);
    }
  };
  const auto as_it_is = [](const auto& value) { return json(value); };
  const auto number = [](const auto& value) { return number_or_null(value); };
  add("observedGeneration", &network_status::observed_generation, as_it_is);
  add("phase", &network_status::phase, as_it_is);
  add("replicas", &network_status::replicas, as_it_is);
  add("readyNodes", &network_status::ready_nodes, as_it_is);
  add("peers", &network_status::peers, number);
  add("height", &network_status::height, number);
  add("selector", &network_status::selector, as_it_is);
  add("nodes", &network_status::nodes, nodes_json);
  add("conditions", &network_status::conditions, conditions_json);
  return out;
}

}  // namespace btc::k8s
