#pragma once

#include "k8s/json_view.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s {

// Rules for those parts of a network's spec that are handed on to Kubernetes as they are. They are
// the rules of deploy/crd.yaml; an object that an older schema let in is judged here. Each adds one
// sentence per problem, naming field, value and rule; an absent field has none.

/// spec.resources: quantities of 0 or more, and no request above its limit.
void check_resources(json_view resources, std::vector<std::string>& problems);
/// spec.pod: keys and values of labels and annotations, and which of them are the controller's;
/// types and choices of the scheduling fields. A value of an annotation is never shown.
void check_pod(json_view pod, std::vector<std::string>& problems);

}  // namespace btc::k8s
