#include "test/sim/scheduler/choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace btc::sim {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Lt;

/// A program with choices: three times one of `n`.
std::vector<std::size_t> three_of(choice_source& choices, std::size_t n) {
  return {choices.choose(n), choices.choose(n), choices.choose(n)};
}

TEST(RandomChoices, AreTheSameForTheSameSeed) {
  random_choices a{7};
  random_choices b{7};
  EXPECT_EQ(three_of(a, 1000), three_of(b, 1000));
  EXPECT_EQ(a.log(), b.log());
}

TEST(RandomChoices, DifferForDifferentSeeds) {
  random_choices a{7};
  random_choices b{8};
  EXPECT_NE(three_of(a, 1000), three_of(b, 1000));
}

TEST(RandomChoices, StayBelowTheNumberOfAlternativesAndReachEachOfThem) {
  random_choices choices{1};
  std::set<std::size_t> seen;
  for (int i = 0; i < 200; ++i) {
    seen.insert(choices.choose(3));
  }
  EXPECT_THAT(seen, ElementsAre(0, 1, 2));
}

TEST(RandomChoices, NeverTakeAnAlternativeWithoutWeight) {
  random_choices choices{1};
  const std::array<std::uint32_t, 4> weights{0, 5, 0, 1};
  std::set<std::size_t> seen;
  for (int i = 0; i < 200; ++i) {
    seen.insert(choices.choose_weighted(weights));
  }
  EXPECT_THAT(seen, ElementsAre(1, 3));
}

TEST(RandomChoices, DoNotRecordWhatIsForced) {
  random_choices choices{1};
  const std::array<std::uint32_t, 3> one_left{0, 9, 0};
  EXPECT_EQ(choices.choose(1), 0U);
  EXPECT_EQ(choices.choose_weighted(one_left), 1U);
  EXPECT_TRUE(choices.log().empty());
}

TEST(RandomChoices, RefuseAChoiceOfNothing) {
  random_choices choices{1};
  const std::array<std::uint32_t, 2> nothing{0, 0};
  EXPECT_THROW(static_cast<void>(choices.choose_weighted(nothing)), std::logic_error);
}

TEST(ReplayedChoices, TakeTheDecisionsOfALog) {
  random_choices recorded{3};
  const auto taken = three_of(recorded, 50);
  replayed_choices replay{recorded.log()};
  EXPECT_EQ(three_of(replay, 50), taken);
  EXPECT_EQ(replay.misfits(), 0U);
}

TEST(ReplayedChoices, TakeThePlainAlternativeAfterTheEnd) {
  replayed_choices replay{{4}};
  EXPECT_THAT(three_of(replay, 9), ElementsAre(4, 0, 0));
  EXPECT_EQ(replay.misfits(), 0U);
}

TEST(ReplayedChoices, CountWhatNoLongerFits) {
  replayed_choices replay{{4, 1, 8}};
  EXPECT_THAT(three_of(replay, 3), ElementsAre(0, 1, 0));
  EXPECT_EQ(replay.misfits(), 2U);
}

TEST(ReplayedChoices, ReadZeroAsTheFirstPossibleAlternative) {
  const std::array<std::uint32_t, 3> weights{0, 2, 1};
  replayed_choices replay{{0, 2}};
  EXPECT_EQ(replay.choose_weighted(weights), 1U);
  EXPECT_EQ(replay.choose_weighted(weights), 2U);
  EXPECT_EQ(replay.misfits(), 0U);
}

TEST(ExhaustiveChoices, TakeEveryPathOnce) {
  exhaustive_choices choices;
  std::set<std::vector<std::size_t>> paths;
  std::size_t runs = 0;
  do {
    paths.insert(three_of(choices, 3));
    ++runs;
  } while (choices.next_run());
  EXPECT_EQ(runs, 27U);
  EXPECT_EQ(paths.size(), 27U);
}

TEST(ExhaustiveChoices, FollowPathsOfDifferentLength) {
  exhaustive_choices choices;
  std::size_t runs = 0;
  do {
    if (choices.choose(2) == 1) {
      static_cast<void>(choices.choose(4));
    }
    ++runs;
  } while (choices.next_run());
  EXPECT_EQ(runs, 5U);
}

TEST(ExhaustiveChoices, LeaveOutAlternativesWithoutWeight) {
  exhaustive_choices choices;
  const std::array<std::uint32_t, 4> weights{1, 0, 7, 0};
  std::set<std::size_t> seen;
  do {
    seen.insert(choices.choose_weighted(weights));
  } while (choices.next_run());
  EXPECT_THAT(seen, ElementsAre(0, 2));
}

TEST(RandomStream, GivesNumbersBelowItsBound) {
  random_stream random{99};
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 100; ++i) {
    numbers.push_back(random.below(17));
  }
  EXPECT_THAT(numbers, Each(Lt(17U)));
}

}  // namespace
}  // namespace btc::sim
