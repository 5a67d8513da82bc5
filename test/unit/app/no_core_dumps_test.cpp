#include "actors/app/no_core_dumps.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace btc::app {
namespace {

/// 0 when no core dump of this process can be had.
int check() {
  rlimit limit{1, 1};
  ::getrlimit(RLIMIT_CORE, &limit);
#ifdef __SANITIZE_ADDRESS__
  const int dumpable = 0;
#else
  const int dumpable = ::prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
#endif
  return limit.rlim_cur == 0 && limit.rlim_max == 0 && dumpable == 0 ? 0 : 1;
}

TEST(NoCoreDumps, AreToBeHad) {
  EXPECT_EXIT(
      {
        no_core_dumps();
        std::exit(check());
      },
      testing::ExitedWithCode(0),
      "");
}

}  // namespace
}  // namespace btc::app
