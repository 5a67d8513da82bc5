#pragma once

#include "actors/reconcile/children.hpp"
#include "actors/reconcile/plan.hpp"
#include "test/support/reconcile_builders.hpp"
#include "test/support/server_side_apply.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace btc::test {

/// A cluster with one network, as a value: it carries out plans as the API server would, and
/// refuses what the API server would refuse. No errors in time, no concurrency: those are the
/// simulation's.
class model_cluster {
 public:
  /// What stands under the Secret's name.
  enum class secret_there { nothing, incomplete, usable, foreign };

  observation world{};
  secret_there secret{secret_there::nothing};

  [[nodiscard]] reconcile::observed observe() const { return world.build(); }

  /// Carries out at most `count` actions; throws std::logic_error where the API server would
  /// refuse.
  void perform(const reconcile::plan& p, std::size_t count = SIZE_MAX) {
    for (std::size_t i = 0; i < p.actions.size() && i < count; ++i) {
      std::visit([this](const auto& a) { perform(a); }, p.actions[i]);
    }
  }

  /// The controller is killed: what only it knew is forgotten.
  void restart_controller() {
    world.settled_service.reset();
    world.settled_stateful_set.reset();
    world.refusal.reset();
    world.secret = {};
  }

  /// The StatefulSet controller and the kubelets do their work.
  void run_pods() {
    world.pods.clear();
    if (!world.stateful_set) {
      return;
    }
    auto& set = *world.stateful_set;
    const auto replicas = set["spec"]["replicas"].get<int>();
    set["status"] = {{"replicas", replicas},
                     {"readyReplicas", replicas},
                     {"updatedReplicas", replicas},
                     {"observedGeneration", set["metadata"]["generation"]}};
    for (int i = 0; i < replicas; ++i) {
      world.pods.push_back(observation::a_pod(i));
      world.pods.back()["metadata"]["ownerReferences"][0]["uid"] = set["metadata"]["uid"];
    }
  }

 private:
  void perform(const reconcile::announce&) {}

  void perform(const reconcile::read_secret& a) {
    using state = reconcile::secret_view::state;
    switch (secret) {
      case secret_there::nothing:
        world.secret = {state::absent, {}};
        break;
      case secret_there::incomplete:
        world.secret = {state::incomplete, {std::string{reconcile::secret_user_key}}};
        break;
      case secret_there::foreign:
        world.secret = {a.must_be_ours ? state::foreign : state::usable, {}};
        break;
      case secret_there::usable:
        world.secret = {state::usable, {}};
        break;
    }
  }

  void perform(const reconcile::create_secret&) {
    using state = reconcile::secret_view::state;
    const bool free = secret == secret_there::nothing;
    world.secret = {free ? state::usable : state::unread, {}};
    secret = free ? secret_there::usable : secret;
  }

  void perform(const reconcile::create_child& a) {
    auto& child = of(a.kind);
    require(!child, "create of a child that is there");
    child = with_server_defaults(a.kind, *a.manifest);
    (*child)["metadata"]["uid"] = "uid-" + std::to_string(++version_);
    (*child)["metadata"]["generation"] = 1;
    sets_of(a.kind) = {to_tree(*a.manifest), json::object()};
    stamp(a.kind);
    settle(a.kind, a.content, {});
  }

  void perform(const reconcile::take_ownership& a) {
    auto& child = of(a.kind);
    auto& sets = sets_of(a.kind);
    *child = child->patch(a.operations);  // throws when a test operation fails
    const auto& entries = child->at("metadata").at("managedFields");
    const auto count = [&](const char* operation) {
      return std::count_if(entries.begin(), entries.end(), [&](const json& entry) {
        return entry["operation"] == operation;
      });
    };
    if (!sets.post.empty() && count("Update") == 0) {
      // Of two entries under one name the last one is kept.
      const bool renamed = count("Apply") == (sets.apply.empty() ? 1 : 2);
      auto post = std::exchange(sets.post, json::object());
      sets.apply = renamed ? std::move(post) : std::move(sets.apply);
    }
    stamp(a.kind);
  }

  void perform(const reconcile::apply_child& a) {
    auto& child = of(a.kind);
    const auto before = *child;
    auto after = with_server_defaults(a.kind, applied(before, *a.manifest, sets_of(a.kind)));
    check(a.kind, before["spec"], after["spec"]);
    if (after["spec"] != before["spec"]) {
      after["metadata"]["generation"] = before["metadata"].value("generation", 0) + 1;
    }
    *child = std::move(after);
    stamp(a.kind);
    settle(a.kind, a.content, a.immutable);
  }

  void perform(const reconcile::patch_status& a) { world.network.merge_patch(a.patch); }

  [[nodiscard]] std::optional<json>& of(k8s::kind kind) {
    return kind == k8s::kind::service ? world.service : world.stateful_set;
  }
  [[nodiscard]] field_sets& sets_of(k8s::kind kind) {
    return kind == k8s::kind::service ? service_sets_ : stateful_set_sets_;
  }

  /// What the API server notes after each write: a version, and whose the fields are.
  void stamp(k8s::kind kind) {
    auto& metadata = of(kind)->at("metadata");
    metadata["resourceVersion"] = std::to_string(++version_);
    auto entries = json::array();
    for (const auto& [operation, set] :
         {std::pair{"Apply", &sets_of(kind).apply}, std::pair{"Update", &sets_of(kind).post}}) {
      if (!set->empty()) {
        entries.push_back({{"manager", k8s::field_manager}, {"operation", operation}});
      }
    }
    metadata["managedFields"] = std::move(entries);
  }

  void settle(k8s::kind kind, std::uint64_t content, std::vector<std::string> immutable) {
    const auto meta = k8s::decode_meta(*of(kind));
    reconcile::settled_write settled{
        meta.uid, reconcile::spec_version(meta), content, std::move(immutable)};
    (kind == k8s::kind::service ? world.settled_service : world.settled_stateful_set) =
        std::move(settled);
  }

  static void require(bool holds, const char* what) {
    if (!holds) {
      throw std::logic_error{what};
    }
  }

  static void check(k8s::kind kind, const json& before, const json& after) {
    if (kind == k8s::kind::service) {
      check_names(after["ports"]);
      return;
    }
    for (const auto* field : {"serviceName", "podManagementPolicy", "selector"}) {
      require(before[field] == after[field], "change of an immutable field");
    }
    for (const auto& container : after["template"]["spec"]["containers"]) {
      check_names(container.value("ports", json::array()));
    }
  }

  static void check_names(const json& ports) {
    std::set<json> names;
    for (const auto& port : ports) {
      require(names.insert(port.at("name")).second, "two ports of one name");
    }
  }

  field_sets service_sets_{};
  field_sets stateful_set_sets_{};
  int version_{100};
};

}  // namespace btc::test
