#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

/// docs/crd.md against deploy/crd.yaml: every field has its row, and every row its field.
namespace btc {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct field {
  std::string default_value{};  ///< of a scalar; empty when there is none
  bool immutable{false};        ///< a rule compares it with what it was
};

/// One row of the table of spec: the cells after the first.
struct row {
  std::string default_value{};
  std::string rule{};
  std::string effect{};
};

[[nodiscard]] bool compares_with_before(const YAML::Node& schema) {
  const auto rules = schema["x-kubernetes-validations"];
  return std::any_of(rules.begin(), rules.end(), [](const YAML::Node& rule) {
    return rule["rule"].as<std::string>().find("self == oldSelf") != std::string::npos;
  });
}

/// Leaves of a schema by path, as in "storage.size" and "imagePullSecrets[].name".
void collect(const YAML::Node& schema, const std::string& path, std::map<std::string, field>& out) {
  const auto properties = schema["items"] ? schema["items"]["properties"] : schema["properties"];
  if (!properties) {
    const auto given = schema["default"];
    out[path] = {given && given.IsScalar() ? given.as<std::string>() : "",
                 compares_with_before(schema)};
    return;
  }
  const std::string prefix = path.empty() ? "" : path + (schema["items"] ? "[]." : ".");
  for (const auto& property : properties) {
    collect(property.second, prefix + property.first.as<std::string>(), out);
  }
}

[[nodiscard]] YAML::Node schema_of(const char* part) {
  const auto crd = YAML::LoadFile(test::source_path("deploy/crd.yaml"));
  return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][part];
}

[[nodiscard]] std::map<std::string, field> fields_of(const char* part) {
  std::map<std::string, field> out;
  collect(schema_of(part), "", out);
  return out;
}

/// Lines of the document below the heading, up to the next one.
[[nodiscard]] std::vector<std::string> section(const std::string& heading) {
  std::ifstream file{test::source_path("docs/crd.md")};
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      inside = line == "## " + heading;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

[[nodiscard]] std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text{line.substr(1)};
  for (std::string cell; std::getline(text, cell, '|');) {
    const auto begin = cell.find_first_not_of(' ');
    const auto end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

/// What stands between back-quotes.
[[nodiscard]] std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t begin = text.find('`'); begin != std::string::npos;) {
    const auto end = text.find('`', begin + 1);
    out.push_back(text.substr(begin + 1, end - begin - 1));
    begin = text.find('`', end + 1);
  }
  return out;
}

/// The rows of spec by path. ".limits" after "resources.requests" is its sibling, and the "[]" of a
/// list of scalars says nothing more than its name.
[[nodiscard]] std::map<std::string, row> documented() {
  std::map<std::string, row> out;
  for (const auto& line : section("spec")) {
    if (!line.starts_with("| `")) {
      continue;
    }
    const auto cells = cells_of(line);
    EXPECT_EQ(cells.size(), 4U) << line;
    std::string parent;
    for (auto path : quoted(cells[0])) {
      path = path.starts_with('.') ? parent + path : path;
      parent = path.substr(0, path.rfind('.'));
      path = path.ends_with("[]") ? path.substr(0, path.size() - 2) : path;
      out[path] = {cells[1], cells[2], cells[3]};
    }
  }
  return out;
}

/// The row of a field, or of what it is a part of.
[[nodiscard]] const row* row_of(const std::map<std::string, row>& rows, std::string path) {
  for (;;) {
    if (const auto found = rows.find(path); found != rows.end()) {
      return &found->second;
    }
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) {
      return nullptr;
    }
    path.resize(dot);
    path = path.ends_with("[]") ? path.substr(0, path.size() - 2) : path;
  }
}

TEST(CrdDocument, HasARowForEveryFieldOfTheSpec) {
  const auto rows = documented();
  const auto fields = fields_of("spec");
  EXPECT_GT(fields.size(), 20U);
  for (const auto& [path, schema] : fields) {
    const auto* found = row_of(rows, path);
    ASSERT_NE(found, nullptr) << "no row for spec." << path;
    EXPECT_THAT(found->effect, Not(IsEmpty())) << path << ": what does a change do?";
    if (!schema.default_value.empty()) {
      EXPECT_THAT(found->default_value, HasSubstr(schema.default_value)) << path;
    }
    if (schema.immutable) {
      EXPECT_THAT(found->effect, HasSubstr("refused")) << path;
    }
  }
}

TEST(CrdDocument, HasNoRowForWhatIsNoFieldOfTheSpec) {
  const auto fields = fields_of("spec");
  for (const auto& [path, text] : documented()) {
    const bool known = std::any_of(fields.begin(), fields.end(), [&](const auto& entry) {
      return entry.first == path || entry.first.starts_with(path + '.')
             || entry.first.starts_with(path + "[].");
    });
    EXPECT_TRUE(known) << path;
  }
}

TEST(CrdDocument, SaysRefusedWhereTheSpecsOwnRulesForbidAChange) {
  const auto rows = documented();
  std::size_t rules = 0;
  for (const auto& rule : schema_of("spec")["x-kubernetes-validations"]) {
    if (rule["rule"].as<std::string>().find("oldSelf") == std::string::npos) {
      continue;
    }
    ++rules;
    const auto path = rule["fieldPath"].as<std::string>().substr(1);
    const bool told = std::any_of(rows.begin(), rows.end(), [&](const auto& entry) {
      return entry.first.starts_with(path)
             && entry.second.effect.find("refused") != std::string::npos;
    });
    EXPECT_TRUE(told) << path;
  }
  EXPECT_GE(rules, 2U);
}

TEST(CrdDocument, HasAllFieldsOfTheStatus) {
  std::set<std::string> words;
  for (const auto& line : section("status")) {
    for (auto word : quoted(line)) {
      words.insert(word.ends_with("[]") ? word.substr(0, word.size() - 2) : word);
    }
  }
  for (const auto& [path, schema] : fields_of("status")) {
    if (path.starts_with("conditions[]")) {
      continue;  // metav1.Condition
    }
    EXPECT_TRUE(words.contains(path.substr(path.rfind('.') + 1))) << "status." << path;
  }
}

}  // namespace
}  // namespace btc
