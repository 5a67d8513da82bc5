#include "actors/reconcile/configuration_mark.hpp"

#include <gtest/gtest.h>

#include <string>

namespace btc::reconcile {
namespace {

TEST(ConfigurationMark, IsItsDigestAndFromTheSecondOnItsEdition) {
  EXPECT_EQ(to_string({"abc", 0}), "abc");
  EXPECT_EQ(to_string({"abc", 7}), "abc-7");
  EXPECT_EQ(parse_mark("abc-7").digest, "abc");
  EXPECT_EQ(parse_mark("abc-7").edition, 7U);
  EXPECT_EQ(parse_mark("abc").edition, 0U);
}

TEST(ConfigurationMark, OfAStrangerIsAnotherDigest) {
  for (const auto* text :
       {"", "-", "-3", "abc-", "abc-x", "abc--1", "abc-99999999999999999999999"}) {
    EXPECT_LE(parse_mark(text).digest.size(), 3U) << text;
    EXPECT_EQ(wanted_mark({text, "", {}}, "wanted").substr(0, 6), "wanted") << text;
  }
}

struct mark_case {
  const char* name;
  seen_configuration seen;
  const char* wanted;  ///< for the file with digest A
};

class WantedMark : public testing::TestWithParam<mark_case> {};

TEST_P(WantedMark, IsThatOfTheFileOrTheNextEdition) {
  const auto& row = GetParam();
  const auto mark = wanted_mark(row.seen, "A");
  EXPECT_EQ(mark, row.wanted);
  // Once it is written, nothing is left to write.
  EXPECT_EQ(wanted_mark({mark, mark, "A"}, "A"), mark);
  EXPECT_EQ(wanted_mark({row.seen.pods, mark, "A"}, "A"), mark) << "the Secret is written first";
  EXPECT_EQ(wanted_mark({mark, "", {}}, "A"), mark) << "after a restart";
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WantedMark,
    testing::Values(mark_case{"OfANewNetwork", {"", "", {}}, "A"},
                    mark_case{"Unchanged", {"A", "A", "A"}, "A"},
                    mark_case{"OfAnotherEditionUnchanged", {"A-2", "A-2", "A"}, "A-2"},
                    mark_case{"NotSeenYet", {"A-2", "", {}}, "A-2"},
                    mark_case{"OfAnotherFile", {"B", "B", "B"}, "A-1"},
                    mark_case{"OfAFileThatComesBack", {"B-1", "B-1", "B"}, "A-2"},
                    mark_case{"OfAFileThatWentBeforeThePodsWereTold", {"A", "B-1", "B"}, "A-2"},
                    mark_case{"OfAFileThatSomebodyElseReplaced", {"A", "A", "theirs"}, "A-1"},
                    mark_case{"OfAFileThatSomebodyRemoved", {"A-4", "A-4", ""}, "A-5"},
                    mark_case{"ThatSomebodyRemoved", {"A-4", "", "A"}, "A-4"},
                    mark_case{"ThatSomebodyMadeUnreadable", {"A-4", "A-<b>", "A"}, "A"},
                    mark_case{"OfASecretThatIsNewToOldPods", {"B-3", "", {}}, "A-4"},
                    mark_case{"OfPodsThatAreNewToAnOldSecret", {"", "A-3", "A"}, "A-3"},
                    mark_case{"ThatOnlyThePodsHaveYet", {"A-3", "A-2", "A"}, "A-2"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
