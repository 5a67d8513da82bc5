#include "test/sim/search/repeat.hpp"

#include "test/sim/search/worker.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace btc::sim {

namespace {

constexpr const char* this_program = "/proc/self/exe";
/// glibc fills new memory with the complement of this byte and freed memory with the byte.
constexpr const char* fill = "165";

/// A program that is linked with another allocator has glibc's again when these are loaded first.
void choose_allocator() {
#ifdef BTC_OTHER_ALLOCATOR
  ::setenv("LD_PRELOAD", "libstdc++.so.6 libc.so.6", 1);
#endif
  ::setenv("MALLOC_PERTURB_", fill, 1);
}

[[nodiscard]] std::array<int, 2> pipe_ends() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe for the program that repeats runs");
  }
  return ends;
}

}  // namespace

repeating_program::repeating_program(const std::vector<std::string>& command) {
  const auto questions = pipe_ends();
  const auto answers = pipe_ends();
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::runtime_error("no process for the program that repeats runs");
  }
  if (pid_ == 0) {
    ::dup2(questions[0], STDIN_FILENO);
    ::dup2(answers[1], STDOUT_FILENO);
    choose_allocator();
    std::vector<char*> arguments{const_cast<char*>(this_program)};
    for (const auto& word : command) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    ::execv(this_program, arguments.data());
    std::_Exit(1);
  }
  ::close(questions[0]);
  ::close(answers[1]);
  to_ = questions[1];
  from_ = answers[0];
  ::fcntl(to_, F_SETFL, O_NONBLOCK);
}

repeating_program::~repeating_program() {
  finish();
  if (from_ >= 0) {
    ::close(from_);
  }
}

void repeating_program::ask(std::uint64_t index) {
  if (to_ >= 0) {
    static_cast<void>(write_all(to_, std::to_string(index) + '\n'));
  }
}

void repeating_program::finish() {
  if (to_ >= 0) {
    ::close(to_);
    to_ = -1;
  }
}

void repeat_runs(stage& on, const batch& b) {
  for (std::uint64_t index = 0; std::cin >> index;) {
    if (index < b.count) {
      std::cout << trace_line(index, trace_of(on, b, index)) << std::endl;
    }
  }
}

}  // namespace btc::sim
