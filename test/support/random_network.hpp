#pragma once

#include "test/support/model_cluster.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace btc::test {

/// splitmix64 (Steele, Lea, Flood 2014): a seed names a whole case, and the same one everywhere.
class splitmix {
 public:
  explicit splitmix(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() noexcept {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  [[nodiscard]] std::size_t below(std::size_t limit) noexcept { return next() % limit; }
  [[nodiscard]] bool one_in(std::size_t n) noexcept { return below(n) == 0; }
  [[nodiscard]] json pick(const std::vector<json>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

/// A valid spec; each optional field is there, absent, or there with another value.
[[nodiscard]] inline json a_random_spec(splitmix& random) {
  const json nothing;
  const auto names = [](std::initializer_list<const char*> list) {
    auto out = json::array();
    for (const auto* name : list) {
      out.push_back({{"name", name}});
    }
    return out;
  };
  const auto spread = [](const char* key, const char* what) {
    return json{{"maxSkew", 1}, {"topologyKey", key}, {"whenUnsatisfiable", what}};
  };
  return {
      {"nodes", random.below(5)},
      {"secret", random.pick({"", "credentials", "other"})},
      {"image", random.pick({"a", "b", nothing})},
      {"imagePullSecrets", random.pick({names({"x"}), names({"y"}), names({"x", "y"}), nothing})},
      {"resources",
       random.pick({{{"limits", {{"memory", "1Gi"}}}},
                    {{"limits", {{"memory", "2Gi"}, {"cpu", 1}}}},
                    {{"requests", {{"cpu", "100m"}}}},
                    nothing})},
      {"pod",
       random.one_in(4)
           ? nothing
           : json{{"labels", random.pick({{{"team", "red"}}, {{"team", "blue"}}, nothing})},
                  {"annotations", random.pick({{{"a.b/c", "1"}}, {{"d", "2"}}, nothing})},
                  {"nodeSelector", random.pick({{{"disk", "ssd"}}, {{"disk", "hdd"}}, nothing})},
                  {"tolerations",
                   random.pick({json::array({{{"key", "k"}}}),
                                json::array({{{"key", "k"}, {"effect", "NoExecute"}}}),
                                nothing})},
                  {"topologySpreadConstraints",
                   random.pick({json::array({spread("zone", "DoNotSchedule")}),
                                json::array({spread("zone", "ScheduleAnyway")}),
                                json::array({spread("zone", "DoNotSchedule"),
                                             spread("host", "ScheduleAnyway")}),
                                nothing})},
                  {"priorityClassName", random.pick({"high", "low", nothing})}}}};
}

/// The user replaces the spec.
inline void edit_spec(model_cluster& cluster, json spec) {
  auto& network = cluster.world.network;
  network["spec"] = std::move(spec);
  network["metadata"]["generation"] = network["metadata"]["generation"].get<int>() + 1;
  cluster.world.secret.is = reconcile::secret_view::state::unknown;
}

/// The user changes one field, as users mostly do: of pod, one of its fields.
inline void edit_field(model_cluster& cluster, splitmix& random) {
  auto spec = cluster.world.network["spec"];
  const auto other = a_random_spec(random);
  const auto copy_one = [&](json& to, const json& from) {
    const auto chosen =
        std::next(from.begin(), static_cast<std::ptrdiff_t>(random.below(from.size())));
    to[chosen.key()] = chosen.value();
  };
  if (spec["pod"].is_object() && other["pod"].is_object() && random.one_in(2)) {
    copy_one(spec["pod"], other["pod"]);
  } else {
    copy_one(spec, other);
  }
  edit_spec(cluster, std::move(spec));
}

/// Somebody else writes to a child, or takes one away.
inline void interfere(model_cluster& cluster, splitmix& random) {
  auto& world = cluster.world;
  if (!world.service || !world.stateful_set) {
    return;
  }
  auto& set = *world.stateful_set;
  auto& container = set["spec"]["template"]["spec"]["containers"][0];
  const auto generation = set["metadata"]["generation"].get<int>();
  set["metadata"]["generation"] = generation + 1;
  switch (random.below(14)) {
    case 11:
      cluster.conf.reset();
      break;
    case 12:
      (*cluster.conf)["data"] = {{"bitcoin.conf", "dGhlaXJz"}};
      break;
    case 0:
      set["spec"]["replicas"] = 9;
      break;
    case 1:
      container["image"] = "theirs";
      break;
    case 2:
      container["ports"][1]["containerPort"] = 1;
      break;
    case 3:
      (*world.service)["spec"]["ports"][0]["port"] = 1;
      break;
    case 4:
      (*world.service)["spec"]["selector"]["theirs"] = "x";
      break;
    case 5:
      set["metadata"]["labels"] = {{"theirs", "x"}};
      break;
    case 6:
      set["metadata"]["annotations"] = json::object();
      break;
    case 7:
      set["spec"]["template"]["spec"].erase("enableServiceLinks");
      break;
    case 8:
      set["spec"]["template"]["spec"]["containers"].push_back({{"name", "sidecar"}});
      break;
    case 9:
      world.service.reset();
      break;
    case 10:
      world.stateful_set.reset();
      break;
    default:
      set["metadata"]["generation"] = generation;
      break;
  }
  // An edit of a Service shows in its version alone.
  world.settled_service.reset();
}

}  // namespace btc::test
