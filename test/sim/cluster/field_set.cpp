#include "test/sim/cluster/field_set.hpp"

#include "test/sim/cluster/schema.hpp"

#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

[[nodiscard]] bool has_children(const json& node) {
  return node.size() > (node.contains(".") ? 1U : 0U);
}

/// Makes `node` say whether it is a member; false when nothing is left of it.
[[nodiscard]] bool settle(json& node, bool member) {
  node.erase(".");
  if (node.empty()) {
    return member;
  }
  if (member) {
    node["."] = json::object();
  }
  return true;
}

}  // namespace

bool is_member(const json& node) {
  return node.empty() || node.contains(".");
}

void add_fields(json& a, const json& b) {
  for (const auto& [key, theirs] : b.items()) {
    if (key == ".") {
      continue;
    }
    const auto found = a.find(key);
    if (found == a.end()) {
      a[key] = theirs;
      continue;
    }
    const bool member = is_member(*found) || is_member(theirs);
    add_fields(*found, theirs);
    static_cast<void>(settle(*found, member));
  }
}

void remove_fields(json& a, const json& b) {
  for (const auto& [key, theirs] : b.items()) {
    const auto found = a.find(key);
    if (key == "." || found == a.end()) {
      continue;
    }
    const bool member = is_member(*found) && !is_member(theirs);
    remove_fields(*found, theirs);
    if (!settle(*found, member)) {
      a.erase(found);
    }
  }
}

json common_fields(const json& a, const json& b) {
  auto out = json::object();
  for (const auto& [key, ours] : a.items()) {
    const auto theirs = b.find(key);
    if (key == "." || theirs == b.end()) {
      continue;
    }
    auto inner = common_fields(ours, *theirs);
    if (settle(inner, is_member(ours) && is_member(*theirs))) {
      out[key] = std::move(inner);
    }
  }
  return out;
}

namespace {

[[nodiscard]] std::string element_text(std::string_view key) {
  const auto rest = key.substr(2);
  if (key.starts_with("f:")) {
    return '.' + std::string{rest};
  }
  if (key.starts_with("v:")) {
    return "[=" + std::string{rest} + ']';
  }
  if (!key.starts_with("k:")) {
    return '[' + std::string{rest} + ']';
  }
  std::string out;
  const auto keys = json::parse(rest, nullptr, false);
  for (const auto& [name, value] : keys.items()) {
    out += out.empty() ? "[" : ",";
    out += name + '=' + value.dump();
  }
  return out + ']';
}

void collect(const json& set, const std::string& path, std::vector<std::string>& out) {
  for (const auto& [key, node] : set.items()) {
    if (key == ".") {
      continue;
    }
    const auto here = path + element_text(key);
    if (is_member(node)) {
      out.push_back(here);
    }
    collect(node, here, out);
  }
}

[[nodiscard]] const schema_node* inner_of(const schema_node* schema, const std::string& key) {
  return schema == nullptr ? nullptr : schema->member(key);
}

[[nodiscard]] bool is_whole_map(const schema_node* schema) noexcept {
  return schema != nullptr && schema->atomic_map;
}

}  // namespace

std::vector<std::string> paths_of(const json& set) {
  std::vector<std::string> out;
  collect(set, {}, out);
  return out;
}

bool has_elements(const schema_node* list) noexcept {
  return list != nullptr && list->list != schema_node::list_kind::atomic;
}

std::string element_key(const schema_node& list, const json& element) {
  if (list.list == schema_node::list_kind::set) {
    return "v:" + element.dump();
  }
  auto keys = json::object();
  for (const auto& key : list.list_keys) {
    if (const auto found = element.find(key); found != element.end()) {
      keys[key] = *found;
    } else if (const auto fallback = list.key_defaults.find(key);
               fallback != list.key_defaults.end()) {
      keys[key] = fallback->second;
    }
  }
  return "k:" + keys.dump();
}

json fields_of(const schema_node* schema, const json& value) {
  auto out = json::object();
  if (value.is_array() && has_elements(schema)) {
    for (const auto& element : value) {
      auto inner = json::object();
      if (schema->list == schema_node::list_kind::map && !is_whole_map(schema->items.get())) {
        inner = fields_of(schema->items.get(), element);
        static_cast<void>(settle(inner, true));
      }
      out[element_key(*schema, element)] = std::move(inner);
    }
    return out;
  }
  if (value.is_object() && !is_whole_map(schema)) {
    for (const auto& [key, inner] : value.items()) {
      out["f:" + key] = fields_of(inner_of(schema, key), inner);
    }
  }
  return out;
}

namespace {

/// The three sets below one path; null where nothing happened.
struct changes {
  json added{};
  json modified{};
  json removed{};
};

void attach(json& parent, const std::string& key, json child) {
  if (child.is_null()) {
    return;
  }
  if (parent.is_null()) {
    parent = json::object();
  }
  parent[key] = std::move(child);
}

void attach(changes& parent, const std::string& key, changes child) {
  attach(parent.added, key, std::move(child.added));
  attach(parent.modified, key, std::move(child.modified));
  attach(parent.removed, key, std::move(child.removed));
}

[[nodiscard]] changes compare(const schema_node* schema, const json* before, const json* after);

[[nodiscard]] changes compare_leaf(const json* before, const json* after) {
  changes out;
  if (before == nullptr) {
    out.added = json::object();
  } else if (after == nullptr) {
    out.removed = json::object();
  } else if (*before != *after) {
    out.modified = json::object();
  }
  return out;
}

[[nodiscard]] const json* find(const json* object, const std::string& key) {
  const auto found = object == nullptr ? json::const_iterator{} : object->find(key);
  return object == nullptr || found == object->end() ? nullptr : &*found;
}

[[nodiscard]] changes compare_maps(const schema_node* schema,
                                   const json* before,
                                   const json* after) {
  changes out;
  for (const auto* side : {before, after}) {
    if (side == nullptr) {
      continue;
    }
    for (const auto& [key, value] : side->items()) {
      const auto* old = find(before, key);
      const auto* now = find(after, key);
      if (side == after && old != nullptr) {
        continue;  // seen from the other side
      }
      if (old != nullptr && now != nullptr && *old == *now) {
        continue;
      }
      attach(out, "f:" + key, compare(inner_of(schema, key), old, now));
    }
  }
  return out;
}

[[nodiscard]] const json* find_element(const schema_node& schema,
                                       const json* list,
                                       const std::string& key) {
  if (list != nullptr) {
    for (const auto& element : *list) {
      if (element_key(schema, element) == key) {
        return &element;
      }
    }
  }
  return nullptr;
}

[[nodiscard]] changes compare_lists(const schema_node& schema,
                                    const json* before,
                                    const json* after) {
  changes out;
  const bool map = schema.list == schema_node::list_kind::map;
  for (const auto* side : {before, after}) {
    if (side == nullptr) {
      continue;
    }
    for (const auto& element : *side) {
      const auto key = element_key(schema, element);
      const auto* old = side == before ? &element : find_element(schema, before, key);
      if (side == after && old != nullptr) {
        continue;
      }
      const auto* now = side == after ? &element : find_element(schema, after, key);
      attach(out, key, map ? compare(schema.items.get(), old, now) : compare_leaf(old, now));
    }
  }
  return out;
}

[[nodiscard]] bool is_empty_map(const json* value) {
  return value == nullptr || value->empty();
}

void mark(json& node) {
  if (node.is_null()) {
    node = json::object();
  } else if (has_children(node)) {
    node["."] = json::object();
  }
}

changes compare(const schema_node* schema, const json* before, const json* after) {
  const auto all = [&](auto test) {
    return (before == nullptr || test(*before)) && (after == nullptr || test(*after));
  };
  const bool maps = all([](const json& v) { return v.is_object(); });
  const bool lists = all([](const json& v) { return v.is_array(); });
  const bool granular =
      (maps && !is_whole_map(schema) && !(is_empty_map(before) && is_empty_map(after)))
      || (lists && has_elements(schema));
  if (!granular) {
    return compare_leaf(before, after);
  }
  auto out = maps ? compare_maps(schema, before, after) : compare_lists(*schema, before, after);
  if (before == nullptr) {
    mark(out.added);
  } else if (after == nullptr) {
    mark(out.removed);
  }
  return out;
}

}  // namespace

field_changes compare_fields(const schema_node* schema, const json& before, const json& after) {
  field_changes out;
  for (const auto* side : {&before, &after}) {
    for (const auto& [key, value] : side->items()) {
      const auto* old = find(&before, key);
      const auto* now = find(&after, key);
      if ((side == &after && old != nullptr)
          || (old != nullptr && now != nullptr && *old == *now)) {
        continue;
      }
      auto inner = compare(inner_of(schema, key), old, now);
      attach(out.added, "f:" + key, std::move(inner.added));
      attach(out.modified, "f:" + key, std::move(inner.modified));
      attach(out.removed, "f:" + key, std::move(inner.removed));
    }
  }
  drop_unowned(out.added);
  drop_unowned(out.modified);
  drop_unowned(out.removed);
  return out;
}

void drop_unowned(json& set) {
  set.erase("f:apiVersion");
  set.erase("f:kind");
  const auto metadata = set.find("f:metadata");
  if (metadata == set.end()) {
    return;
  }
  for (const auto* field : {"f:name",
                            "f:namespace",
                            "f:creationTimestamp",
                            "f:selfLink",
                            "f:uid",
                            "f:generation",
                            "f:managedFields",
                            "f:resourceVersion",
                            "f:deletionTimestamp",
                            "f:deletionGracePeriodSeconds"}) {
    metadata->erase(field);
  }
  metadata->erase(".");
  if (metadata->empty()) {
    set.erase("f:metadata");
  }
}

}  // namespace btc::sim
