#pragma once

namespace btc::app {

/// Keeps credentials out of core dumps: the process writes none (RLIMIT_CORE 0), and none is taken
/// of it by a handler that the limit does not bind, nor may another process of the same user read
/// its memory (PR_SET_DUMPABLE 0, prctl(2)). For the first line of main; best effort, never fails.
///
/// Builds with the address sanitizer stay dumpable: its search for leaks attaches to the process.
void no_core_dumps() noexcept;

}  // namespace btc::app
