#include "actors/app/setting_flags.hpp"

#include "actors/app/duration.hpp"

#include <CLI/StringTools.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace btc::app {

namespace {

using setter_result = std::optional<std::string>;  ///< what would be right, when the value is not

setter_result set_kubeconfig(settings& s, const std::string& value) {
  s.kubeconfig = value;
  return std::nullopt;
}

setter_result set_context(settings& s, const std::string& value) {
  s.context = value;
  return std::nullopt;
}

/// RFC 1123 label, as the API server requires of a namespace.
bool is_namespace_name(std::string_view name) {
  constexpr std::size_t length_max = 63;
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= length_max && alphanumeric(name.front())
         && alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), [&](char c) {
              return alphanumeric(c) || c == '-';
            });
}

setter_result set_namespaces(settings& s, const std::string& value) {
  std::vector<std::string> names = CLI::detail::split(value, ',');
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_namespace_name)) {
    return "namespace names separated by commas, such as default,staging";
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > namespaces_max) {
    return "at most " + std::to_string(namespaces_max) + " namespaces";
  }
  s.namespaces = std::move(names);
  return std::nullopt;
}

/// A duration within bounds; `examples` are some that are.
setter_result set_duration(std::chrono::milliseconds& to,
                           const std::string& value,
                           std::chrono::milliseconds min,
                           std::chrono::milliseconds max,
                           std::string_view examples) {
  const auto parsed = parse_duration(value);
  if (!parsed || *parsed < min || *parsed > max) {
    return "a duration from " + format_duration(min) + " to " + format_duration(max) + ", such as "
           + std::string{examples};
  }
  to = *parsed;
  return std::nullopt;
}

setter_result set_resync_interval(settings& s, const std::string& value) {
  return set_duration(
      s.resync_interval, value, resync_interval_min, resync_interval_max, "30s or 5m");
}

setter_result set_rpc_interval(settings& s, const std::string& value) {
  return set_duration(s.rpc_interval, value, rpc_interval_min, rpc_interval_max, "10s or 1m");
}

setter_result set_secret_interval(settings& s, const std::string& value) {
  return set_duration(
      s.secret_interval, value, secret_interval_min, secret_interval_max, "5m or 30s");
}

setter_result set_admin_address(settings& s, const std::string& value) {
  const auto parsed = parse_listen_address(value);
  if (!parsed) {
    return "IP address and port, such as 0.0.0.0:8080 or [::1]:8080";
  }
  s.admin_address = *parsed;
  return std::nullopt;
}

setter_result set_log_level(settings& s, const std::string& value) {
  const auto parsed = telemetry::parse_log_level(value);
  if (!parsed) {
    return "one of trace, debug, info, warn, error, off";
  }
  s.log_level = *parsed;
  return std::nullopt;
}

setter_result set_log_format(settings& s, const std::string& value) {
  const auto parsed = telemetry::parse_log_format(value);
  if (!parsed) {
    return "text or json";
  }
  s.log_format = *parsed;
  return std::nullopt;
}

setter_result set_peer_address(settings& s, const std::string& value) {
  if (value != "dns" && value != "ip") {
    return "dns or ip";
  }
  s.peer_address = value == "dns" ? peer_address::dns : peer_address::ip;
  return std::nullopt;
}

setter_result set_max_inflight_requests(settings& s, const std::string& value) {
  std::size_t number = 0;
  const auto* const last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, number);
  if (error != std::errc{} || end != last || number < inflight_requests_min
      || number > inflight_requests_max) {
    return "a number from " + std::to_string(inflight_requests_min) + " to "
           + std::to_string(inflight_requests_max);
  }
  s.max_inflight_requests = number;
  return std::nullopt;
}

constexpr std::array flags{
    setting_flag{"kubeconfig",
                 "FILE",
                 "kubeconfig file; default: $KUBECONFIG, in-cluster, ~/.kube/config",
                 set_kubeconfig},
    setting_flag{
        "context", "NAME", "context of the kubeconfig; default: its current one", set_context},
    setting_flag{"namespace", "A,B", "watch these namespaces only; default: all", set_namespaces},
    setting_flag{"resync-interval",
                 "TIME",
                 "look again at networks that are not at rest, 1s to 24h (30s)",
                 set_resync_interval},
    setting_flag{"rpc-interval",
                 "TIME",
                 "ask every bitcoin node this often, 1s to 1h (10s)",
                 set_rpc_interval},
    setting_flag{"secret-interval",
                 "TIME",
                 "read the Secrets of every network this often, 1s to 24h (5m)",
                 set_secret_interval},
    setting_flag{"admin-address",
                 "IP:PORT",
                 "listen here for probes, metrics and status (0.0.0.0:8080)",
                 set_admin_address},
    setting_flag{
        "log-level", "LEVEL", "trace, debug, info, warn, error or off (info)", set_log_level},
    setting_flag{"log-format", "FORMAT", "text or json, on stderr (text)", set_log_format},
    setting_flag{
        "peer-address", "KIND", "name bitcoin peers by dns or by ip (dns)", set_peer_address},
    setting_flag{"max-inflight-requests",
                 "N",
                 "requests to the API server at the same time, 1 to 256 (32)",
                 set_max_inflight_requests},
};

}  // namespace

std::span<const setting_flag> setting_flags() noexcept {
  return flags;
}

std::string variable_of(std::string_view flag_name) {
  std::string variable = "BITCOIN_CONTROLLER_";
  for (const char c : flag_name) {
    variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  }
  return variable;
}

}  // namespace btc::app
