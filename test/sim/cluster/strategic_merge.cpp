#include "test/sim/cluster/strategic_merge.hpp"

#include "test/sim/cluster/schema.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

constexpr std::string_view order_directive = "$setElementOrder/";
constexpr std::string_view delete_directive = "$deleteFromPrimitiveList/";

[[nodiscard]] bool is_directive(const json& patch, const char* what) {
  const auto found = patch.find("$patch");
  return found != patch.end() && *found == what;
}

[[nodiscard]] json without_directives(json value) {
  if (value.is_object()) {
    for (auto at = value.begin(); at != value.end();) {
      at = at.key().starts_with('$') ? value.erase(at) : std::next(at);
    }
  }
  return value;
}

[[nodiscard]] json::iterator find_entry(json& list, const std::string& key, const json& value) {
  return std::find_if(list.begin(), list.end(), [&](const json& e) {
    const auto found = e.find(key);
    return found != e.end() && *found == value;
  });
}

/// A list of objects, told apart by the merge key.
void merge_entries(const schema_node& schema, json& target, const json& patch) {
  const auto& key = schema.merge_key;
  for (const auto& entry : patch) {
    if (is_directive(entry, "replace")) {
      continue;  // handled by the caller
    }
    const auto value = entry.find(key);
    if (value == entry.end()) {
      continue;
    }
    const auto found = find_entry(target, key, *value);
    if (is_directive(entry, "delete")) {
      if (found != target.end()) {
        target.erase(found);
      }
    } else if (found == target.end()) {
      json fresh = json::object();
      strategic_merge(schema.items.get(), fresh, entry);
      target.push_back(std::move(fresh));
    } else {
      strategic_merge(schema.items.get(), *found, entry);
    }
  }
}

void merge_list(const schema_node* schema, json& target, const json& patch) {
  const bool merges = schema != nullptr && schema->merge_lists && target.is_array();
  if (!merges) {
    auto replaced = json::array();
    for (const auto& element : patch) {
      replaced.push_back(without_directives(element));
    }
    target = std::move(replaced);
    return;
  }
  const bool replace = std::any_of(patch.begin(), patch.end(), [](const json& e) {
    return e.is_object() && is_directive(e, "replace");
  });
  if (replace) {
    target = json::array();
  }
  if (schema->merge_key.empty()) {
    for (const auto& element : patch) {
      if (std::find(target.begin(), target.end(), element) == target.end()) {
        target.push_back(element);
      }
    }
    return;
  }
  merge_entries(*schema, target, patch);
}

/// Entries that the directive names take the places of such entries in its order.
void reorder(const schema_node* schema, json& list, const json& order) {
  if (!list.is_array() || schema == nullptr) {
    return;
  }
  const auto rank = [&](const json& element) {
    const auto same = [&](const json& o) {
      return schema->merge_key.empty() ? o == element
                                       : o.is_object() && element.is_object()
                                             && o.value(schema->merge_key, json())
                                                    == element.value(schema->merge_key, json());
    };
    return std::find_if(order.begin(), order.end(), same) - order.begin();
  };
  std::vector<std::size_t> places;
  std::vector<json> named;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (rank(list[i]) < static_cast<std::ptrdiff_t>(order.size())) {
      places.push_back(i);
      named.push_back(list[i]);
    }
  }
  std::stable_sort(
      named.begin(), named.end(), [&](const json& a, const json& b) { return rank(a) < rank(b); });
  for (std::size_t i = 0; i < places.size(); ++i) {
    list[places[i]] = std::move(named[i]);
  }
}

void obey(const schema_node* schema, json& target, const std::string& key, const json& value) {
  if (key.starts_with(delete_directive)) {
    const auto found = target.find(key.substr(delete_directive.size()));
    if (found != target.end() && found->is_array()) {
      for (const auto& gone : value) {
        found->erase(std::remove(found->begin(), found->end(), gone), found->end());
      }
    }
  } else if (key == "$retainKeys") {
    for (auto at = target.begin(); at != target.end();) {
      const bool keep = std::find(value.begin(), value.end(), at.key()) != value.end();
      at = keep ? std::next(at) : target.erase(at);
    }
  } else if (key.starts_with(order_directive)) {
    const auto field = key.substr(order_directive.size());
    if (const auto found = target.find(field); found != target.end()) {
      reorder(schema == nullptr ? nullptr : schema->member(field), *found, value);
    }
  }
}

}  // namespace

void strategic_merge(const schema_node* schema, json& target, const json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object() || is_directive(patch, "replace")) {
    target = json::object();
  }
  for (const auto& [key, value] : patch.items()) {
    if (key.starts_with('$')) {
      continue;
    }
    const auto* inner = schema == nullptr ? nullptr : schema->member(key);
    if (value.is_null() || (value.is_object() && is_directive(value, "delete"))) {
      target.erase(key);
    } else if (value.is_object()) {
      strategic_merge(inner, target[key], value);
    } else if (value.is_array()) {
      merge_list(inner, target[key].is_null() ? (target[key] = json::array()) : target[key], value);
    } else {
      target[key] = value;
    }
  }
  for (const auto& [key, value] : patch.items()) {
    if (key.starts_with('$')) {
      obey(schema, target, key, value);
    }
  }
}

}  // namespace btc::sim
