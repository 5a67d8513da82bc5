#pragma once

#include "actors/reconcile/observed.hpp"

#include <cstdint>
#include <string>

namespace btc::reconcile {

/// Whose child is it?
enum class ownership : std::uint8_t {
  absent,
  ours,         ///< controller reference with our uid
  predecessor,  ///< of a deleted network of our name: garbage collection is about to remove it
  foreign,      ///< anything else: never adopted, never changed
};

[[nodiscard]] ownership ownership_of(const k8s::object* child,
                                     const k8s::bitcoin_network& network) noexcept;
/// The same of an object that is there.
[[nodiscard]] ownership ownership_of(const k8s::object_meta& child,
                                     const k8s::bitcoin_network& network) noexcept;

/// The network's own StatefulSet, or nullptr: a foreign one or a predecessor's tells nothing of it.
[[nodiscard]] const k8s::stateful_set* own_stateful_set(const observed& o) noexcept;

/// Which bitcoin.conf the network's pods and its Secret carry, as far as they were seen.
[[nodiscard]] seen_configuration configuration_seen(const observed& o);

/// True for a pod of that very StatefulSet; one that is left over from a deleted set of the same
/// name is none.
[[nodiscard]] bool is_pod_of(const k8s::pod& pod, const k8s::stateful_set& set) noexcept;

/// JSON patch operations after which the fields that our POST left under operation Update are owned
/// by our applies alone; empty when there is no such entry. The entry becomes the first apply's, or
/// goes when we have applied since: then all of it is ours twice, and of two entries under one name
/// the API server would keep the older. The test operations fail when the entry is no longer ours,
/// and then nothing is changed.
[[nodiscard]] nlohmann::json ownership_patch(const k8s::object_meta& child);

}  // namespace btc::reconcile
