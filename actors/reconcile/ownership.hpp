#pragma once

#include "actors/reconcile/observed.hpp"

#include <cstdint>

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

/// True for a pod of the network's StatefulSet, told by controller reference.
[[nodiscard]] bool is_pod_of(const k8s::pod& pod, const k8s::bitcoin_network& network);

/// JSON patch that turns managedFields[entry], left by our POST as operation Update, into an
/// apply's. Its test operations fail when the entry is no longer ours, and then nothing is changed.
[[nodiscard]] nlohmann::json ownership_patch(int entry);

}  // namespace btc::reconcile
