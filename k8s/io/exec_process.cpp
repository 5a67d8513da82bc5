#include "k8s/io/exec_process.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <memory>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

// NOLINTNEXTLINE: POSIX has this variable, and no header that declares it.
extern char** environ;

namespace btc::k8s::io {

namespace asio = boost::asio;

namespace {

[[nodiscard]] api_error failed(std::string why) {
  return {0, std::string{reason_credentials}, std::move(why)};
}

/// Our environment with the additions, each name once: shells take the last of two, libc the first.
[[nodiscard]] std::vector<std::string> environment_of(const process_spec& spec) {
  std::map<std::string, std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  for (const auto& [name, value] : spec.env) {
    variables[name] = value;
  }
  std::vector<std::string> out;
  out.reserve(variables.size());
  for (const auto& [name, value] : variables) {
    out.emplace_back(name).append("=").append(value);
  }
  return out;
}

[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) {
    out.push_back(text.data());
  }
  out.push_back(nullptr);
  return out;
}

/// Starts the program with stdout on `output`; its process id, or a negative errno.
[[nodiscard]] pid_t start(const process_spec& spec, int output) {
  std::vector<std::string> arguments{spec.command};
  arguments.insert(arguments.end(), spec.args.begin(), spec.args.end());
  auto environment = environment_of(spec);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  // Asio's sockets have no O_CLOEXEC, and what a plugin leaves running must not hold our port.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  // A process group of its own, so that what the program started can be killed with it.
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  // Without the signals that our threads block.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid,
                                   spec.command.c_str(),
                                   &actions,
                                   &attributes,
                                   pointers(arguments).data(),
                                   pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -error;
}

/// A program that runs; shared with the handler of its deadline.
struct running {
  running(const asio::any_io_executor& executor, int output_end)
      : output(executor, output_end), deadline(executor), pause(executor) {}

  asio::posix::stream_descriptor output;
  asio::steady_timer deadline;
  asio::steady_timer pause;
  pid_t pid{0};
  bool ended{false};

  void kill() const noexcept {
    if (!ended) {  // its id may be another's afterwards
      ::kill(-pid, SIGKILL);
    }
  }
};

void kill_after(const std::shared_ptr<running>& program, std::chrono::milliseconds deadline) {
  program->deadline.expires_after(deadline);
  program->deadline.async_wait([weak = std::weak_ptr{program}](boost::system::error_code ec) {
    if (const auto self = weak.lock(); !ec && self != nullptr) {
      self->kill();
      self->output.cancel();  // something that left the group may hold the pipe
    }
  });
}

/// Its exit status. stdout is closed, so it has ended or is about to: looks every few milliseconds.
[[nodiscard]] asio::awaitable<int> wait_for_end(std::shared_ptr<running> program) {
  constexpr std::chrono::milliseconds poll{5};
  int status = 0;
  while (::waitpid(program->pid, &status, WNOHANG) == 0) {
    program->pause.expires_after(poll);
    co_await program->pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  program->ended = true;
  program->deadline.cancel();
  co_return status;
}

}  // namespace

asio::awaitable<result<std::string>> run_process(process_spec spec,
                                                 std::chrono::milliseconds deadline,
                                                 std::size_t output_bytes_max) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    co_return failed(std::system_category().message(errno));
  }
  const auto program = std::make_shared<running>(co_await asio::this_coro::executor, ends[0]);
  program->pid = start(spec, ends[1]);
  ::close(ends[1]);
  if (program->pid < 0) {
    co_return failed("cannot be started: " + std::system_category().message(-program->pid));
  }
  kill_after(program, deadline);
  std::string text;
  const auto [ec, size] = co_await asio::async_read(program->output,
                                                    asio::dynamic_buffer(text, output_bytes_max),
                                                    asio::as_tuple(asio::use_awaitable));
  if (ec != asio::error::eof) {
    program->kill();
  }
  const int status = co_await wait_for_end(program);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    co_return failed(WIFEXITED(status) ? "it ended with code " + std::to_string(WEXITSTATUS(status))
                                       : "it was killed at its deadline or for its output");
  }
  co_return text;
}

}  // namespace btc::k8s::io
