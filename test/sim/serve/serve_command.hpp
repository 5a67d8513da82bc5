#pragma once

#include "test/sim/serve/serve_options.hpp"

namespace btc::sim {

/// Serves the simulated cluster until SIGINT or SIGTERM; gives the process's exit code.
///
/// Writes admin.kubeconfig (group system:masters, by client certificate) and controller.kubeconfig
/// (the ServiceAccount of deploy/rbac.yaml, by token) into the directory, prints shell assignments
/// that name them, and then the line "serving on <url>": from then on requests are answered.
/// SIGUSR1 takes the API server away, port and connections, and SIGUSR2 brings it back with all
/// that it stored: an outage.
[[nodiscard]] int serve(const serve_options& options);

/// The same for the arguments after "serve".
[[nodiscard]] int serve_command(const std::vector<std::string>& arguments,
                                const std::filesystem::path& repository);

}  // namespace btc::sim
