#include "actors/bitcoin/extra_args.hpp"

#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace btc::bitcoin {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct argument_case {
  const char* name;
  std::string argument;
  const char* reason;  ///< empty: accepted
};

class ExtraArgument : public testing::TestWithParam<argument_case> {};

TEST_P(ExtraArgument, IsAcceptedOrRefusedWithItsReason) {
  const auto problem = extra_argument_problem(GetParam().argument);
  if (*GetParam().reason == '\0') {
    EXPECT_THAT(problem, IsEmpty());
  } else {
    EXPECT_THAT(problem, HasSubstr(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Accepted,
    ExtraArgument,
    testing::Values(argument_case{"Switch", "-txindex", ""},
                    argument_case{"TwoDashes", "--txindex=1", ""},
                    argument_case{"Negated", "-nowallet", ""},
                    argument_case{"EmptyValue", "-uacomment=", ""},
                    argument_case{"ValueWithEquals", "-uacomment=a=b", ""},
                    argument_case{"ValueThatNamesAnOwnedOne", "-uacomment=-rpcauth=x", ""},
                    argument_case{"ValueWithSpaces", "-uacomment=a b", ""},
                    argument_case{"ValueInUtf8", "-uacomment=\xc3\xa4", ""},
                    argument_case{"Digits", "-zmqpubrawtx=tcp://0.0.0.0:28332", ""},
                    argument_case{"BeginsLikeAnOwnedOne", "-rpcworkqueue=32", ""},
                    argument_case{"EndsLikeAnOwnedOne", "-wallet=conf", ""},
                    argument_case{"Longest", "-uacomment=" + std::string(245, 'x'), ""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RefusedAsOwned,
    ExtraArgument,
    testing::Values(argument_case{"OneDash",
                                  "-rpcauth=user:x",
                                  "sets -rpcauth, which the controller sets itself"},
                    argument_case{"TwoDashes", "--rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"ThreeDashes", "---rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"NoDash", "rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"NoValue", "-rpcauth", "sets -rpcauth"},
                    argument_case{"NegatedWithDash", "-norpcauth", "sets -rpcauth"},
                    argument_case{"NegatedWithTwoDashes", "--norpcauth=1", "sets -rpcauth"},
                    argument_case{"NegatedBare", "norpcauth", "sets -rpcauth"},
                    argument_case{"NegatedTwice", "-nonorpcauth", "sets -rpcauth"},
                    argument_case{"Capitals", "-RpcAuth=user:x", "sets -rpcauth"},
                    argument_case{"NegatedInCapitals", "-NoRPCAUTH", "sets -rpcauth"},
                    argument_case{"Section", "-regtest.rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"SectionNegated", "-regtest.norpcauth", "sets -rpcauth"},
                    argument_case{"SpaceInFront", " -rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"SpaceBeforeEquals", "-rpcauth =user:x", "sets -rpcauth"},
                    argument_case{"LineBreakInFront", "\n-rpcauth=user:x", "sets -rpcauth"},
                    argument_case{"LineBreakInside", "-rpc\nauth=user:x", "sets -rpcauth"},
                    argument_case{"DataFolder", "-datadir=/tmp", "fixed places"},
                    argument_case{"Chain", "-chain=main", "spec.chain"},
                    argument_case{"ChainByName", "-testnet4", "spec.chain"},
                    argument_case{"Bind", "-bind=127.0.0.1", "Service"},
                    argument_case{"Connect", "-noconnect", "spec.topology"},
                    argument_case{"Cache", "-dbcache=4000", "spec.resources"},
                    argument_case{"Daemon", "-daemon", "container's process"},
                    argument_case{"Help", "-h", "container's process"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RefusedAsMalformed,
    ExtraArgument,
    testing::Values(argument_case{"Empty", "", "is not"},
                    argument_case{"DashAlone", "-", "is not"},
                    argument_case{"TwoDashesAlone", "--", "is not"},
                    argument_case{"NoName", "-=x", "is not"},
                    argument_case{"NoDash", "txindex=1", "is not"},
                    argument_case{"ThreeDashes", "---txindex", "is not"},
                    argument_case{"DashLookalike", "\xe2\x80\x93txindex", "is not"},
                    argument_case{"Capitals", "-TxIndex", "is not"},
                    argument_case{"DigitFirst", "-1x", "is not"},
                    argument_case{"Section", "-regtest.txindex", "is not"},
                    argument_case{"LineBreakInValue", "-uacomment=a\n-rpcauth=x", "is not"},
                    argument_case{"LineBreakAtTheEnd", "-txindex\n", "is not"},
                    argument_case{"Nul", std::string("-uacomment=a\0b", 14), "is not"},
                    argument_case{"QuestionMark", "-?", "is not"},
                    argument_case{"TooLong", "-uacomment=" + std::string(246, 'x'), "longer than"}),
    [](const auto& row) { return row.param.name; });

TEST(ExtraArgument, EveryOwnedNameIsRefusedInEverySpelling) {
  for (const auto& [name, reason] : owned_arguments()) {
    for (const auto* before : {"", "-", "--", "-no", "--no", "no", "-regtest.", "-NO", " -"}) {
      for (const auto* after : {"", "=", "=0", "=1", "=x y", " =1"}) {
        const auto argument = before + std::string{name} + after;
        EXPECT_EQ(extra_argument_problem(argument),
                  "sets -" + std::string{name}
                      + ", which the controller sets itself: " + std::string{reason})
            << argument;
      }
    }
  }
}

TEST(ExtraArgument, NeverRepeatsTheValue) {
  for (const auto* argument :
       {"-rpcpassword=marker", "rpcauth=marker", "X=marker", "-a=marker\n"}) {
    const auto problem = extra_argument_problem(argument);
    EXPECT_THAT(problem, Not(IsEmpty())) << argument;
    EXPECT_THAT(problem, Not(HasSubstr("marker"))) << argument;
  }
}

TEST(ExtraArgument, NamesAreAscendingAndNoneIsTwice) {
  const auto owned = owned_arguments();
  EXPECT_EQ(std::adjacent_find(owned.begin(),
                               owned.end(),
                               [](const auto& a, const auto& b) { return a.name >= b.name; }),
            owned.end());
}

TEST(ExtraArgument, TheCrdRefusesTheSameNames) {
  std::ifstream file{test::source_path("deploy/crd.yaml")};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::smatch found;
  ASSERT_TRUE(std::regex_search(text, found, std::regex{R"(\(no\)\?\(([a-z0-9|]+)\)\(=\|\$\))"}));
  std::set<std::string> in_crd;
  std::istringstream names{found[1].str()};
  for (std::string name; std::getline(names, name, '|');) {
    in_crd.insert(name);
  }
  std::set<std::string> here;
  for (const auto& entry : owned_arguments()) {
    here.emplace(entry.name);
  }
  EXPECT_EQ(in_crd, here);
}

TEST(ExtraArgument, TheSharedTableOfSpecsIsJudgedTheSame) {
  std::ifstream file{test::source_path("test/cluster/spec_cases.json")};
  std::size_t cases = 0;
  for (const auto& row : nlohmann::json::parse(file)) {
    const auto& arguments = row["spec"].value("extraArgs", nlohmann::json::array());
    if (!arguments.is_array() || arguments.empty() || arguments.size() > extra_args_max) {
      continue;
    }
    const bool of_connections = std::any_of(arguments.begin(), arguments.end(), [](const auto& a) {
      return a.is_string() && max_connections(a.template get<std::string>()).has_value();
    });
    if (of_connections) {
      continue;  // how many are enough is a matter of the whole spec: spec_rules_test
    }
    ++cases;
    const bool fine = std::all_of(arguments.begin(), arguments.end(), [](const auto& argument) {
      return extra_argument_problem(argument.template get<std::string>()).empty();
    });
    EXPECT_EQ(fine, row["valid"].get<bool>()) << row["name"];
  }
  EXPECT_GT(cases, 40U);
}

TEST(ExtraArguments, TellHowManyConnectionsTheyAllow) {
  EXPECT_EQ(max_connections("-maxconnections=20"), 20);
  EXPECT_EQ(max_connections("--maxconnections=0"), 0);
  EXPECT_EQ(max_connections("-maxconnections"), 0);
  EXPECT_EQ(max_connections("-maxconnections=many"), 0);
  EXPECT_EQ(max_connections("-maxconnections=-20"), 0);
  EXPECT_EQ(max_connections("-maxconnections=20x"), 0);
  EXPECT_EQ(max_connections("-maxconnections=999999999"), 999'999'999);
  EXPECT_EQ(max_connections("-maxconnections=9999999999"), 0);
  EXPECT_EQ(max_connections("-nomaxconnections=20"), 0);
  EXPECT_EQ(max_connections("-maxuploadtarget=20"), std::nullopt);
  EXPECT_EQ(max_connections("-uacomment=maxconnections=5"), std::nullopt);
}

}  // namespace
}  // namespace btc::bitcoin
