#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace btc::app {
namespace {

using slugs = std::set<std::string>;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Adds what the first group of `pattern` matches, everywhere in `text`.
void collect(slugs& found, const std::string& text, const std::regex& pattern) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
}

/// The slugs of all calls of a logger in one source: log.info("slug", …), also where one of two is
/// chosen, and log.log(level, "slug", …).
void collect_logged(slugs& found, const std::string& source) {
  const std::regex call(R"(\blog_?\.(?:trace|debug|info|warn|error)\(([^,]*))");
  const std::regex call_with_level(R"(\blog_?\.log\([^,]*,([^,]*))");
  const std::regex slug("\"([a-z][a-z0-9-]*)\"");
  slugs arguments;
  collect(arguments, source, call);
  collect(arguments, source, call_with_level);
  for (const auto& argument : arguments) {
    collect(found, argument, slug);
  }
}

TEST(LoggingDocument, ListsExactlyTheEventsOfTheSources) {
  slugs logged;
  for (const auto* folder : {"actors", "k8s"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(test::source_path(folder))) {
      const auto extension = entry.path().extension();
      if (extension == ".cpp" || extension == ".hpp") {
        collect_logged(logged, read(entry.path()));
      }
    }
  }
  slugs documented;
  const auto document = read(test::source_path("docs/logging.md"));
  // Rows of the table of events; those of the table of fields have no level.
  collect(documented,
          document,
          std::regex(R"(\| `([a-z0-9-]+)` \| (?:(?:trace|debug|info|warn|error)(?:, )?)+ \|)"));

  EXPECT_EQ(logged, documented);
}

}  // namespace
}  // namespace btc::app
