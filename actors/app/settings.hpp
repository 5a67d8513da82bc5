#pragma once

#include "actors/app/listen_address.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/log_format.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace btc::app {

/// How a node's peers are named: by stable DNS name, or by pod address in clusters without DNS.
enum class peer_address : std::uint8_t { dns, ip };

/// Everything that the user can choose, valid as a whole. The defaults are those of --help.
struct settings {
  std::string kubeconfig{};               ///< empty: $KUBECONFIG, in-cluster, ~/.kube/config
  std::string context{};                  ///< empty: the kubeconfig's current context
  std::vector<std::string> namespaces{};  ///< empty: all; sorted, each once
  std::chrono::milliseconds resync_interval{std::chrono::seconds{30}};
  std::chrono::milliseconds rpc_interval{std::chrono::seconds{10}};
  std::chrono::milliseconds secret_interval{std::chrono::minutes{5}};
  listen_address admin_address{};
  telemetry::log_level log_level{telemetry::log_level::info};
  telemetry::log_format log_format{telemetry::log_format::text};
  app::peer_address peer_address{app::peer_address::dns};
  std::size_t max_inflight_requests{32};
};

// Limits of what is accepted.
inline constexpr std::chrono::milliseconds resync_interval_min = std::chrono::seconds{1};
inline constexpr std::chrono::milliseconds resync_interval_max = std::chrono::hours{24};
inline constexpr std::chrono::milliseconds rpc_interval_min = std::chrono::seconds{1};
inline constexpr std::chrono::milliseconds rpc_interval_max = std::chrono::hours{1};
inline constexpr std::chrono::milliseconds secret_interval_min = std::chrono::seconds{1};
inline constexpr std::chrono::milliseconds secret_interval_max = std::chrono::hours{24};
inline constexpr std::size_t inflight_requests_min = 1;
inline constexpr std::size_t inflight_requests_max = 256;
inline constexpr std::size_t namespaces_max = 100;

/// Exit code of a start that failed by configuration; a runtime failure is 1.
inline constexpr int exit_configuration = 2;

/// The program is to end without running: --help and --version (code 0, text for stdout), or an
/// error (code 2, one line for stderr that names flag or variable, its value and what is right).
struct exit_request {
  int code{0};
  std::string text{};
};

using settings_result = std::variant<settings, exit_request>;

/// Value of an environment variable. A variable that is empty counts as not set.
using environment = std::function<std::optional<std::string>(std::string_view name)>;

/// The process's own environment.
[[nodiscard]] environment process_environment();

/// Reads the command line (without the program's name) and, for each flag not given, its variable
/// BITCOIN_CONTROLLER_<FLAG>. A flag wins over its variable, a variable over the default.
[[nodiscard]] settings_result parse_settings(const std::vector<std::string>& arguments,
                                             const environment& env,
                                             std::string_view version);

}  // namespace btc::app
