#pragma once

#include "actors/reconcile/observed.hpp"

#include <cstdint>
#include <vector>

namespace btc::reconcile {

/// A pod of the network's own StatefulSet.
struct node {
  std::int32_t ordinal{0};
  const k8s::pod* pod{nullptr};  ///< never null; lives as long as what was observed

  [[nodiscard]] bool ready() const noexcept { return pod->ready && !pod->meta.deleting; }
};

/// The ordinal in "<set>-<ordinal>", a pod's name; nothing when it is of another form.
[[nodiscard]] std::optional<std::int32_t> ordinal_of(std::string_view pod, std::string_view set);

/// The nodes that exist, in the order of their ordinals; none without a StatefulSet of ours.
[[nodiscard]] std::vector<node> nodes_of(const observed& o);

}  // namespace btc::reconcile
