#pragma once

#include "actors/reconcile/list_keys.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace btc::test {

// Server-side apply in a page, for tests: a field goes when it was applied before, is not applied
// now, and our POST does not hold it either.

/// A document as a tree of single values: lists with keys become objects under "[]", values that
/// are merged as a whole are wrapped into an array, so that they are leaves.
[[nodiscard]] inline nlohmann::json to_tree(const nlohmann::json& value,
                                            std::string_view field = {}) {
  const bool keyed =
      value.is_array() && !value.empty() && !reconcile::identity_of(field, value.front()).empty();
  auto tree = nlohmann::json::object();
  if (keyed) {
    for (const auto& element : value) {
      tree["[]"][reconcile::identity_of(field, element)] = to_tree(element);
    }
  } else if (value.is_object() && !reconcile::is_atomic_object(field)) {
    for (const auto& [key, inner] : value.items()) {
      tree[key] = to_tree(inner, key);
    }
  } else {
    return nlohmann::json::array({value});
  }
  return tree;
}

[[nodiscard]] inline nlohmann::json from_tree(const nlohmann::json& tree) {
  if (tree.is_array()) {
    return tree.front();
  }
  if (const auto list = tree.find("[]"); list != tree.end()) {
    auto elements = nlohmann::json::array();
    for (const auto& [identity, element] : list->items()) {
      elements.push_back(from_tree(element));
    }
    return elements;
  }
  auto value = nlohmann::json::object();
  for (const auto& [key, inner] : tree.items()) {
    const bool empty_list = inner.contains("[]") && inner["[]"].empty();
    if (!empty_list) {
      value[key] = from_tree(inner);
    }
  }
  return value;
}

/// Removes from `live` what only `before` set.
inline void forget(nlohmann::json& live,
                   const nlohmann::json& before,
                   const nlohmann::json& now,
                   const nlohmann::json& other) {
  static const auto nothing = nlohmann::json::object();
  const auto inner = [](const nlohmann::json& tree, const std::string& key) -> const auto& {
    return tree.contains(key) ? tree.at(key) : nothing;
  };
  for (const auto& [key, value] : before.items()) {
    if (!now.contains(key) && !other.contains(key)) {
      live.erase(key);
    } else if (value.is_object() && live.contains(key)) {
      forget(live[key], value, inner(now, key), inner(other, key));
    }
  }
}

/// Removes from `held` the leaves that `applied` sets to another value: force takes them over.
inline void lose(nlohmann::json& held, const nlohmann::json& applied) {
  for (const auto& [key, value] : applied.items()) {
    if (!held.contains(key)) {
      continue;
    }
    if (value.is_object() && held[key].is_object()) {
      lose(held[key], value);
    } else if (held[key] != value) {
      held.erase(key);
    }
  }
}

/// What we set of one object, by the operation that the API server records it under. Trees.
struct field_sets {
  nlohmann::json post = nlohmann::json::object();   ///< operation Update
  nlohmann::json apply = nlohmann::json::object();  ///< operation Apply
};

/// `document` after a forced apply of `manifest`.
[[nodiscard]] inline nlohmann::json applied(const nlohmann::json& document,
                                            const nlohmann::json& manifest,
                                            field_sets& sets) {
  auto live = to_tree(document);
  const auto wanted = to_tree(manifest);
  lose(sets.post, wanted);
  forget(live, sets.apply, wanted, sets.post);
  live.merge_patch(wanted);
  sets.apply = wanted;
  return from_tree(live);
}

}  // namespace btc::test
