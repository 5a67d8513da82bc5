#include "test/sim/cluster/field_set.hpp"

#include "test/sim/cluster/schema.hpp"

#include <map>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

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

/// Both maps are sorted, so one walk along both finds what differs.
[[nodiscard]] changes compare_maps(const schema_node* schema,
                                   const json& before,
                                   const json& after) {
  changes out;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool gone = now == after.end() || (old != before.end() && old.key() < now.key());
    const bool came = old == before.end() || (now != after.end() && now.key() < old.key());
    const auto& key = gone ? old.key() : now.key();
    if (gone || came || *old != *now) {
      attach(out,
             "f:" + key,
             compare(inner_of(schema, key), came ? nullptr : &*old, gone ? nullptr : &*now));
    }
    if (!came) {
      ++old;
    }
    if (!gone) {
      ++now;
    }
  }
  return out;
}

/// The entries of a list by their keys: a key costs more than a comparison.
[[nodiscard]] std::map<std::string, const json*> by_key(const schema_node& schema,
                                                        const json& list) {
  std::map<std::string, const json*> out;
  for (const auto& element : list) {
    out.emplace(element_key(schema, element), &element);
  }
  return out;
}

[[nodiscard]] changes compare_lists(const schema_node& schema,
                                    const json& before,
                                    const json& after) {
  changes out;
  const bool map = schema.list == schema_node::list_kind::map;
  const auto compared = [&](const std::string& key, const json* old, const json* now) {
    // The entries of a set have nothing inside: they come and go.
    attach(out, key, compare(map ? schema.items.get() : nullptr, old, now));
  };
  const auto olds = by_key(schema, before);
  const auto nows = by_key(schema, after);
  for (const auto& [key, old] : olds) {
    const auto now = nows.find(key);
    compared(key, old, now == nows.end() ? nullptr : now->second);
  }
  for (const auto& [key, now] : nows) {
    if (!olds.contains(key)) {
      compared(key, nullptr, now);
    }
  }
  return out;
}

[[nodiscard]] bool is_granular(const schema_node* schema, const json& value) {
  return (value.is_object() && !value.empty() && !is_whole_map(schema))
         || (value.is_array() && has_elements(schema));
}

/// The set of a value that came, or went, as a whole: itself and all that is in it.
[[nodiscard]] json all_fields(const schema_node* schema, const json& value) {
  auto out = json::object();
  if (!is_granular(schema, value)) {
    return out;
  }
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      out.emplace("f:" + key, all_fields(inner_of(schema, key), inner));
    }
  } else {
    const bool map = schema->list == schema_node::list_kind::map;
    for (const auto& element : value) {
      out.emplace(element_key(*schema, element),
                  map ? all_fields(schema->items.get(), element) : json::object());
    }
  }
  if (!out.empty()) {
    out["."] = json::object();
  }
  return out;
}

changes compare(const schema_node* schema, const json* before, const json* after) {
  changes out;
  if (before == nullptr) {
    out.added = all_fields(schema, *after);
    return out;
  }
  if (after == nullptr) {
    out.removed = all_fields(schema, *before);
    return out;
  }
  const bool maps = before->is_object() && after->is_object();
  const bool lists = before->is_array() && after->is_array();
  if (maps && !is_whole_map(schema) && !(before->empty() && after->empty())) {
    return compare_maps(schema, *before, *after);
  }
  if (lists && has_elements(schema)) {
    return compare_lists(*schema, *before, *after);
  }
  if (*before != *after) {
    out.modified = json::object();
  }
  return out;
}

}  // namespace

field_changes compare_fields(const schema_node* schema, const json& before, const json& after) {
  auto found = compare_maps(schema, before, after);
  const auto set = [](json& fields) {
    auto out = fields.is_null() ? json::object() : std::move(fields);
    drop_unowned(out);
    return out;
  };
  return {set(found.added), set(found.modified), set(found.removed)};
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
