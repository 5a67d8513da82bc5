#include "test/node/container_process.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

// NOLINTNEXTLINE: POSIX has this variable, and no header that declares it.
extern char** environ;

namespace btc::node {

namespace {

[[nodiscard]] pid_t spawn(std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> pointers;
  std::ranges::transform(arguments, std::back_inserter(pointers), [](auto& a) { return a.data(); });
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, pointers[0], &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error{error, std::system_category(), arguments[0]};
  }
  return pid;
}

/// A descriptor that becomes readable when the process ends.
[[nodiscard]] int descriptor_of(pid_t pid) {
  const auto fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) {
    throw std::system_error{errno, std::system_category(), "pidfd_open"};
  }
  return static_cast<int>(fd);
}

}  // namespace

struct container_process::impl : std::enable_shared_from_this<impl> {
  impl(boost::asio::io_context& context, pid_t p, exit_handler d)
      : pid(p), descriptor(context, descriptor_of(p)), done(std::move(d)) {}

  /// Waits for its end, again where a wake-up came before there was anything to reap.
  void watch() {
    descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](auto ec) {
                            if (ec) {
                              return;
                            }
                            self->reap(false);
                            if (!self->ended) {
                              self->watch();
                            }
                          });
  }

  /// Reaps it if it has ended, or `wait`s for that.
  void reap(bool wait) {
    int status = 0;
    if (!ended && ::waitpid(pid, &status, wait ? 0 : WNOHANG) == pid) {
      ended = true;
      if (done) {
        std::exchange(done, {})(WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                                WIFSIGNALED(status) ? WTERMSIG(status) : 0);
      }
    }
  }

  pid_t pid;
  boost::asio::posix::stream_descriptor descriptor;
  exit_handler done;
  bool ended{false};
};

container_process::container_process(boost::asio::io_context& context,
                                     std::vector<std::string> arguments,
                                     const std::filesystem::path& log,
                                     exit_handler done)
    : impl_(std::make_shared<impl>(context, spawn(arguments, log), std::move(done))) {
  impl_->watch();
}

container_process::~container_process() {
  impl_->done = {};
  signal(SIGKILL);
  impl_->reap(true);
  impl_->descriptor.cancel();
}

void container_process::signal(int number) noexcept {
  if (!impl_->ended) {
    ::kill(-impl_->pid, number);
  }
}

}  // namespace btc::node
