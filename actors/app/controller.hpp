#pragma once

#include "actors/app/settings.hpp"

#include <string_view>

namespace btc::app {

/// Exit code of a failure while running.
inline constexpr int exit_runtime = 1;

/// The controller from start to SIGTERM or SIGINT: finds the cluster, starts the I/O thread, the
/// actors and the admin server, and waits. Returns the exit code; configuration errors are one line
/// on stderr and exit_configuration.
[[nodiscard]] int run(const settings& s, std::string_view version);

}  // namespace btc::app
