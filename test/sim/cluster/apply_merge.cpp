#include "test/sim/cluster/apply_merge.hpp"

#include "test/sim/cluster/field_set.hpp"
#include "test/sim/cluster/schema.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

[[nodiscard]] std::vector<std::string> keys_of(const schema_node& schema, const json& list) {
  std::vector<std::string> out;
  for (const auto& element : list) {
    out.push_back(element_key(schema, element));
  }
  return out;
}

[[nodiscard]] std::size_t position(const std::vector<std::string>& keys, const std::string& key) {
  return static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
}

/// The order of the configuration, with the entries that only `live` has where they stand.
void merge_list(const schema_node& schema, json& list, const json& configuration) {
  auto live = std::move(list);
  const auto theirs = keys_of(schema, live);
  const auto ours = keys_of(schema, configuration);
  list = json::array();
  std::size_t l = 0;
  const auto take_live = [&](const std::string* until) {
    for (; l < theirs.size() && (until == nullptr || theirs[l] != *until); ++l) {
      if (position(ours, theirs[l]) == ours.size()) {
        list.push_back(std::move(live[l]));
      }
    }
  };
  for (std::size_t r = 0; r < ours.size(); ++r) {
    const auto at = position(theirs, ours[r]);
    if (at == theirs.size()) {
      // What stands here in live and is not shared comes first.
      while (l < theirs.size() && position(ours, theirs[l]) == ours.size()) {
        list.push_back(std::move(live[l++]));
      }
      list.push_back(configuration[r]);
      continue;
    }
    if (at >= l) {
      take_live(&ours[r]);
      ++l;
    }
    if (schema.list == schema_node::list_kind::map) {
      merge_configuration(schema.items.get(), live[at], configuration[r]);
      list.push_back(std::move(live[at]));
    } else {
      list.push_back(configuration[r]);
    }
  }
  take_live(nullptr);
}

}  // namespace

void merge_configuration(const schema_node* schema, json& object, const json& configuration) {
  if (object.is_array() && configuration.is_array() && has_elements(schema)) {
    merge_list(*schema, object, configuration);
    return;
  }
  const bool whole = schema != nullptr && schema->atomic_map;
  if (!object.is_object() || !configuration.is_object() || whole) {
    if (object != configuration) {
      object = configuration;
    }
    return;
  }
  for (const auto& [key, value] : configuration.items()) {
    const auto found = object.find(key);
    if (found == object.end()) {
      object[key] = value;
    } else {
      merge_configuration(schema == nullptr ? nullptr : schema->member(key), *found, value);
    }
  }
}

namespace {

/// The child of each set; sets without it are left out.
[[nodiscard]] std::vector<const json*> children(const std::vector<const json*>& sets,
                                                const std::string& key) {
  std::vector<const json*> out;
  for (const auto* set : sets) {
    if (const auto found = set->find(key); found != set->end()) {
      out.push_back(&*found);
    }
  }
  return out;
}

[[nodiscard]] bool any_member(const std::vector<const json*>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const json* n) { return is_member(*n); });
}

/// True when the value at `key` is to go as a whole.
[[nodiscard]] bool forsaken(const schema_node* schema,
                            json& value,
                            const json& node,
                            const std::vector<const json*>& held) {
  if (held.empty() && is_member(node)) {
    return true;
  }
  if (!value.is_structured() || value.empty()) {
    return false;
  }
  remove_forsaken(schema, value, node, held);
  return value.empty() && !any_member(held);
}

}  // namespace

void remove_forsaken(const schema_node* schema,
                     json& object,
                     const json& last,
                     const std::vector<const json*>& held) {
  for (const auto& [key, node] : last.items()) {
    if (key.starts_with("f:") && object.is_object()) {
      const auto name = key.substr(2);
      const auto found = object.find(name);
      const auto* inner = schema == nullptr ? nullptr : schema->member(name);
      if (found != object.end() && forsaken(inner, *found, node, children(held, key))) {
        object.erase(found);
      }
    } else if (object.is_array() && has_elements(schema)) {
      const auto keys = keys_of(*schema, object);
      const auto at = position(keys, key);
      if (at < keys.size()
          && forsaken(schema->items.get(), object[at], node, children(held, key))) {
        object.erase(at);
      }
    }
  }
}

}  // namespace btc::sim
