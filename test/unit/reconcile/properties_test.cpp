#include "actors/reconcile/children.hpp"
#include "actors/reconcile/digest.hpp"
#include "actors/reconcile/field_diff.hpp"
#include "actors/reconcile/ownership.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/random_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace btc::reconcile {
namespace {

using test::json;
using test::model_cluster;
using test::splitmix;

/// Per property; the environment variable SEEDS asks for more.
constexpr std::uint64_t seeds_default = 60;
/// Secret created, found, read; children; own and apply; status.
constexpr int rounds_max = 6;

constexpr const char* a_later_moment = "2031-01-01T00:00:00Z";

/// Decides and acts until nothing is left to do; the number of plans that had something.
int converge(model_cluster& cluster) {
  int rounds = 0;
  for (auto p = decide(cluster.observe()); !p.empty(); p = decide(cluster.observe())) {
    cluster.perform(p);
    if (++rounds > rounds_max) {
      ADD_FAILURE() << "still " << to_string(p);
      break;
    }
  }
  return rounds;
}

/// A network with a past: made from one spec, changed, meddled with, and killed half way.
model_cluster a_random_cluster(splitmix& random) {
  using secret_there = model_cluster::secret_there;
  model_cluster cluster;
  cluster.secret = random.one_in(8) ? secret_there::incomplete : secret_there::usable;
  test::edit_spec(cluster, test::a_random_spec(random));
  for (auto edits = random.below(4); edits > 0; --edits) {
    cluster.perform(decide(cluster.observe()), random.below(4));
    if (random.one_in(2)) {
      converge(cluster);
      cluster.run_pods();
    }
    if (random.one_in(3)) {
      test::interfere(cluster, random);
    }
    if (random.one_in(3)) {
      cluster.restart_controller();
    }
    test::edit_field(cluster, random);
  }
  return cluster;
}

/// States that stop a network before its children, now and then.
void block(model_cluster& cluster, splitmix& random) {
  auto& world = cluster.world;
  auto& child = random.one_in(2) ? world.service : world.stateful_set;
  switch (random.below(12)) {
    case 0:
      world.paused();
      break;
    case 1:
      world.with_spec({{"nodes", -1}});
      break;
    case 2:
      world.deleting();
      break;
    case 3:
      world.gone();
      break;
    case 4:
      if (child) {
        (*child)["metadata"].erase("ownerReferences");
      }
      break;
    case 5:
      if (child) {
        (*child)["metadata"]["ownerReferences"][0]["uid"] = "predecessor";
      }
      break;
    case 6:
      world.refused({"apply Service", "Forbidden", "no"});
      break;
    default:
      break;
  }
}

class Properties : public testing::Test {
 protected:
  /// Runs `property` on each seed; a failure names the seed that shows it.
  template <class Property>
  void for_all(Property property) {
    const auto* more = std::getenv("SEEDS");
    const auto seeds = more == nullptr ? seeds_default : std::stoull(more);
    for (std::uint64_t i = 0; i < seeds && !HasFailure(); ++i) {
      const auto seed = first_seed() + i;
      SCOPED_TRACE("seed " + std::to_string(seed));
      splitmix random{seed};
      try {
        auto cluster = a_random_cluster(random);
        property(cluster, random);
      } catch (const std::exception& problem) {
        ADD_FAILURE() << problem.what();
      }
    }
  }

 private:
  /// Another range for each property, so that together they see thousands of states.
  static std::uint64_t first_seed() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    return digest_of(info->name()).content << 20U;
  }
};

TEST_F(Properties, ConvergesAndStaysAtRest) {
  for_all([](model_cluster& cluster, splitmix& random) {
    block(cluster, random);
    EXPECT_LE(converge(cluster), rounds_max);

    EXPECT_TRUE(decide(cluster.observe()).empty());
  });
}

TEST_F(Properties, StaysAtRestAfterARestart) {
  for_all([](model_cluster& cluster, splitmix&) {
    cluster.secret = model_cluster::secret_there::usable;
    cluster.restart_controller();
    converge(cluster);
    cluster.run_pods();
    converge(cluster);

    cluster.restart_controller();

    const auto looks = decide(cluster.observe());
    for (const auto& a : looks.actions) {
      EXPECT_TRUE(std::holds_alternative<read_secret>(a) || std::holds_alternative<read_conf>(a))
          << to_string(a);
    }
    cluster.perform(looks);
    EXPECT_EQ(to_string(decide(cluster.observe())), "");
  });
}

TEST_F(Properties, ConvergesWhereverThePlanIsDropped) {
  for_all([](model_cluster& cluster, splitmix& random) {
    cluster.secret = model_cluster::secret_there::usable;
    for (int crash = 0; crash < 4; ++crash) {
      cluster.perform(decide(cluster.observe()), random.below(3));
      cluster.restart_controller();
    }
    converge(cluster);

    const auto o = cluster.observe();
    ASSERT_NE(o.stateful_set, nullptr);
    EXPECT_EQ(describe(differing_fields(
                  o.desired->stateful_set()->json["spec"], o.stateful_set->spec.unpack(), "spec")),
              "");
  });
}

/// Without the mark of bitcoin.conf, which counts how many there were before.
[[nodiscard]] std::string unmarked_spec(json set) {
  set["spec"]["template"]["metadata"]["annotations"].erase(std::string{configuration_annotation});
  return test::to_tree(set["spec"]).dump();
}

/// Edits of the user leave no trace: the children are those of a network that is new.
TEST_F(Properties, ChildrenDependOnTheSpecAlone) {
  for_all([](model_cluster&, splitmix& random) {
    model_cluster cluster;
    cluster.secret = model_cluster::secret_there::usable;
    test::edit_spec(cluster, test::a_random_spec(random));
    converge(cluster);
    for (int edits = 0; edits < 6; ++edits) {
      test::edit_field(cluster, random);
      cluster.perform(decide(cluster.observe()), random.below(6));
      if (random.one_in(2)) {
        converge(cluster);
      }
    }
    converge(cluster);

    model_cluster fresh;
    fresh.secret = model_cluster::secret_there::usable;
    test::edit_spec(fresh, cluster.world.network["spec"]);
    converge(fresh);
    EXPECT_EQ(unmarked_spec(*cluster.world.stateful_set), unmarked_spec(*fresh.world.stateful_set));
    EXPECT_EQ(test::to_tree((*cluster.world.service)["spec"]),
              test::to_tree((*fresh.world.service)["spec"]));
  });
}

TEST_F(Properties, NeverTouchesWhatIsNotOurs) {
  for_all([](model_cluster& cluster, splitmix& random) {
    block(cluster, random);
    const auto o = cluster.observe();
    const auto plan = decide(o);

    const auto whose = [&](k8s::kind kind) {
      const auto* child = kind == k8s::kind::service
                              ? static_cast<const k8s::object*>(o.service.get())
                              : o.stateful_set.get();
      return ownership_of(child, *o.network);
    };
    for (const auto& a : test::actions_of<create_child>(plan)) {
      EXPECT_EQ(whose(a.kind), ownership::absent);
    }
    for (const auto& a : test::actions_of<apply_child>(plan)) {
      EXPECT_EQ(whose(a.kind), ownership::ours);
    }
    for (const auto& a : test::actions_of<take_ownership>(plan)) {
      EXPECT_EQ(whose(a.kind), ownership::ours);
    }
  });
}

TEST_F(Properties, WritesNothingForANetworkThatGoes) {
  for_all([](model_cluster& cluster, splitmix& random) {
    if (random.one_in(2)) {
      cluster.world.deleting();
    } else {
      cluster.world.gone();
    }

    EXPECT_TRUE(decide(cluster.observe()).empty());
  });
}

TEST_F(Properties, EveryPlanThatWritesSaysWhy) {
  for_all([](model_cluster& cluster, splitmix& random) {
    block(cluster, random);
    const auto plan = decide(cluster.observe());

    EXPECT_EQ(plan.because.empty(), plan.empty()) << to_string(plan);
  });
}

TEST_F(Properties, IsDeterministic) {
  for_all([](model_cluster& cluster, splitmix& random) {
    block(cluster, random);
    const auto o = cluster.observe();

    EXPECT_EQ(to_string(decide(o)), to_string(decide(o)));
  });
}

TEST_F(Properties, PatchesTheStatusOnlyWhereItDiffers) {
  for_all([](model_cluster& cluster, splitmix& random) {
    block(cluster, random);
    const auto o = cluster.observe();
    for (const auto& a : test::actions_of<patch_status>(decide(o))) {
      auto after = cluster.world.network;
      after.merge_patch(a.patch);
      EXPECT_NE(after, cluster.world.network);
      EXPECT_EQ(a.patch.size(), 1U);
    }
  });
}

TEST_F(Properties, MovesATransitionTimeOnlyWithItsStatus) {
  for_all([](model_cluster& cluster, splitmix& random) {
    cluster.world.with_status();
    cluster.run_pods();
    block(cluster, random);
    auto o = cluster.observe();
    if (o.network == nullptr) {
      return;
    }
    o.now = a_later_moment;

    const auto before = o.network->status;
    for (const auto& c : status_of(o, {}).conditions) {
      const auto* old = k8s::find_condition(before, c.type);
      ASSERT_NE(old, nullptr);
      EXPECT_EQ(c.last_transition_time != old->last_transition_time, c.status != old->status);
    }
  });
}

TEST_F(Properties, SortsTheNodesOfTheStatus) {
  for_all([](model_cluster& cluster, splitmix& random) {
    cluster.run_pods();
    std::rotate(cluster.world.pods.begin(),
                cluster.world.pods.begin()
                    + static_cast<std::ptrdiff_t>(random.below(cluster.world.pods.size() + 1)),
                cluster.world.pods.end());

    const auto nodes = status_of(cluster.observe(), {}).nodes;

    EXPECT_TRUE(std::is_sorted(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
      return a.ordinal < b.ordinal;
    }));
  });
}

}  // namespace
}  // namespace btc::reconcile
