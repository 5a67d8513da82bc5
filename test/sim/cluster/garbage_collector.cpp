#include "test/sim/cluster/garbage_collector.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/metadata.hpp"
#include "test/sim/cluster/write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr auto foreground_finalizer = "foregroundDeletion";
constexpr auto orphan_finalizer = "orphan";

[[nodiscard]] bool has_finalizer(const json& object, const char* finalizer) {
  const auto* list = k8s::member(object, "metadata", "finalizers");
  return list != nullptr && std::find(list->begin(), list->end(), finalizer) != list->end();
}

[[nodiscard]] const json* reference_to(const json& object, const std::string& uid) {
  const auto* owners = k8s::member(object, "metadata", "ownerReferences");
  for (std::size_t i = 0; owners != nullptr && i < owners->size(); ++i) {
    if (k8s::string_at((*owners)[i], "uid") == uid) {
      return &(*owners)[i];
    }
  }
  return nullptr;
}

/// Members of the metadata that tell who may go.
[[nodiscard]] bool differ_in_ownership(const json& a, const json& b) {
  for (const auto* key : {"ownerReferences", "finalizers", "deletionTimestamp"}) {
    const auto* x = k8s::member(a, "metadata", key);
    const auto* y = k8s::member(b, "metadata", key);
    if ((x == nullptr) != (y == nullptr) || (x != nullptr && *x != *y)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool garbage_collector::concerns(type_id, const commit& c) const {
  if (c.before == nullptr) {
    return k8s::member(*c.after, "metadata", "ownerReferences") != nullptr;
  }
  return c.after == nullptr || differ_in_ownership(*c.before, *c.after);
}

void garbage_collector::plan() {
  for (const auto& type : cluster_core().model().types()) {
    for (const auto& [key, object] : objects().log(type.id).objects()) {
      const auto* owners = k8s::member(*object, "metadata", "ownerReferences");
      if (owners != nullptr && !owners->empty() && !is_terminating(*object)) {
        plan_dependent(type, object);
      }
      if (is_terminating(*object)
          && (has_finalizer(*object, foreground_finalizer)
              || has_finalizer(*object, orphan_finalizer))) {
        plan_owner(type, object);
      }
    }
  }
}

garbage_collector::presence garbage_collector::presence_of(const json& reference,
                                                           const std::string& ns) const {
  const auto& model = cluster_core().model();
  const auto* type =
      model.find_kind(k8s::string_at(reference, "apiVersion"), k8s::string_at(reference, "kind"));
  if (type == nullptr) {
    return presence::there;  // a kind that nobody knows: nothing is concluded
  }
  const auto owner = objects().log(type->id).find(
      object_key_of(type->namespaced ? ns : "", k8s::string_at(reference, "name")));
  if (owner == nullptr || uid_of(*owner) != k8s::string_at(reference, "uid")) {
    return presence::absent;
  }
  return is_terminating(*owner) && has_finalizer(*owner, foreground_finalizer) ? presence::waiting
                                                                               : presence::there;
}

void garbage_collector::plan_dependent(const resource_type& type, const document& object) {
  bool solid = false;
  bool waiting = false;
  std::vector<std::string> dangling;
  const auto ns = namespace_of(*object);
  for (const auto& reference : object->at("metadata").at("ownerReferences")) {
    const auto state = presence_of(reference, ns);
    solid = solid || state == presence::there;
    waiting = waiting || state == presence::waiting;
    if (state == presence::absent) {
      dangling.push_back(k8s::string_at(reference, "uid"));
    }
  }
  if (solid) {
    for (const auto& uid : dangling) {
      add([this, &type, key = object_key_of(*object), uid] { drop_references(type, key, uid); });
    }
  } else {
    add([this, &type, object, waiting] { collect(type, object, waiting); });
  }
}

void garbage_collector::plan_owner(const resource_type& type, const document& owner) {
  const auto uid = uid_of(*owner);
  const bool orphan = has_finalizer(*owner, orphan_finalizer);
  bool blocked = false;
  for (const auto& other : cluster_core().model().types()) {
    for (const auto& [key, object] : objects().log(other.id).objects()) {
      const auto* reference = reference_to(*object, uid);
      if (reference == nullptr) {
        continue;
      }
      if (orphan) {
        blocked = true;
        add([this, &other, at = key, uid] { drop_references(other, at, uid); });
      } else {
        blocked = blocked || k8s::boolean_at(*reference, "blockOwnerDeletion").value_or(false);
      }
    }
  }
  if (!blocked) {
    add([this, &type, key = object_key_of(*owner), orphan] {
      drop_finalizer(type, key, orphan ? orphan_finalizer : foreground_finalizer);
    });
  }
}

void garbage_collector::drop_finalizer(const resource_type& type,
                                       const std::string& key,
                                       const std::string& finalizer) {
  const auto live = objects().log(type.id).find(key);
  if (live == nullptr) {
    return;
  }
  auto next = *live;
  auto& list = next["metadata"]["finalizers"];
  list.erase(std::remove(list.begin(), list.end(), finalizer), list.end());
  if (list.empty()) {
    next["metadata"].erase("finalizers");
  }
  auto w = as("patch");
  static_cast<void>(update_object(cluster_core(), type, w, live, std::move(next)));
}

void garbage_collector::drop_references(const resource_type& type,
                                        const std::string& key,
                                        const std::string& uid) {
  const auto live = objects().log(type.id).find(key);
  if (live == nullptr) {
    return;
  }
  auto next = *live;
  auto& list = next["metadata"]["ownerReferences"];
  list.erase(
      std::remove_if(
          list.begin(), list.end(), [&](const json& r) { return k8s::string_at(r, "uid") == uid; }),
      list.end());
  if (list.empty()) {
    next["metadata"].erase("ownerReferences");
  }
  auto w = as("patch");
  static_cast<void>(update_object(cluster_core(), type, w, live, std::move(next)));
}

void garbage_collector::collect(const resource_type& type,
                                const document& object,
                                bool foreground) {
  const auto live = objects().log(type.id).find(object_key_of(*object));
  if (live == nullptr) {
    return;
  }
  delete_options options;
  options.uid = uid_of(*object);
  options.propagation = foreground ? "Foreground" : "Background";
  auto w = as("delete");
  static_cast<void>(delete_object(cluster_core(), type, w, live, options));
}

bool namespace_controller::concerns(type_id type, const commit&) const {
  if (type == type_id::namespaces || type == type_id::custom_resource_definitions) {
    return true;
  }
  const auto& all = objects().log(type_id::namespaces).objects();
  return std::any_of(
      all.begin(), all.end(), [](const auto& n) { return is_terminating(*n.second); });
}

void namespace_controller::plan() {
  for (const auto& [key, ns] : objects().log(type_id::namespaces).objects()) {
    if (is_terminating(*ns)) {
      plan_namespace(ns);
    }
  }
  const auto& custom = cluster_core().model().type(type_id::bitcoin_networks);
  if (!cluster_core().served(custom)) {
    for (const auto& [key, object] : objects().log(custom.id).objects()) {
      add([this, &custom, at = key] {
        static_cast<void>(cluster_core().remove(custom, as("delete"), at));
      });
    }
  }
}

void namespace_controller::plan_namespace(const document& ns) {
  const auto prefix = name_of(*ns) + '/';
  bool empty = true;
  for (const auto& type : cluster_core().model().types()) {
    if (!type.namespaced) {
      continue;
    }
    const auto& all = objects().log(type.id).objects();
    for (auto at = all.lower_bound(prefix); at != all.end() && at->first.starts_with(prefix);
         ++at) {
      empty = false;
      if (!is_terminating(*at->second)) {
        add([this, &type, object = at->second] {
          auto w = as("delete");
          static_cast<void>(delete_object(cluster_core(), type, w, object, {}));
        });
      }
    }
  }
  if (empty) {
    add([this, ns] {
      auto next = *ns;
      next["spec"]["finalizers"] = json::array();
      auto w = as("update", "finalize");
      static_cast<void>(update_object(cluster_core(),
                                      cluster_core().model().type(type_id::namespaces),
                                      w,
                                      ns,
                                      std::move(next)));
    });
  }
}

}  // namespace btc::sim
