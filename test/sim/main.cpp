#include "test/sim/search/command.hpp"
#include "test/support/source_dir.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return btc::sim::search_command(arguments, btc::test::source_path("."));
}
