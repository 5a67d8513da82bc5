#include "test/sim/world/spec_chains.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

constexpr std::size_t edits_per_chain = 6;
constexpr std::int64_t nodes_max = 4;  ///< more are a matter of the soak

/// What a schema cannot know: a value that means something, by path.
[[nodiscard]] std::vector<std::pair<std::string, json>> sensible(const std::string& path) {
  if (path == "image") {
    return {{"another image", "example/bitcoin:2"},
            {"an image that is not there", "missing.example/b:1"}};
  }
  if (path == "secret") {
    return {{"a Secret that is there", "login"}, {"a Secret that is not there", "absent"}};
  }
  if (path == "extraArgs") {
    return {{"an argument", json::array({"-txindex=1"})},
            {"an argument that the controller sets", json::array({"-rpcauth=x"})},
            {"no argument", json::array({"txindex"})},
            {"two lines", json::array({"-txindex=1\nrpcauth=x"})}};
  }
  if (path == "resources") {
    return {{"a request above its limit",
             {{"requests", {{"memory", "2Gi"}}}, {"limits", {{"memory", "1Gi"}}}}}};
  }
  if (path == "resources.limits" || path == "resources.requests") {
    return {{"an amount", {{"memory", "300Mi"}}}, {"no amount", {{"memory", "much"}}}};
  }
  if (path == "storage") {
    return {{"a volume", {{"size", "1Gi"}}}};
  }
  if (path == "pod.affinity") {
    const json term{{"weight", 1},
                    {"podAffinityTerm", {{"topologyKey", "kubernetes.io/hostname"}}}};
    const json anti{{"preferredDuringSchedulingIgnoredDuringExecution", json::array({term})}};
    return {{"an affinity", {{"podAntiAffinity", anti}}}};
  }
  if (path == "pod.labels" || path == "pod.annotations") {
    return {{"a label of the controller", {{"app", "mine"}}},
            {"a key that is none", {{"no key!", "x"}}}};
  }
  if (path == "pod.topologySpreadConstraints") {
    const json constraint{
        {"maxSkew", 1}, {"topologyKey", "zone"}, {"whenUnsatisfiable", "ScheduleAnyway"}};
    return {{"a constraint", json::array({constraint})}};
  }
  return {};
}

/// A value that the schema takes, as plain as possible.
[[nodiscard]] json sample(const schema_node& n) {
  using enum schema_node::value_type;
  if (!n.allowed.empty()) {
    return n.allowed.back();
  }
  if (n.int_or_string) {
    return "1";
  }
  switch (n.type) {
    case object: {
      auto out = json::object();
      for (const auto& key : n.required) {
        if (const auto* member = n.member(key)) {
          out[key] = sample(*member);
        }
      }
      return out;
    }
    case array:
      return json::array();
    case integer:
    case number:
      return n.minimum.value_or(1);
    case boolean:
      return true;
    default:
      return "x";
  }
}

class mutator {
 public:
  explicit mutator(std::vector<spec_mutation>& into) : into_(into) {}

  void walk(const schema_node& node, std::vector<std::string> path) {
    if (!path.empty()) {
      mutate(node, path);
    }
    if (node.items != nullptr || node.additional != nullptr) {
      return;  // what is inside comes with its list or map
    }
    for (const auto& [key, member] : node.properties) {
      auto below = path;
      below.push_back(key);
      walk(*member, std::move(below));
    }
  }

 private:
  void mutate(const schema_node& n, const std::vector<std::string>& path) {
    using enum schema_node::value_type;
    for (auto& [what, value] : sensible(text_of(path))) {
      add(path, what, std::move(value));
    }
    for (const auto& word : n.allowed) {
      add(path, "the word " + word.dump(), word);
    }
    if (!n.allowed.empty()) {
      add(path, "a word that nobody knows", "whatever");
    } else if (n.type == integer) {
      bounds(n, path);
    } else if (n.type == boolean) {
      add(path, "on", true);
    } else if (n.type == string) {
      texts(n, path);
    } else if (n.type == array) {
      lists(n, path);
    } else if (n.additional != nullptr) {
      add(path, "an entry", {{"a.example/key", sample(*n.additional)}});
    } else if (n.int_or_string) {
      quantities(path);
    } else if (n.type == object && !n.required.empty()) {
      add(path, "what is required", sample(n));
      add(path, "nothing in it", json::object());
    }
    if (std::find(path.begin(), path.end(), "nodes") == path.end()) {
      add(path, "away", nullptr);
    }
  }

  void bounds(const schema_node& n, const std::vector<std::string>& path) {
    const auto low = n.minimum.value_or(0);
    add(path, "the minimum", low);
    add(path, "below the minimum", low - 1);
    add(path, "one more", low + 1);
    add(path,
        "many",
        std::min(n.maximum.value_or(nodes_max), path.back() == "nodes" ? nodes_max : 60));
    if (n.maximum) {
      add(path, "above the maximum", *n.maximum + 1);
    }
    add(path, "a text", "three");
  }

  void texts(const schema_node& n, const std::vector<std::string>& path) {
    if (n.pattern == nullptr) {
      add(path, "a text", "text");
    }
    add(path, "white space", " \n");
    add(path, "empty", "");
    if (n.max_length) {
      add(path, "too long", std::string(*n.max_length + 1, 'x'));
    }
    add(path, "a number", 7);
  }

  void lists(const schema_node& n, const std::vector<std::string>& path) {
    add(path, "empty", json::array());
    if (n.items == nullptr) {
      return;
    }
    add(path, "an entry", json::array({sample(*n.items)}));
    add(path, "the same entry twice", json::array({sample(*n.items), sample(*n.items)}));
    if (n.max_items) {
      add(path, "too many", json(*n.max_items + 1, sample(*n.items)));
    }
  }

  void quantities(const std::vector<std::string>& path) {
    for (const auto* value : {"1Gi", "2Gi", "0", "-1", "much"}) {
      add(path, std::string{"the quantity "} + value, value);
    }
  }

  [[nodiscard]] static std::string text_of(const std::vector<std::string>& path) {
    std::string out;
    for (const auto& part : path) {
      out += (out.empty() ? "" : ".") + part;
    }
    return out;
  }

  void add(const std::vector<std::string>& path, std::string what, json value) {
    json undo = path.back() == "nodes" ? json(2) : json(nullptr);
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
      value = json{{*at, std::move(value)}};
      undo = json{{*at, std::move(undo)}};
    }
    into_.push_back({text_of(path), std::move(what), std::move(value), std::move(undo)});
  }

  std::vector<spec_mutation>& into_;
};

[[nodiscard]] std::string number_of(std::size_t i) {
  return (i < 10 ? "0" : "") + std::to_string(i);
}

/// What somebody does meanwhile.
[[nodiscard]] json drift_of(std::size_t chain) {
  const std::array<json, 4> all{{
      {{"drift", "StatefulSet"}, {"of", "net"}, {"patch", {{"spec", {{"replicas", 5}}}}}},
      {{"drift", "Service"},
       {"of", "net"},
       {"patch", {{"metadata", {{"labels", {{"app", nullptr}}}}}}}},
      {{"remove", "Service"}, {"of", "net"}},
      {{"drift", "StatefulSet"},
       {"of", "net"},
       {"patch", {{"metadata", {{"labels", {{"app.kubernetes.io/managed-by", "me"}}}}}}}},
  }};
  return all.at(chain % all.size());
}

[[nodiscard]] json first_spec(std::size_t chain) {
  json spec{{"nodes", 1 + chain % 3}};
  if (chain % 4 == 1) {
    spec["storage"] = {{"size", "1Gi"}};
  } else if (chain % 4 == 2) {
    spec["mining"] = {{"intervalSeconds", 30}};
  } else if (chain % 4 == 3) {
    spec["secret"] = "login";
  }
  return spec;
}

}  // namespace

std::vector<spec_mutation> mutations_of(const schema_node& spec) {
  std::vector<spec_mutation> all;
  mutator{all}.walk(spec, {});
  return all;
}

std::vector<workload> spec_chains(const schema_node& crd) {
  const auto* spec = crd.member("spec");
  if (spec == nullptr) {
    return {};
  }
  const auto all = mutations_of(*spec);
  // Dealt out like cards, so that a chain has edits of many fields.
  const auto count = (all.size() + edits_per_chain - 1) / edits_per_chain;
  std::vector<workload> chains;
  for (std::size_t chain = 0; chain < count; ++chain) {
    workload w;
    w.name = "spec-" + number_of(chain + 1);
    w.says = "edits that the schema suggests:";
    w.steps.push_back({{"secret", "login"}, {"user", "alice"}, {"password", "s3cr3t-login"}});
    w.steps.push_back({{"create", "net"}, {"spec", first_spec(chain)}});
    for (std::size_t i = chain, n = 0; i < all.size(); i += count, ++n) {
      const auto& m = all[i];
      w.says += (n == 0 ? " " : ", ") + m.path + ' ' + m.what;
      w.steps.push_back({{"edit", "net"}, {"spec", m.patch}});
      if (n % 3 == 2) {
        w.steps.push_back({{"edit", "net"}, {"spec", m.undo}});
        w.steps.push_back(drift_of(chain));
      }
    }
    if (chain % 2 == 1) {
      // What a lenient CRD lets in is not taken back at the end of every chain.
      w.steps.push_back({{"edit", "net"}, {"spec", all[chain].patch}});
    }
    chains.push_back(std::move(w));
  }
  return chains;
}

}  // namespace btc::sim
