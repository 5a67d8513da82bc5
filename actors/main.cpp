#include "actors/app/controller.hpp"
#include "actors/app/no_core_dumps.hpp"
#include "actors/app/settings.hpp"

#include <cstdio>
#include <malloc.h>
#include <string>
#include <vector>

namespace {

/// glibc's heap for a program of one busy thread that is read by its resident size: one arena,
/// whose free end goes back to the kernel; what is large (a list page) goes back at once. glibc's
/// own limits grow with the largest block that was ever freed.
void tune_heap() noexcept {
  constexpr int kib = 1024;
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread yet.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 256 * kib);
  mallopt(M_TRIM_THRESHOLD, 512 * kib);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace

int main(int argc, char** argv) {
  btc::app::no_core_dumps();
  tune_heap();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto parsed =
      btc::app::parse_settings(arguments, btc::app::process_environment(), BTC_VERSION);
  if (const auto* exit = std::get_if<btc::app::exit_request>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  return btc::app::run(std::get<btc::app::settings>(parsed), BTC_VERSION);
}
