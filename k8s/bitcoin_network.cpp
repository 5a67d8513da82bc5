#include "k8s/bitcoin_network.hpp"

#include "k8s/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

constexpr std::array<std::string_view, 3> chains{"regtest", "signet", "testnet4"};
constexpr std::array<std::string_view, 4> topologies{"auto", "mesh", "ring", "none"};
constexpr std::array<std::string_view, 3> pull_policies{"Always", "IfNotPresent", "Never"};

/// A value as it is shown in a problem: short, and on one line.
[[nodiscard]] std::string shown(const json& value) {
  constexpr std::size_t shown_bytes_max = 60;
  auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > shown_bytes_max) {
    text.resize(shown_bytes_max);
    text += "…";
  }
  return text;
}

/// Collects problems; one object per spec.
class spec_reader {
 public:
  spec_reader(const json& spec, std::vector<std::string>& problems)
      : spec_(spec), problems_(problems) {}

  void problem(std::string_view field, const json& value, std::string_view rule) {
    problems_.push_back("spec." + std::string{field} + " is " + shown(value) + "; "
                        + std::string{rule});
  }

  void text(std::string_view field, std::string& out, bool may_be_empty) {
    const auto* value = member(spec_, field);
    if (value == nullptr) {
      return;
    }
    if (!value->is_string() || (!may_be_empty && value->get_ref<const std::string&>().empty())) {
      problem(field, *value, may_be_empty ? "give a string" : "give a string that is not empty");
      return;
    }
    out = value->get<std::string>();
  }

  template <std::size_t N>
  void choice(std::string_view field,
              const std::array<std::string_view, N>& choices,
              std::string& out) {
    const auto* value = member(spec_, field);
    if (value == nullptr) {
      return;
    }
    const auto text = string_at(spec_, field);
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) {
      out = text;
      return;
    }
    std::string rule = "give one of";
    for (const auto name : choices) {
      rule += ' ';
      rule += name;
    }
    problem(field, *value, rule);
  }

  void object(std::string_view field, packed_json& out) {
    const auto* value = member(spec_, field);
    if (value == nullptr) {
      return;
    }
    if (!value->is_object()) {
      problem(field, *value, "give an object");
      return;
    }
    out = packed_json{*value};
  }

  void nodes(std::int32_t& out) {
    const auto* value = member(spec_, "nodes");
    if (value == nullptr) {
      problem("nodes", nullptr, "give a whole number from 0 to " + std::to_string(nodes_max));
      return;
    }
    const auto number = integer_at(spec_, "nodes");
    if (!number || *number < 0 || *number > nodes_max) {
      problem("nodes", *value, "give a whole number from 0 to " + std::to_string(nodes_max));
      return;
    }
    out = static_cast<std::int32_t>(*number);
  }

  void pull_secrets(std::vector<std::string>& out) {
    const auto* value = member(spec_, "imagePullSecrets");
    if (value == nullptr || !value->is_array()) {
      return;
    }
    for (const auto& entry : *value) {
      auto name = string_at(entry, "name");
      if (name.empty()) {
        problem("imagePullSecrets", *value, "give each entry a name");
        return;
      }
      out.push_back(std::move(name));
    }
  }

  void storage(std::optional<storage_spec>& out) {
    const auto* value = member(spec_, "storage");
    if (value == nullptr) {
      return;
    }
    const auto* size = member(*value, "size");
    if (size == nullptr || !(size->is_string() || size->is_number())) {
      problem("storage.size", size == nullptr ? json{} : *size, "give a quantity, such as 10Gi");
      return;
    }
    const auto* storage_class = member(*value, "storageClassName");
    if (storage_class != nullptr && string_at(*value, "storageClassName").empty()) {
      problem("storage.storageClassName", *storage_class, "give a name, or leave it out");
      return;
    }
    out = storage_spec{size->is_string() ? size->get<std::string>() : size->dump(),
                       string_at(*value, "storageClassName")};
  }

  void mining(std::int32_t& interval_seconds) {
    const auto* value = member(spec_, "mining");
    if (value == nullptr) {
      return;
    }
    const auto seconds = integer_at(*value, "intervalSeconds");
    if (!seconds || *seconds < 1 || *seconds > mining_interval_seconds_max) {
      const auto* given = member(*value, "intervalSeconds");
      problem("mining.intervalSeconds",
              given == nullptr ? json{} : *given,
              "give a whole number from 1 to " + std::to_string(mining_interval_seconds_max));
      return;
    }
    interval_seconds = static_cast<std::int32_t>(*seconds);
  }

  void extra_args(std::vector<std::string>& out) {
    const auto* value = member(spec_, "extraArgs");
    if (value == nullptr) {
      return;
    }
    const bool texts =
        value->is_array() && std::all_of(value->begin(), value->end(), [](const json& argument) {
          return argument.is_string();
        });
    if (!texts) {
      // Without the value: an argument may hold what should not be shown.
      problems_.emplace_back("spec.extraArgs is not a list of strings; give one for each argument");
      return;
    }
    out = value->get<std::vector<std::string>>();
  }

 private:
  const json& spec_;
  std::vector<std::string>& problems_;
};

/// RFC 1035 label: the name becomes `<name>-svc`, the name of a Service.
[[nodiscard]] bool is_dns_1035_label(std::string_view name) noexcept {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && lower(name.front()) && name.back() != '-'
         && std::all_of(name.begin(), name.end(), allowed);
}

void check_name(const std::string& name, std::vector<std::string>& problems) {
  if (name.size() > network_name_bytes_max) {
    problems.push_back("metadata.name is " + std::to_string(name.size())
                       + " characters long; give at most " + std::to_string(network_name_bytes_max)
                       + ", pod labels are derived from it");
  } else if (!is_dns_1035_label(name)) {
    problems.push_back("metadata.name is \"" + name
                       + "\"; start with a lower case letter and use only a-z, 0-9 and '-', "
                         "the Service is named after it");
  }
}

[[nodiscard]] condition decode_condition(const json& source) {
  return {string_at(source, "type"),
          string_at(source, "status"),
          string_at(source, "reason"),
          string_at(source, "message"),
          integer_at(source, "observedGeneration").value_or(0),
          string_at(source, "lastTransitionTime")};
}

[[nodiscard]] node_status decode_node(const json& source) {
  return {static_cast<std::int32_t>(integer_at(source, "ordinal").value_or(-1)),
          boolean_at(source, "ready").value_or(false),
          string_at(source, "ip"),
          string_at(source, "nodeName"),
          string_at(source, "dnsName")};
}

}  // namespace

const condition* find_condition(const network_status& status, std::string_view type) noexcept {
  const auto found = std::find_if(status.conditions.begin(),
                                  status.conditions.end(),
                                  [&](const condition& c) { return c.type == type; });
  return found == status.conditions.end() ? nullptr : &*found;
}

void decode_spec(const json& document, bitcoin_network& out) {
  check_name(out.meta.key.name, out.problems);
  const auto* found = member(document, "spec");
  const json none = json::object();
  spec_reader reader{found == nullptr ? none : *found, out.problems};
  reader.nodes(out.spec.nodes);
  reader.text("secret", out.spec.secret, true);
  reader.choice("chain", chains, out.spec.chain);
  reader.text("image", out.spec.image, false);
  reader.choice("imagePullPolicy", pull_policies, out.spec.image_pull_policy);
  reader.pull_secrets(out.spec.image_pull_secrets);
  reader.choice("topology", topologies, out.spec.topology);
  reader.storage(out.spec.storage);
  reader.object("resources", out.spec.resources);
  reader.mining(out.spec.mining_interval_seconds);
  reader.extra_args(out.spec.extra_args);
  reader.object("pod", out.spec.pod);
  out.spec.paused = found != nullptr && boolean_at(*found, "paused").value_or(false);
}

network_status decode_network_status(const json& document) {
  network_status status;
  const auto* source = member(document, "status");
  if (source == nullptr) {
    return status;
  }
  status.observed_generation = integer_at(*source, "observedGeneration").value_or(0);
  status.phase = string_at(*source, "phase");
  status.replicas = static_cast<std::int32_t>(integer_at(*source, "replicas").value_or(0));
  status.ready_nodes = static_cast<std::int32_t>(integer_at(*source, "readyNodes").value_or(0));
  status.selector = string_at(*source, "selector");
  if (const auto* nodes = member(*source, "nodes"); nodes != nullptr && nodes->is_array()) {
    std::transform(nodes->begin(), nodes->end(), std::back_inserter(status.nodes), decode_node);
  }
  const auto* conditions = member(*source, "conditions");
  if (conditions != nullptr && conditions->is_array()) {
    std::transform(conditions->begin(),
                   conditions->end(),
                   std::back_inserter(status.conditions),
                   decode_condition);
  }
  return status;
}

json to_json(const network_status& status) {
  auto nodes = json::array();
  for (const auto& node : status.nodes) {
    nodes.push_back({{"ordinal", node.ordinal},
                     {"ready", node.ready},
                     {"ip", node.ip},
                     {"nodeName", node.node_name},
                     {"dnsName", node.dns_name}});
  }
  auto conditions = json::array();
  for (const auto& c : status.conditions) {
    conditions.push_back({{"type", c.type},
                          {"status", c.status},
                          {"reason", c.reason},
                          {"message", c.message},
                          {"observedGeneration", c.observed_generation},
                          {"lastTransitionTime", c.last_transition_time}});
  }
  return {{"observedGeneration", status.observed_generation},
          {"phase", status.phase},
          {"replicas", status.replicas},
          {"readyNodes", status.ready_nodes},
          {"selector", status.selector},
          {"nodes", std::move(nodes)},
          {"conditions", std::move(conditions)}};
}

}  // namespace btc::k8s
