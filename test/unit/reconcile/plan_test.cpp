#include "actors/reconcile/plan.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

TEST(Plan, WithNothingToDoIsAnEmptyText) {
  EXPECT_EQ(to_string(plan{}), "");
  EXPECT_TRUE(plan{}.empty());
}

TEST(Plan, ReadsAsTheListOfItsActions) {
  const plan p{{create_secret{},
                read_secret{"credentials"},
                create_child{k8s::kind::service},
                take_ownership{k8s::kind::stateful_set},
                apply_child{k8s::kind::stateful_set},
                announce{{announcement::severity::warning, "InvalidSpec", ""}},
                patch_status{}},
               true,
               ""};

  EXPECT_EQ(to_string(p),
            "create Secret, read Secret credentials, create Service, own StatefulSet, "
            "apply StatefulSet, announce InvalidSpec, patch status, look again");
}

TEST(Plan, ThatOnlyWaitsSaysSo) {
  EXPECT_EQ(to_string(plan{.look_again = true}), "look again");
}

}  // namespace
}  // namespace btc::reconcile
