#pragma once

#include "k8s/io/cluster_config.hpp"

#include <string>
#include <vector>

namespace btc::k8s::io {

/// Reads one or several kubeconfig files as client-go merges them: the first that names a cluster,
/// user, context or the current-context wins; files that do not exist are passed over in a list of
/// several. `context` overrides current-context. Throws config_error.
[[nodiscard]] cluster_config load_kubeconfig(const std::vector<std::string>& paths,
                                             const std::string& context,
                                             const host_access& host);

}  // namespace btc::k8s::io
