#include "actors/reconcile/write_budget.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using std::chrono_literals::operator""s;

const creation_budget::time_point start{std::chrono::hours{1}};

void spend_all(creation_budget& budget) {
  for (int i = 0; i < creation_budget::burst; ++i) {
    EXPECT_EQ(budget.wait(start), 0s) << i;
    budget.spend(start);
  }
}

TEST(CreationBudget, AllowsSeveralInARow) {
  creation_budget budget;
  spend_all(budget);
}

TEST(CreationBudget, MakesTheNextOneWait) {
  creation_budget budget;
  spend_all(budget);

  EXPECT_EQ(budget.wait(start), creation_budget::refill);
  EXPECT_EQ(budget.wait(start + creation_budget::refill), 0s);
}

TEST(CreationBudget, IsFullAgainAfterAQuietTime) {
  creation_budget budget;
  spend_all(budget);
  const auto later = start + creation_budget::burst * creation_budget::refill;

  for (int i = 0; i < creation_budget::burst; ++i) {
    EXPECT_EQ(budget.wait(later), 0s) << i;
    budget.spend(later);
  }
  EXPECT_GT(budget.wait(later), 0s);
}

TEST(StatusBudget, LetsAStatusWaitForASecondAtMost) {
  status_budget budget;
  for (int i = 0; i < 10 * status_budget::burst; ++i) {
    const auto wait = budget.wait(start + std::chrono::milliseconds{i});
    EXPECT_LE(wait, 1s);
    if (wait == 0s) {
      budget.spend(start);
    }
  }
  EXPECT_GT(budget.wait(start), 0s);
}

}  // namespace
}  // namespace btc::reconcile
