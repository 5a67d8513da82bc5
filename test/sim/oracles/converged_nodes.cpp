#include "test/sim/oracles/converged_nodes.hpp"

#include "test/sim/cluster/base64.hpp"
#include "test/sim/cluster/stateful_set_controller.hpp"
#include "test/sim/oracles/reading.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

namespace btc::sim {

namespace {

using nlohmann::json;
using problem = std::optional<std::string>;

/// A network, its StatefulSet and its pods by ordinal, which are all there.
struct subject {
  const world_view& view;
  const json& network;
  std::string name{};
  std::int64_t nodes{0};
  document set{};
  std::vector<document> pods{};

  [[nodiscard]] bool mines() const { return look(network, "/spec/mining").is_object(); }
  [[nodiscard]] const bitcoin_node* node(std::int64_t ordinal) const {
    return view.bitcoinds.find(text(*pods.at(static_cast<std::size_t>(ordinal)), "/metadata/uid"));
  }
  [[nodiscard]] document find(type_id type, const std::string& object) const {
    return view.cluster.objects().log(type).find("default/" + object);
  }
};

// -- pods ---------------------------------------------------------------------------------

[[nodiscard]] problem check_set(const subject& s) {
  const auto& status = look(*s.set, "/status");
  for (const auto* field : {"/replicas", "/readyReplicas", "/updatedReplicas"}) {
    if (number(status, field) != s.nodes) {
      return "the StatefulSet's status" + std::string{field} + " is " + look(status, field).dump()
             + ", wanted " + std::to_string(s.nodes);
    }
  }
  return differs(
      "currentRevision", look(status, "/currentRevision"), look(status, "/updateRevision"));
}

[[nodiscard]] problem gather_pods(subject& s) {
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    const auto pod_name = s.name + "-sts-" + std::to_string(i);
    auto pod = s.find(type_id::pods, pod_name);
    if (pod == nullptr || !is_pod_ready(*pod)) {
      return pod_name + (pod == nullptr ? " is missing" : " is not ready");
    }
    if (s.view.bitcoinds.find(text(*pod, "/metadata/uid")) == nullptr) {
      return pod_name + " is ready without a bitcoind";
    }
    s.pods.push_back(std::move(pod));
  }
  return {};
}

// -- bitcoinds ----------------------------------------------------------------------------

[[nodiscard]] std::string name_of(const subject& s, std::int64_t ordinal) {
  return s.name + "-sts-" + std::to_string(ordinal) + '.' + s.name
         + "-svc.default.svc:" + std::to_string(s.node(ordinal)->conf.p2p_port);
}

/// The entry that stands for another node, under its name or its address.
[[nodiscard]] std::string entry_for(const subject& s, const bitcoin_node& from, std::int64_t to) {
  const auto dns = name_of(s, to);
  const auto ip = s.node(to)->address + ':' + std::to_string(s.node(to)->conf.p2p_port);
  for (const auto& name : {dns, ip}) {
    if (std::find(from.added.begin(), from.added.end(), name) != from.added.end()) {
      return name;
    }
  }
  return {};
}

[[nodiscard]] bool is_connected(const subject& s,
                                const bitcoin_node& from,
                                const std::string& name,
                                const bitcoin_node& to) {
  const auto& links = s.view.bitcoinds.links();
  return std::any_of(links.begin(), links.end(), [&](const bitcoin_link& l) {
    return l.from == from.uid && l.to == to.uid && l.name == name;
  });
}

/// An address of a pod that is gone, which no other pod has: a controller that was restarted
/// cannot know it from one that a user added (docs/operations.md).
[[nodiscard]] bool is_vacant(const subject& s, const std::string& entry) {
  const auto host = split_node_name(entry).first;
  const auto& nodes = s.view.bitcoinds.nodes();
  return is_address(host) && std::none_of(nodes.begin(), nodes.end(), [&](const auto& n) {
           return n.address == host;
         });
}

/// A node has added whom it should and, of this network, nobody else; and is connected to them.
[[nodiscard]] problem check_neighbours(const subject& s, std::int64_t ordinal) {
  const auto& from = *s.node(ordinal);
  const auto shape = text(s.network, "/spec/topology");
  std::size_t entries = 0;
  for (std::int64_t to = 0; to < s.nodes; ++to) {
    const auto name = to == ordinal ? std::string{} : entry_for(s, from, to);
    const bool wanted = should_add(shape, s.nodes, ordinal, to);
    entries += name.empty() ? 0 : 1;
    if (wanted != !name.empty()) {
      return "node " + std::to_string(ordinal)
             + (wanted ? " has not added node " : " has added node ") + std::to_string(to);
    }
    if (wanted && !is_connected(s, from, name, *s.node(to))) {
      return "node " + std::to_string(ordinal) + " is not connected to node " + std::to_string(to);
    }
  }
  const auto friends = std::count_if(from.added.begin(), from.added.end(), [&](const auto& name) {
    return name.starts_with("friend.example:") || is_vacant(s, name);
  });
  return from.added.size() == entries + static_cast<std::size_t>(friends)
             ? problem{}
             : "node " + std::to_string(ordinal) + " has an entry of nobody's";
}

/// No connection leads to another network's node.
[[nodiscard]] problem check_strangers(const subject& s) {
  std::set<std::string> own;
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    own.insert(s.node(i)->uid);
  }
  for (const auto& l : s.view.bitcoinds.links()) {
    if (own.contains(l.from) != own.contains(l.to)) {
      return "a connection leads out of the network, by " + l.name;
    }
  }
  return {};
}

/// The user's password, as the Secret that counts has it, opens every node.
[[nodiscard]] problem check_credentials(const subject& s) {
  const auto wished = text(s.network, "/spec/secret");
  const auto secret = s.find(type_id::secrets, wished.empty() ? s.name + "-rpc" : wished);
  if (secret == nullptr) {
    return "there is no Secret with credentials";
  }
  const auto user = decode_base64(text(*secret, "/data/BC_RPC_USER"));
  const auto password = decode_base64(text(*secret, "/data/BC_RPC_PASSWORD"));
  const auto header = "Basic " + base64(user.value_or("") + ':' + password.value_or(""));
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    if (!check_authorization(s.node(i)->conf, header).known) {
      return "node " + std::to_string(i) + " refuses the credentials of today";
    }
  }
  return {};
}

// -- the status ---------------------------------------------------------------------------

[[nodiscard]] problem check_condition(const subject& s,
                                      std::string_view type,
                                      std::string_view wanted) {
  const auto& c = condition(s.network, type);
  return text(c, "/status") == wanted
             ? problem{}
             : std::string{type} + " is " + text(c, "/status") + " (" + text(c, "/reason")
                   + "), wanted " + std::string{wanted};
}

/// All nodes have the same tip, or lack one block of it: as the condition has it.
[[nodiscard]] bool agree(const subject& s) {
  std::set<std::string> tips;
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    tips.insert(s.node(i)->best);
  }
  return tips.size() <= 1;
}

[[nodiscard]] problem check_lines(const subject& s) {
  const auto& lines = look(s.network, "/status/nodes");
  const auto count = lines.is_array() ? lines.size() : 0;
  if (count != s.pods.size()) {
    return "status.nodes has " + std::to_string(count) + " lines";
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& pod = *s.pods[i];
    const auto& node = *s.node(static_cast<std::int64_t>(i));
    const auto& links = s.view.bitcoinds.links();
    const auto ends = std::count_if(links.begin(), links.end(), [&](const bitcoin_link& l) {
      return l.from == node.uid || l.to == node.uid;
    });
    json wanted{{"ip", look(pod, "/status/podIP")},
                {"nodeName", look(pod, "/spec/nodeName")},
                {"ready", true},
                {"ordinal", i},
                {"peers", ends}};
    if (!s.mines()) {
      wanted["height"] = s.view.bitcoinds.height_of(node.uid);
    }
    for (const auto& [key, value] : wanted.items()) {
      if (look(lines[i], ('/' + key).c_str()) != value) {
        return "status.nodes[" + std::to_string(i) + "]." + key + " is "
               + look(lines[i], ('/' + key).c_str()).dump() + ", wanted " + value.dump();
      }
    }
  }
  return {};
}

[[nodiscard]] problem check_status(const subject& s) {
  std::int64_t height = 0;
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    height = std::max(height, s.view.bitcoinds.height_of(s.node(i)->uid));
  }
  const std::initializer_list<problem> all{
      differs("status.phase", look(s.network, "/status/phase"), "Ready"),
      differs("status.replicas", json(number(s.network, "/status/replicas")), s.nodes),
      differs("status.readyNodes", json(number(s.network, "/status/readyNodes")), s.nodes),
      check_condition(s, "Ready", "True"),
      check_condition(s, "Progressing", "False"),
      check_condition(s, "Degraded", "False"),
      check_lines(s),
      check_condition(s, "PeersConnected", "True"),
      s.mines() ? problem{} : check_condition(s, "ChainConverged", agree(s) ? "True" : "False"),
      s.mines() || s.nodes == 0
          ? problem{}
          : differs("status.height", look(s.network, "/status/height"), height)};
  const auto* const first =
      std::find_if(all.begin(), all.end(), [](const problem& p) { return p.has_value(); });
  return first == all.end() ? problem{} : *first;
}

/// Nothing runs, so all that can be asked is that the status says so.
[[nodiscard]] problem check_stuck(const subject& s) {
  std::int64_t ready = 0;
  const auto uid = text(*s.set, "/metadata/uid");
  for (const auto& [key, pod] : s.view.cluster.objects().log(type_id::pods).objects()) {
    ready += controller_uid(*pod) == uid && is_pod_ready(*pod) ? 1 : 0;
  }
  return differs("status.readyNodes", json(number(s.network, "/status/readyNodes")), ready);
}

}  // namespace

bool can_run(const json& network) {
  return !text(network, "/spec/image").starts_with("missing.example/");
}

bool should_add(const std::string& topology,
                std::int64_t nodes,
                std::int64_t from,
                std::int64_t to) {
  if (from == to || topology == "none") {
    return false;
  }
  const auto distance = (to - from + nodes) % nodes;
  constexpr std::int64_t mesh_max = 17;
  const bool half_way = 2 * distance == nodes;
  if (topology == "ring") {
    return distance == 1 && (!half_way || from < to);
  }
  const bool chosen = nodes <= mesh_max ? 2 * distance <= nodes
                                        : distance <= 128 && 2 * distance <= nodes
                                              && (distance & (distance - 1)) == 0;
  return chosen && (!half_way || from < to);
}

std::optional<std::string> why_nodes_differ(const world_view& v, const json& network) {
  subject s{v, network, text(network, "/metadata/name"), number(network, "/spec/nodes"), {}, {}};
  s.set = s.find(type_id::stateful_sets, s.name + "-sts");
  if (s.set == nullptr) {
    return "there is no StatefulSet";
  }
  if (s.nodes > 0 && !can_run(network)) {
    return check_stuck(s);
  }
  if (auto p = check_set(s)) {
    return p;
  }
  if (auto p = gather_pods(s)) {
    return p;
  }
  for (std::int64_t i = 0; i < s.nodes; ++i) {
    if (auto p = check_neighbours(s, i)) {
      return p;
    }
  }
  if (auto p = check_strangers(s)) {
    return p;
  }
  if (auto p = check_credentials(s)) {
    return p;
  }
  return check_status(s);
}

}  // namespace btc::sim
