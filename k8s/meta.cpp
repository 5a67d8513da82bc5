#include "k8s/meta.hpp"

#include "k8s/request.hpp"

#include <algorithm>
#include <functional>

namespace btc::k8s {

namespace {

/// The pairs whose key begins with `prefix`, sorted.
[[nodiscard]] string_pairs decode_pairs(json_view object, std::string_view prefix) {
  string_pairs pairs;
  const auto each = [&](auto f) {
    object.for_each_member([&](std::string_view key, json_view value) {
      if (value.is_string() && key.starts_with(prefix)) {
        f(key, value.text());
      }
    });
  };
  std::size_t count = 0;
  each([&](std::string_view, std::string_view) { ++count; });
  pairs.reserve(count);
  each([&](std::string_view key, std::string_view value) { pairs.emplace_back(key, value); });
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

[[nodiscard]] std::optional<controller_ref> decode_controller(json_view references) {
  std::optional<controller_ref> found;
  references.for_each_element([&](json_view reference) {
    if (!found && reference["controller"].boolean().value_or(false)) {
      found = controller_ref{
          reference["kind"].string(), reference["name"].string(), reference["uid"].string()};
    }
  });
  return found;
}

/// Looks for our own entries in managedFields: the index of the first with operation Update, and
/// whether there is one with operation Apply.
void find_entries(json_view managed_fields, object_meta& out) {
  int index = 0;
  managed_fields.for_each_element([&](json_view entry) {
    if (entry["manager"].text() == field_manager && entry["subresource"].text().empty()) {
      const auto operation = entry["operation"].text();
      if (operation == "Update" && out.update_entry < 0) {
        out.update_entry = index;
      }
      out.apply_entry = out.apply_entry || operation == "Apply";
    }
    ++index;
  });
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

object_meta meta_of(json_view object) {
  object_meta meta;
  const auto source = object["metadata"];
  meta.key = {source["namespace"].string(), source["name"].string()};
  meta.uid = source["uid"].string();
  meta.resource_version = source["resourceVersion"].string();
  meta.generation = source["generation"].integer().value_or(0);
  meta.deleting = static_cast<bool>(source["deletionTimestamp"]);
  meta.controller = decode_controller(source["ownerReferences"]);
  meta.labels = decode_pairs(source["labels"], "");
  meta.annotations = decode_pairs(source["annotations"], group);
  find_entries(source["managedFields"], meta);
  return meta;
}

bool is_dns_1123_subdomain(std::string_view name) noexcept {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  while (true) {
    const auto label = name.substr(0, name.find('.'));
    if (label.empty() || !edge(label.front()) || !edge(label.back())
        || !std::all_of(label.begin(), label.end(), [&](char c) { return edge(c) || c == '-'; })) {
      return false;
    }
    if (label.size() == name.size()) {
      return true;
    }
    name.remove_prefix(label.size() + 1);
  }
}

}  // namespace btc::k8s
