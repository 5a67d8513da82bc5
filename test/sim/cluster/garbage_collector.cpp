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

std::string garbage_collector::key_of(type_id type, std::string_view object) {
  std::string key(1, static_cast<char>('A' + index_of(type)));
  key += object;
  return key;
}

/// Of whom an object depends, and whether it waits for those who depend on it.
void garbage_collector::index(type_id type, const std::string& object, const json& state, bool is) {
  const auto key = key_of(type, object);
  const auto* owners = k8s::member(state, "metadata", "ownerReferences");
  for (std::size_t i = 0; owners != nullptr && i < owners->size(); ++i) {
    const auto uid = k8s::string_at((*owners)[i], "uid");
    auto& dependents = dependents_[uid];
    if (is) {
      dependents.insert(key);
    } else {
      dependents.erase(key);
    }
    if (dependents.empty()) {
      dependents_.erase(uid);
    }
    if (const auto waiting = waiting_.find(uid); waiting != waiting_.end()) {
      touch(waiting->second);
    }
  }
  if (is && is_terminating(state)
      && (has_finalizer(state, foreground_finalizer) || has_finalizer(state, orphan_finalizer))) {
    waiting_[uid_of(state)] = key;
  } else {
    waiting_.erase(uid_of(state));
  }
}

void garbage_collector::note(type_id type, const commit& c) {
  if (c.before != nullptr && c.after != nullptr && !differ_in_ownership(*c.before, *c.after)) {
    return;
  }
  touch(key_of(type, c.key));
  for (const auto* state : {c.before.get(), c.after.get()}) {
    if (state == nullptr) {
      continue;
    }
    index(type, c.key, *state, state == c.after.get());
    if (const auto found = dependents_.find(uid_of(*state)); found != dependents_.end()) {
      for (const auto& key : found->second) {
        touch(key);
      }
    }
  }
}

void garbage_collector::note_all() {
  dependents_.clear();
  waiting_.clear();
  for (const auto& type : cluster_core().model().types()) {
    for (const auto& [key, object] : objects().log(type.id).objects()) {
      index(type.id, key, *object, true);
      touch(key_of(type.id, key));
    }
  }
}

void garbage_collector::plan(const std::string& key) {
  const auto& type = cluster_core().model().type(static_cast<type_id>(key.front() - 'A'));
  const auto object = objects().log(type.id).find(std::string_view{key}.substr(1));
  if (object == nullptr) {
    return;
  }
  const auto* owners = k8s::member(*object, "metadata", "ownerReferences");
  if (owners != nullptr && !owners->empty() && !is_terminating(*object)) {
    plan_dependent(type, object);
  }
  if (waiting_.contains(uid_of(*object))) {
    plan_owner(type, object);
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
  const auto found = dependents_.find(uid);
  for (const auto& key : found == dependents_.end() ? std::set<std::string>{} : found->second) {
    const auto& other = cluster_core().model().type(static_cast<type_id>(key.front() - 'A'));
    const auto object = objects().log(other.id).find(std::string_view{key}.substr(1));
    const auto* reference = object == nullptr ? nullptr : reference_to(*object, uid);
    if (reference == nullptr) {
      continue;
    }
    if (orphan) {
      blocked = true;
      add([this, &other, at = key.substr(1), uid] { drop_references(other, at, uid); });
    } else {
      blocked = blocked || k8s::boolean_at(*reference, "blockOwnerDeletion").value_or(false);
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

namespace {

/// Sorts after all namespaces.
constexpr auto without_definition = "~custom resources";

}  // namespace

void namespace_controller::note(type_id type, const commit& c) {
  if (type == type_id::namespaces) {
    touch(c.key);
    return;
  }
  const auto& custom = cluster_core().model().type(type_id::bitcoin_networks);
  if (type == type_id::custom_resource_definitions
      || (type == custom.id && !cluster_core().served(custom))) {
    touch(without_definition);
  }
  const auto slash = c.key.find('/');
  const auto ns =
      slash == std::string::npos
          ? nullptr
          : objects().log(type_id::namespaces).find(std::string_view{c.key}.substr(0, slash));
  if (ns != nullptr && is_terminating(*ns)) {
    touch(c.key.substr(0, slash));
  }
}

void namespace_controller::note_all() {
  for (const auto& [key, ns] : objects().log(type_id::namespaces).objects()) {
    touch(key);
  }
  touch(without_definition);
}

void namespace_controller::plan(const std::string& key) {
  const auto ns = objects().log(type_id::namespaces).find(key);
  if (ns != nullptr && is_terminating(*ns)) {
    plan_namespace(ns);
  }
  const auto& custom = cluster_core().model().type(type_id::bitcoin_networks);
  if (key == without_definition && !cluster_core().served(custom)) {
    for (const auto& [at, object] : objects().log(custom.id).objects()) {
      add([this, &custom, at = at] {
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
