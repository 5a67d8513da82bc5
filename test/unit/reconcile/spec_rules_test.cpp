#include "actors/reconcile/spec_rules.hpp"

#include "test/support/reconcile_builders.hpp"
#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> problems_of(const json& spec) {
  return spec_problems(*an_observation().with_spec(spec).build().network);
}

TEST(SpecRules, FindNothingWrongWithTheSampleNetworks) {
  EXPECT_THAT(problems_of(json::object()), IsEmpty());
  EXPECT_THAT(problems_of(test::a_rich_spec()), IsEmpty());
}

struct rule_case {
  const char* name;
  json spec;
  const char* problem;
};

class SpecRule : public testing::TestWithParam<rule_case> {};

TEST_P(SpecRule, NamesFieldAndRule) {
  EXPECT_THAT(problems_of(GetParam().spec), ElementsAre(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    SpecRule,
    testing::Values(
        rule_case{
            "Mesh",
            {{"nodes", 18}, {"topology", "mesh"}},
            "spec.topology is \"mesh\" for 18 nodes; a mesh has at most 17 nodes, because Bitcoin "
            "Core keeps 8 added connections; use auto"},
        rule_case{"Topology",
                  {{"topology", "star"}},
                  "spec.topology is \"star\"; give one of auto mesh ring none"},
        rule_case{"StorageSize",
                  {{"storage", {{"size", "much"}}}},
                  "spec.storage.size is \"much\"; give a quantity above 0, such as 10Gi"},
        rule_case{"StorageWithoutSize",
                  {{"storage", json::object()}},
                  "spec.storage.size is null; give a quantity, such as 10Gi"},
        rule_case{"StorageClass",
                  {{"storage", {{"size", "1Gi"}, {"storageClassName", ""}}}},
                  "spec.storage.storageClassName is \"\"; give a name of lower case letters, "
                  "digits, '-' and '.', or leave it out"},
        rule_case{"Mining",
                  {{"mining", {{"intervalSeconds", 0}}}},
                  "spec.mining.intervalSeconds is 0; give a whole number from 1 to 86400"},
        rule_case{"MiningOnAPublicChain",
                  {{"chain", "signet"}, {"mining", {{"intervalSeconds", 5}}}},
                  "spec.mining is set on chain signet; mining is possible on chain regtest only"},
        rule_case{
            "OwnedArgument",
            {{"extraArgs", {"-txindex", "--norpcauth=marker"}}},
            "spec.extraArgs[1] sets -rpcauth, which the controller sets itself: it comes from the "
            "Secret (spec.secret)"},
        rule_case{"TooFewConnections",
                  {{"nodes", 6}, {"extraArgs", {"-txindex", "-maxconnections=10"}}},
                  "spec.extraArgs[1] is too low: -maxconnections leaves no room for the nodes that "
                  "connect to a node; 19 is always enough, with 6 nodes and topology auto 14"},
        rule_case{"Arguments",
                  {{"extraArgs", {{"-txindex", 1}}}},
                  "spec.extraArgs is not a list of strings; give one for each argument"},
        rule_case{"ManyArguments",
                  {{"extraArgs", std::vector<std::string>(65, "-txindex")}},
                  "spec.extraArgs has 65 entries; give at most 64"}),
    [](const auto& row) { return row.param.name; });

TEST(SpecRules, StopAtNoProblem) {
  const auto problems = problems_of(
      {{"nodes", -1}, {"topology", "star"}, {"extraArgs", {"-conf=x", "-datadir=y", "-txindex"}}});

  EXPECT_EQ(problems.size(), 4U);
}

TEST(SpecRules, NeverRepeatAnArgumentsValue) {
  for (const auto& arguments : {json{{"-rpcpassword=marker"}},
                                json{{"rpcauth=marker"}},
                                json("marker"),
                                json{{1, "marker"}}}) {
    EXPECT_THAT(problems_of({{"extraArgs", arguments}}), Not(IsEmpty())) << arguments;
    EXPECT_THAT(problems_of({{"extraArgs", arguments}}), Not(Contains(HasSubstr("marker"))));
  }
}

TEST(SpecRules, JudgeEachSpecAsTheApiServerDoes) {
  std::ifstream file{test::source_path("test/cluster/spec_cases.json")};
  std::size_t cases = 0;
  for (const auto& row : json::parse(file)) {
    if (row.contains("before") && row["valid"] == false) {
      continue;  // what may follow what is a rule of the API server alone
    }
    ++cases;
    auto o = an_observation();
    o.network["metadata"]["name"] = row.value("object_name", "net");
    o.network["spec"] = row["spec"];
    const auto problems = spec_problems(*o.build().network);
    EXPECT_EQ(problems.empty(), row["valid"].get<bool>())
        << row["name"] << ": " << testing::PrintToString(problems);
    for (const auto* part : {"field", "message"}) {
      if (row.contains(part)) {
        EXPECT_THAT(problems, Contains(HasSubstr(row[part].get<std::string>()))) << row["name"];
      }
    }
  }
  EXPECT_GT(cases, 110U);
}

}  // namespace
}  // namespace btc::reconcile
