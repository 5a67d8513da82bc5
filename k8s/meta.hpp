#pragma once

#include "k8s/json_view.hpp"
#include "k8s/kind.hpp"

#include <nlohmann/json_fwd.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::k8s {

/// Namespace and name: the identity of an object within its kind.
struct object_key {
  std::string ns{};
  std::string name{};

  friend auto operator<=>(const object_key&, const object_key&) = default;
};

[[nodiscard]] std::string to_string(const object_key& key);  // "ns/name"

/// Hash for unordered containers.
struct object_key_hash {
  [[nodiscard]] std::size_t operator()(const object_key& key) const noexcept;
};

/// The owner reference with `controller: true`; an object has at most one.
struct controller_ref {
  std::string kind{};
  std::string name{};
  std::string uid{};

  friend bool operator==(const controller_ref&, const controller_ref&) = default;
};

/// Small sorted map: an object carries a handful of labels, and a vector of pairs costs a third of
/// a std::map.
using string_pairs = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] const std::string* find(const string_pairs& pairs, std::string_view key) noexcept;

/// The part of ObjectMeta that somebody reads. managedFields, finalizers and foreign annotations
/// die in the decoder.
struct object_meta {
  object_key key{};
  std::string uid{};
  std::string resource_version{};
  std::int64_t generation{0};
  bool deleting{false};  ///< deletionTimestamp is set
  std::optional<controller_ref> controller{};
  string_pairs labels{};
  string_pairs annotations{};  ///< only those under our own group
  /// Index in managedFields of an entry of ours with operation Update and no subresource, which a
  /// POST leaves behind; -1 when there is none. See docs/adr (create by POST, correct by apply).
  int update_entry{-1};
  bool apply_entry{false};  ///< managedFields has an entry of ours with operation Apply too
};

/// Common part of every cached object; the kind tells the derived type. Objects are immutable once
/// decoded and shared between cache and readers.
struct object {
  k8s::kind kind{};
  object_meta meta{};

 protected:
  explicit object(k8s::kind k) : kind(k) {}
};

using object_ptr = std::shared_ptr<const object>;

/// Compares two resourceVersions of one resource as decimals of any length (KEP-5504). A value that
/// is no decimal compares as older than every decimal: it can never hold back a newer object.
[[nodiscard]] std::strong_ordering compare_resource_versions(std::string_view a,
                                                             std::string_view b) noexcept;

[[nodiscard]] object_meta meta_of(json_view object);

/// RFC 1123 subdomain, as names of Secrets are; of any length.
[[nodiscard]] bool is_dns_1123_subdomain(std::string_view name) noexcept;

}  // namespace btc::k8s
