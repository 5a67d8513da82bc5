#pragma once

#include "k8s/api_error.hpp"
#include "k8s/io/cluster_config.hpp"
#include "k8s/io/transport_options.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace btc::k8s::io {

/// The value of the Authorization header: a token, read again from its file or plugin as it ages,
/// or basic authentication, or nothing. Touched by the I/O thread only.
class credentials {
 public:
  credentials(const cluster_config& cluster, host_access host, transport_limits limits);

  /// Empty when the cluster config has no such credentials (a client certificate may do). An error
  /// when there is a plugin and it fails, or has not ended at `deadline`.
  [[nodiscard]] boost::asio::awaitable<result<std::string>> authorization(
      std::chrono::steady_clock::time_point deadline);

  /// The API server answered 401: what we have is read anew at the next call.
  void invalidate() noexcept { fresh_until_ = {}; }

 private:
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> refresh(
      std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> run_plugin(
      std::chrono::steady_clock::time_point deadline);
  void read_token_file();

  const cluster_config& cluster_;
  host_access host_;
  transport_limits limits_;
  std::string header_{};
  std::chrono::steady_clock::time_point fresh_until_{};
};

}  // namespace btc::k8s::io
