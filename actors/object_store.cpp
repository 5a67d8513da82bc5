#include "actors/object_store.hpp"

#include "actors/reconcile/names.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace btc::actors {

namespace {

[[nodiscard]] bool is_newer(std::string_view a, std::string_view b) noexcept {
  return k8s::compare_resource_versions(a, b) > 0;
}

}  // namespace

object_store::changes object_store::change(const std::vector<messages::object_change>& events,
                                           const std::string& ns,
                                           const std::string& version) {
  changes out;
  for (const auto& event : events) {
    if (event.deleted ? remove(event.object) : put(event.object, false, out)) {
      out.push_back(event);
    }
  }
  auto& reached = progress_[ns];
  if (is_newer(version, reached)) {
    reached = version;
  }
  return out;
}

object_store::changes object_store::replace(const std::vector<k8s::object_ptr>& objects,
                                            const std::string& ns,
                                            const std::string& version,
                                            bool consistent) {
  changes out;
  auto& reached = progress_[ns];
  // Only then is what is known no longer true. Any other list may have been made before a write of
  // ours whose answer came first.
  const bool went_back = consistent && is_newer(reached, version);
  std::unordered_set<k8s::object_key, k8s::object_key_hash> listed;
  for (const auto& object : objects) {
    listed.insert(object->meta.key);
  }
  std::vector<k8s::object_ptr> missing;
  for (const auto& [key, object] : objects_) {
    const bool in_scope = ns.empty() || key.ns == ns;
    const bool newer = !went_back && is_newer(object->meta.resource_version, version);
    if (in_scope && !newer && !listed.contains(key)) {
      missing.push_back(object);
    }
  }
  for (const auto& object : missing) {
    unindex(*object);
    objects_.erase(object->meta.key);
    out.push_back({object, true, went_back});
  }
  for (const auto& object : objects) {
    if (put(object, went_back, out)) {
      out.push_back({object, false, went_back});
    }
  }
  reached = version;
  return out;
}

object_store::changes object_store::written(const k8s::object_ptr& object, const std::string& ns) {
  const auto reached = progress_.find(ns);
  const bool passed =
      reached != progress_.end() && !is_newer(object->meta.resource_version, reached->second);
  if (passed) {
    return objects_.contains(object->meta.key) ? changes{} : changes{{object, true, false}};
  }
  changes unused;
  static_cast<void>(put(object, false, unused));
  return {};
}

std::vector<k8s::object_ptr> object_store::owned_by(const k8s::object_key& network) const {
  const auto found = owned_.find(network);
  return found == owned_.end() ? std::vector<k8s::object_ptr>{} : found->second;
}

std::string object_store::resource_version() const {
  return progress_.empty() ? std::string{} : progress_.begin()->second;
}

/// True when `object` is now what is known of its key. Another uid under a known key means that the
/// known object is gone, which readers hear of first.
bool object_store::put(const k8s::object_ptr& object, bool force, changes& out) {
  auto& slot = objects_[object->meta.key];
  if (slot != nullptr) {
    const bool same = slot->meta.resource_version == object->meta.resource_version
                      && slot->meta.uid == object->meta.uid;
    if (same || (!force && !is_newer(object->meta.resource_version, slot->meta.resource_version))) {
      return false;
    }
    if (slot->meta.uid != object->meta.uid) {
      out.push_back({slot, true, force});
    }
    unindex(*slot);
  }
  slot = object;
  index(object);
  return true;
}

/// True when the object was known and is not newer than its deletion.
bool object_store::remove(const k8s::object_ptr& last) {
  const auto found = objects_.find(last->meta.key);
  if (found == objects_.end()
      || is_newer(found->second->meta.resource_version, last->meta.resource_version)) {
    return false;
  }
  unindex(*found->second);
  objects_.erase(found);
  return true;
}

void object_store::index(const k8s::object_ptr& object) {
  auto owner = reconcile::owner_key(*object);
  if (!owner.name.empty()) {
    owned_[std::move(owner)].push_back(object);
  }
}

void object_store::unindex(const k8s::object& object) {
  const auto found = owned_.find(reconcile::owner_key(object));
  if (found == owned_.end()) {
    return;
  }
  std::erase_if(found->second, [&](const auto& o) { return o->meta.key == object.meta.key; });
  if (found->second.empty()) {
    owned_.erase(found);
  }
}

}  // namespace btc::actors
