#pragma once

#include "k8s/json_view.hpp"
#include "k8s/objects.hpp"

namespace btc::k8s {

/// Everything of a pod but its metadata.
void read_pod(json_view document, pod& out);

}  // namespace btc::k8s
