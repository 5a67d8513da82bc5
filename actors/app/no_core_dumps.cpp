#include "actors/app/no_core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace btc::app {

void no_core_dumps() noexcept {
  const rlimit nothing{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &nothing));
#ifndef __SANITIZE_ADDRESS__
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL));
#endif
}

}  // namespace btc::app
