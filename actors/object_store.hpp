#pragma once

#include "k8s/meta.hpp"
#include "messages/protocol.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace btc::actors {

/// The cache's content: the newest known state of every object of one kind, and an index by the
/// network that an object belongs to. A value without I/O; each mutation returns the changes that
/// readers have to hear of, in order.
///
/// The rule that makes all orders of arrival safe: an older state never overwrites a newer one.
/// The versions of one kind compare as decimals, across namespaces too.
class object_store {
 public:
  using changes = std::vector<messages::object_change>;

  /// Events of a watch, in its order. `version` is how far that watch has come.
  [[nodiscard]] changes change(const std::vector<messages::object_change>& events,
                               const std::string& ns,
                               const std::string& version);

  /// The complete state of a scope at `version`. What is missing in it was deleted, unless it is
  /// newer than the list itself. A `consistent` list below what the watch had reached means that
  /// the store went back (a restored etcd), and is right in any case.
  [[nodiscard]] changes replace(const std::vector<k8s::object_ptr>& objects,
                                const std::string& ns,
                                const std::string& version,
                                bool consistent);

  /// The answer to a write of ours, which its writer knows already. Dropped when the watch of its
  /// scope has already come past its version: what is known is newer. Where nothing is known of it,
  /// the object has gone since, and nobody but this answer will ever speak of it: it may have come
  /// and gone between two lists. Then its deletion is the change.
  [[nodiscard]] changes written(const k8s::object_ptr& object, const std::string& ns);

  [[nodiscard]] std::vector<k8s::object_ptr> owned_by(const k8s::object_key& network) const;
  [[nodiscard]] std::size_t size() const noexcept { return objects_.size(); }
  /// How far the watch has come; of the first scope, where there are several.
  [[nodiscard]] std::string resource_version() const;

 private:
  [[nodiscard]] bool put(const k8s::object_ptr& object, bool force, changes& out);
  [[nodiscard]] bool remove(const k8s::object_ptr& last);
  void index(const k8s::object_ptr& object);
  void unindex(const k8s::object& object);

  std::unordered_map<k8s::object_key, k8s::object_ptr, k8s::object_key_hash> objects_{};
  std::unordered_map<k8s::object_key, std::vector<k8s::object_ptr>, k8s::object_key_hash> owned_{};
  std::map<std::string, std::string> progress_{};  ///< scope → version that its watch has reached
};

}  // namespace btc::actors
