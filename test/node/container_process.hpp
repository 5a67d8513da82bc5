#pragma once

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace btc::node {

/// A child process that tells when it ends. Destroying this kills it; nobody hears of that end.
class container_process {
 public:
  using exit_handler = std::function<void(int exit_code, int signal)>;

  /// Starts `arguments`, output appended to `log`. Throws std::system_error when that fails.
  /// `done` runs on the context, once.
  container_process(boost::asio::io_context& context,
                    std::vector<std::string> arguments,
                    const std::filesystem::path& log,
                    exit_handler done);
  container_process(const container_process&) = delete;
  container_process& operator=(const container_process&) = delete;
  ~container_process();

  /// To it and to what it started.
  void signal(int number) noexcept;

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace btc::node
