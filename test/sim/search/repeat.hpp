#pragma once

#include "test/sim/search/batch.hpp"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace btc::sim {

/// Another program that makes some runs of a batch once more: started anew, so at other addresses,
/// and with memory that is filled before its first and after its last use. A run that depends on
/// either has another trace there.
class repeating_program {
 public:
  /// `command`: arguments of this executable. Throws std::runtime_error when it cannot be started.
  explicit repeating_program(const std::vector<std::string>& command);
  repeating_program(const repeating_program&) = delete;
  repeating_program& operator=(const repeating_program&) = delete;
  ~repeating_program();

  [[nodiscard]] int output() const noexcept { return from_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Asks for one run; forgotten when the program is far behind.
  void ask(std::uint64_t index);
  /// No more questions: it answers what it was asked and ends.
  void finish();

 private:
  pid_t pid_{0};
  int to_{-1};
  int from_{-1};
};

/// The other side: reads indexes from the standard input and writes lines of traces, until the
/// input ends.
void repeat_runs(stage& on, const batch& b);

}  // namespace btc::sim
