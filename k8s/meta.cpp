#include "k8s/meta.hpp"

#include "k8s/json_fields.hpp"
#include "k8s/request.hpp"

#include <algorithm>
#include <functional>

namespace btc::k8s {

namespace {

[[nodiscard]] string_pairs decode_pairs(const nlohmann::json* object, std::string_view prefix) {
  string_pairs pairs;
  if (object == nullptr || !object->is_object()) {
    return pairs;
  }
  for (const auto& [key, value] : object->items()) {  // sorted: nlohmann's object is a std::map
    if (value.is_string() && key.starts_with(prefix)) {
      pairs.emplace_back(key, value.get<std::string>());
    }
  }
  return pairs;
}

[[nodiscard]] std::optional<controller_ref> decode_controller(const nlohmann::json* references) {
  if (references == nullptr || !references->is_array()) {
    return std::nullopt;
  }
  for (const auto& reference : *references) {
    if (boolean_at(reference, "controller").value_or(false)) {
      return controller_ref{
          string_at(reference, "kind"), string_at(reference, "name"), string_at(reference, "uid")};
    }
  }
  return std::nullopt;
}

/// Index in managedFields of our entry with that operation; -1 when there is none.
[[nodiscard]] int find_entry(const nlohmann::json* managed_fields, std::string_view operation) {
  if (managed_fields == nullptr || !managed_fields->is_array()) {
    return -1;
  }
  for (std::size_t i = 0; i < managed_fields->size(); ++i) {
    const auto& entry = (*managed_fields)[i];
    if (string_at(entry, "manager") == field_manager && string_at(entry, "operation") == operation
        && string_at(entry, "subresource").empty()) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

[[nodiscard]] bool is_decimal(std::string_view text) noexcept {
  return !text.empty() && text.front() != '0'
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string to_string(const object_key& key) {
  return key.ns + '/' + key.name;
}

std::size_t object_key_hash::operator()(const object_key& key) const noexcept {
  constexpr std::size_t golden_ratio = 0x9e3779b97f4a7c15U;
  const std::size_t first = std::hash<std::string>{}(key.ns);
  return first ^ (std::hash<std::string>{}(key.name) + golden_ratio + (first << 6U));
}

const std::string* find(const string_pairs& pairs, std::string_view key) noexcept {
  const auto found =
      std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return found == pairs.end() ? nullptr : &found->second;
}

std::strong_ordering compare_resource_versions(std::string_view a, std::string_view b) noexcept {
  const bool a_valid = is_decimal(a);
  const bool b_valid = is_decimal(b);
  if (a_valid != b_valid) {
    return a_valid ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  if (!a_valid) {
    return std::strong_ordering::equal;
  }
  if (a.size() != b.size()) {
    return a.size() <=> b.size();
  }
  return a.compare(b) <=> 0;
}

object_meta decode_meta(const nlohmann::json& object) {
  object_meta meta;
  const auto* source = member(object, "metadata");
  if (source == nullptr) {
    return meta;
  }
  meta.key = {string_at(*source, "namespace"), string_at(*source, "name")};
  meta.uid = string_at(*source, "uid");
  meta.resource_version = string_at(*source, "resourceVersion");
  meta.generation = integer_at(*source, "generation").value_or(0);
  meta.deleting = member(*source, "deletionTimestamp") != nullptr;
  meta.controller = decode_controller(member(*source, "ownerReferences"));
  meta.labels = decode_pairs(member(*source, "labels"), "");
  meta.annotations = decode_pairs(member(*source, "annotations"), group);
  meta.update_entry = find_entry(member(*source, "managedFields"), "Update");
  meta.apply_entry = find_entry(member(*source, "managedFields"), "Apply") >= 0;
  return meta;
}

}  // namespace btc::k8s
