#include "actors/app/controller.hpp"
#include "actors/app/no_core_dumps.hpp"
#include "actors/app/settings.hpp"

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  btc::app::no_core_dumps();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto parsed =
      btc::app::parse_settings(arguments, btc::app::process_environment(), BTC_VERSION);
  if (const auto* exit = std::get_if<btc::app::exit_request>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  return btc::app::run(std::get<btc::app::settings>(parsed), BTC_VERSION);
}
