#pragma once

#include "test/node/pod_spec.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <string>

namespace btc::node {

/// Whom a probe asks.
struct probe_target {
  std::string ip{};
  std::filesystem::path self{};        ///< this program, which enters the container
  std::filesystem::path pod_folder{};  ///< with the container's plan
};

/// Runs the probe once. True when it succeeded within its timeout: code 0 of a program, a port that
/// is open, an HTTP status from 200 to 399.
[[nodiscard]] boost::asio::awaitable<bool> run_action(probe_spec probe, probe_target target);

}  // namespace btc::node
