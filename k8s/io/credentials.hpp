#pragma once

#include "k8s/api_error.hpp"
#include "k8s/io/cluster_config.hpp"
#include "k8s/io/transport_options.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace btc::k8s::io {

/// The value of the Authorization header: a token, read again from its file or plugin as it ages,
/// or basic authentication, or nothing. Touched by the I/O thread only.
class credentials {
 public:
  /// Throws config_error when there is a token file that cannot be read, and no token.
  credentials(const cluster_config& cluster, host_access host, const transport_options& options);

  /// Empty when the cluster config has no such credentials (a client certificate may do). An error
  /// when there is a plugin and it fails, or has not ended at `deadline`. A plugin runs once for
  /// all who ask meanwhile.
  [[nodiscard]] boost::asio::awaitable<result<std::string>> authorization(
      std::chrono::steady_clock::time_point deadline);

  /// The API server answered 401 to `used`: unless that was replaced already, what we have is read
  /// anew at the next call.
  void invalidate(const std::string& used) noexcept;

 private:
  struct plugin_run;
  using time_point = std::chrono::steady_clock::time_point;

  /// Runs the plugin, or waits for whoever runs it already.
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> renew(time_point deadline);
  [[nodiscard]] boost::asio::awaitable<std::optional<api_error>> run_plugin(time_point deadline);
  void read_token_file();

  const cluster_config& cluster_;
  host_access host_;
  const transport_options& options_;
  std::string header_{};
  time_point fresh_until_{};
  std::shared_ptr<plugin_run> under_way_{};
};

}  // namespace btc::k8s::io
