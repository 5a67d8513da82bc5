#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace btc::sim {

struct serve_options {
  std::filesystem::path repository{};  ///< where deploy/crd.yaml and deploy/rbac.yaml are
  std::filesystem::path directory{};   ///< of the kubeconfigs; empty: a new one, removed at the end
  std::string address{"127.0.0.1"};
  std::uint16_t port{0};  ///< 0: any free port
  double speed{1};        ///< of pods; 1: about two seconds from Pending to Ready
  bool pods{true};        ///< false: another program is the node and writes pod status
  bool chaos{false};
  std::uint64_t seed{1};
};

/// The process is to end now, with this text and code: --help, or a mistake.
struct serve_exit {
  int code{0};
  std::string text{};
};

/// Reads the arguments after "serve".
[[nodiscard]] std::variant<serve_options, serve_exit> parse_serve_options(
    const std::vector<std::string>& arguments, const std::filesystem::path& repository);

}  // namespace btc::sim
