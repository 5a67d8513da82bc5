#pragma once

#include "actors/reconcile/observed.hpp"
#include "actors/reconcile/plan.hpp"

#include <string>
#include <vector>

namespace btc::reconcile {

/// What a child needs, told by comparing it with its manifest.
struct child_steps {
  std::vector<action> actions{};
  /// Paths of immutable fields that would have to change ("spec.serviceName"); their observed
  /// values were kept, everything else is still applied.
  std::vector<std::string> immutable{};
};

/// Steps for the Service and the StatefulSet. The child must be absent or ours.
[[nodiscard]] child_steps service_steps(const observed& o);
[[nodiscard]] child_steps stateful_set_steps(const observed& o);

}  // namespace btc::reconcile
