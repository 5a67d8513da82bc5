#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/resource_type.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

enum class change : std::uint8_t { added, modified, deleted };

/// "ADDED", "MODIFIED", "DELETED".
[[nodiscard]] std::string_view event_type(change c) noexcept;

/// One write that changed something.
struct commit {
  std::uint64_t version{0};
  change what{};
  std::string key{};  ///< "namespace/name", or "name" in cluster scope
  document before{};  ///< null when the object was added
  document after{};   ///< null when it was deleted
  /// The watch event, {"type", "object"}. Of a deletion: the last object, with this version.
  document event{};
};

/// Objects of one resource by key, in the order in which lists give them.
using object_map = std::map<std::string, document, std::less<>>;

[[nodiscard]] std::string object_key_of(std::string_view ns, std::string_view name);
[[nodiscard]] std::string object_key_of(const json& object);
/// metadata.resourceVersion as a number; 0 when absent or no number.
[[nodiscard]] std::uint64_t version_of(const json& object) noexcept;
[[nodiscard]] std::uint64_t parse_version(std::string_view text) noexcept;

/// The objects and the commits of one resource. Commits are numbered from 0 for ever; compaction
/// forgets the oldest.
class resource_log {
 public:
  [[nodiscard]] const object_map& objects() const noexcept { return objects_; }
  [[nodiscard]] document find(std::string_view key) const;
  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  [[nodiscard]] std::size_t end() const noexcept { return first_ + commits_.size(); }
  [[nodiscard]] const commit& at(std::size_t position) const {
    return commits_.at(position - first_);
  }
  /// Position of the first commit after `version`.
  [[nodiscard]] std::size_t after(std::uint64_t version) const noexcept;
  /// The objects as they were when the first `position` commits were done.
  [[nodiscard]] object_map state_at(std::size_t position) const;

 private:
  friend class store;

  object_map objects_{};
  std::vector<commit> commits_{};
  std::size_t first_{0};
};

/// What etcd is to a cluster: one counter of versions, all objects, and their history.
///
/// A write stores the object inside the event that tells of it, so that an object is built once and
/// neither readers nor watchers copy it.
class store {
 public:
  /// The store begins with `initial` objects at `version`; they are no commits.
  store(const std::array<object_map, type_count>& initial, std::uint64_t version);

  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  /// Oldest version whose state can still be asked for.
  [[nodiscard]] std::uint64_t compacted() const noexcept { return compacted_; }
  [[nodiscard]] const resource_log& log(type_id type) const noexcept {
    return logs_[index_of(type)];
  }

  /// Adds or replaces; sets metadata.resourceVersion. The reference lives until the next write.
  const commit& put(type_id type, const std::string& key, json object);
  /// The object must be there.
  const commit& remove(type_id type, const std::string& key);
  /// Forgets the history up to `version`, as etcd's compaction and the watch cache's ring do.
  void compact(std::uint64_t version);

 private:
  const commit& append(type_id type, commit c);

  std::array<resource_log, type_count> logs_{};
  std::uint64_t version_;
  std::uint64_t compacted_{0};
};

}  // namespace btc::sim
