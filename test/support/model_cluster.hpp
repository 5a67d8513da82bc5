#pragma once

#include "actors/reconcile/children.hpp"
#include "actors/reconcile/plan.hpp"
#include "actors/reconcile/secret_check.hpp"
#include "test/support/reconcile_builders.hpp"
#include "test/support/server_side_apply.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
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
  std::optional<json> conf{};                    ///< `net-conf`
  std::map<std::int32_t, std::string> claims{};  ///< sizes, by ordinal

  [[nodiscard]] reconcile::observed observe() const { return world.build(); }

  /// Carries out at most `count` actions; throws std::logic_error where the API server would
  /// refuse.
  void perform(const reconcile::plan& p, std::size_t count = SIZE_MAX) {
    failed_ = false;
    for (std::size_t i = 0; i < p.actions.size() && i < count && !failed_; ++i) {
      std::visit([this](const auto& a) { perform(a); }, p.actions[i]);
    }
  }

  /// The controller is killed: what only it knew is forgotten.
  void restart_controller() {
    world.settled_service.reset();
    world.settled_stateful_set.reset();
    world.refusal.reset();
    world.secret = {};
    world.conf = {};
    world.claims.clear();
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
    auto known = world.secret.credentials;
    switch (secret) {
      case secret_there::nothing:
        world.secret = {state::absent, {}, known};
        failed_ = true;
        break;
      case secret_there::incomplete:
        world.secret = {state::incomplete, {std::string{reconcile::secret_user_key}}, known};
        break;
      case secret_there::foreign:
        world.secret = {a.must_be_ours ? state::foreign : state::usable,
                        {},
                        a.must_be_ours ? known : observation::some_credentials(a.name)};
        break;
      case secret_there::usable:
        world.secret = {state::usable, {}, observation::some_credentials(a.name)};
        break;
    }
  }

  void perform(const reconcile::read_conf&) {
    using state = reconcile::conf_view::state;
    if (conf) {
      world.conf = look_at(*conf);
    } else {
      world.conf.is = state::absent;
      failed_ = true;
    }
  }

  void perform(const reconcile::create_secret&) {
    using state = reconcile::secret_view::state;
    const bool free = secret == secret_there::nothing;
    world.secret = {free ? state::usable : state::unread,
                    {},
                    free ? observation::some_credentials("net-rpc") : world.secret.credentials};
    secret = free ? secret_there::usable : secret;
    failed_ = !free;
  }

  [[nodiscard]] reconcile::conf_view look_at(const json& document) const {
    k8s::payload body;
    body.document = std::make_shared<const json>(document);
    return reconcile::check_conf(body, *world.build().network);
  }

  void create_conf(const reconcile::create_child& a) {
    if (conf) {
      world.conf.is = reconcile::conf_view::state::unread;
      failed_ = true;  // AlreadyExists
      return;
    }
    conf = *a.manifest;
    world.conf = look_at(*conf);
  }

  void perform(const reconcile::create_child& a) {
    if (a.kind == k8s::kind::secret) {
      create_conf(a);
      return;
    }
    auto& child = of(a.kind);
    require(!child, "create of a child that is there");
    require(a.kind == k8s::kind::service || conf, "pods before their configuration");
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
    if (a.kind == k8s::kind::secret) {
      require(!conf || look_at(*conf).is == reconcile::conf_view::state::present,
              "apply of a Secret that is not ours");
      conf = conf.value_or(json::object());
      conf->merge_patch(*a.manifest);
      world.conf = look_at(*conf);
      return;
    }
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

  /// Every pod of the model has a place, so nobody asks.
  void perform(const reconcile::read_storage_class&) { failed_ = true; }
  void perform(const reconcile::read_claim& a) {
    const auto found = claims.find(a.ordinal);
    failed_ = found == claims.end();
    world.claims[a.ordinal] = {
        failed_ ? reconcile::claim_view::state::absent : reconcile::claim_view::state::present,
        failed_ ? "" : found->second,
        {}};
  }

  void perform(const reconcile::grow_claim& a) {
    claims.at(a.ordinal) = a.size;
    world.claims.at(a.ordinal).size = a.size;
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
    const auto meta = k8s::meta_of(k8s::json_view{*of(kind)});
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
  bool failed_{false};  ///< the API server said no: the rest of the plan is dropped
};

}  // namespace btc::test
