#include "test/sim/search/command.hpp"
#include "test/sim/serve/serve_command.hpp"
#include "test/support/source_dir.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto repository = btc::test::source_path(".");
  if (!arguments.empty() && arguments.front() == "serve") {
    arguments.erase(arguments.begin());
    return btc::sim::serve_command(arguments, repository);
  }
  return btc::sim::search_command(arguments, repository);
}
