#include "actors/dispatch_actor.hpp"
#include "test/support/api_probe.hpp"
#include "test/support/documents.hpp"

#include <array>
#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr std::array<k8s::kind, k8s::watched_kinds> all_kinds{
    k8s::kind::bitcoin_network, k8s::kind::stateful_set, k8s::kind::service, k8s::kind::pod};

class Dispatch : public test::actor_fixture {
 protected:
  void start() {
    auto handles = std::make_shared<cache_handles>();
    for (std::size_t i = 0; i < k8s::watched_kinds; ++i) {
      caches_.push_back(make_probe<cache_actor>());
      handles->of[i] = caches_.back().handle();
    }
    dispatch_ =
        spawn(dispatch, dispatch_args{&env, api_.handle(), recorder_.handle(), peer_.handle()});
    tell(dispatch_, begin_dispatch{handles});
  }
  void start_synced() {
    start();
    for (const auto kind : all_kinds) {
      tell(dispatch_, cache_synced{kind});
    }
  }
  void change(std::vector<object_change> changes) {
    tell(dispatch_,
         objects_changed{
             std::make_shared<const std::vector<object_change>>(std::move(changes)), "", ""});
  }
  [[nodiscard]] static k8s::object_ptr network(const std::string& name,
                                               const std::string& version = "100") {
    return test::decoded(k8s::kind::bitcoin_network, test::a_network(name, version));
  }
  /// The caches' answers to a replay: the network alone.
  void replay(const std::string& name) {
    for (const auto kind : all_kinds) {
      std::vector<k8s::object_ptr> objects;
      if (kind == k8s::kind::bitcoin_network) {
        objects.push_back(network(name));
      }
      tell(dispatch_,
           objects_replayed{
               {"default", name},
               kind,
               std::make_shared<const std::vector<k8s::object_ptr>>(std::move(objects))});
    }
  }
  [[nodiscard]] std::vector<named_actor> children() { return report_of(dispatch_)->children; }
  [[nodiscard]] std::vector<std::string> titles() {
    std::vector<std::string> out;
    for (const auto& child : children()) {
      out.push_back(child.title);
    }
    return out;
  }
  [[nodiscard]] std::uint64_t handled_by(const named_actor& child) {
    return report_of(child.actor)->actor.messages_handled;
  }
  [[nodiscard]] bool lives(const named_actor& child) { return report_of(child.actor) != nullptr; }
  [[nodiscard]] std::size_t replays_asked() const { return caches_[0].count<replay_objects>(); }

  test::api_probe api_{make_probe<api_actor>()};
  test::probe<recorder_actor> recorder_{make_probe<recorder_actor>()};
  test::probe<peer_actor> peer_{make_probe<peer_actor>()};
  std::vector<test::probe<cache_actor>> caches_{};
  dispatch_actor dispatch_{};
};

TEST_F(Dispatch, CountsDegradedNetworksByReason) {
  const std::string name = "bitcoin_controller_networks_degraded";
  const auto degraded = [](const std::string& reason, const std::string& version) {
    auto document = test::a_network("net", version);
    document["status"]["conditions"] = {
        {{"type", "Degraded"}, {"status", "True"}, {"reason", reason}}};
    return test::decoded(k8s::kind::bitcoin_network, document);
  };
  start_synced();
  EXPECT_EQ(metric(name + "{reason=\"SecretInvalid\"}"), 0);

  change({{degraded("SecretInvalid", "101")}});
  EXPECT_EQ(metric(name + "{reason=\"SecretInvalid\"}"), 1);
  change({{degraded("InternalError", "102")}});
  EXPECT_EQ(metric(name + "{reason=\"SecretInvalid\"}"), 0);
  EXPECT_EQ(metric(name + "{reason=\"other\"}"), 1);
  change({{network("net", "103"), true}});
  EXPECT_EQ(metric(name + "{reason=\"other\"}"), 0);
}

TEST_F(Dispatch, SpawnsNothingBeforeEveryCacheIsComplete) {
  start();
  change({{network("a")}});
  tell(dispatch_, cache_synced{k8s::kind::bitcoin_network});
  tell(dispatch_, cache_synced{k8s::kind::stateful_set});
  tell(dispatch_, cache_synced{k8s::kind::service});
  EXPECT_THAT(titles(), IsEmpty());

  tell(dispatch_, cache_synced{k8s::kind::pod});
  EXPECT_THAT(titles(), ElementsAre("network default/a"));
}

TEST_F(Dispatch, AsksEveryCacheForWhatItHasOfANewNetwork) {
  start_synced();

  change({{network("a")}});

  for (const auto& cache : caches_) {
    ASSERT_EQ(cache.count<replay_objects>(), 1U);
    EXPECT_EQ(cache.all<replay_objects>()[0].network, (k8s::object_key{"default", "a"}));
  }
}

TEST_F(Dispatch, SpawnsOneActorForEachNetwork) {
  start_synced();

  change({{network("a")}, {network("b")}});
  change({{network("a", "101")}});

  EXPECT_THAT(titles(), UnorderedElementsAre("network default/a", "network default/b"));
  EXPECT_EQ(metric("bitcoin_controller_networks"), 2);
}

TEST_F(Dispatch, TellsTheOwnerOfAChangedChildAndNobodyElse) {
  start_synced();
  change({{network("a")}, {network("b")}});

  change({{test::decoded(k8s::kind::service,
                         test::a_child(k8s::kind::service, "a-svc", "110", "a"))}});

  for (const auto& child : children()) {
    EXPECT_EQ(handled_by(child), child.title == "network default/a" ? 1U : 0U) << child.title;
  }
}

TEST_F(Dispatch, IgnoresAChildOfANetworkThatDoesNotExist) {
  start_synced();

  change({{test::decoded(k8s::kind::service,
                         test::a_child(k8s::kind::service, "x-svc", "110", "x"))}});

  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(Dispatch, EndsTheActorOfADeletedNetwork) {
  start_synced();
  change({{network("a")}});
  const auto child = children().at(0);

  change({{network("a", "120"), true}});

  EXPECT_THAT(titles(), IsEmpty());
  EXPECT_FALSE(lives(child));
  EXPECT_EQ(metric("bitcoin_controller_reconcile_panics_total"), -1);
}

TEST_F(Dispatch, HasThePeerActorForgetADeletedNetwork) {
  start_synced();
  change({{network("one")}, {network("two")}});

  change({{network("one"), true}});

  ASSERT_THAT(peer_.all<network_gone>(), SizeIs(1));
  EXPECT_EQ(peer_.all<network_gone>()[0].network, (k8s::object_key{"default", "one"}));
}

TEST_F(Dispatch, GivesARecreatedNetworkAnActorOfItsOwn) {
  start_synced();
  change({{network("a")}});
  const auto first = children().at(0);

  change({{network("a", "120"), true}, {network("a", "121")}});

  ASSERT_THAT(titles(), SizeIs(1));
  EXPECT_NE(children()[0].actor, first.actor);
  EXPECT_EQ(replays_asked(), 2U);
}

TEST_F(Dispatch, StartsAFailedActorAgainAfterADelay) {
  start_synced();
  change({{network("a")}, {network("b")}});
  const auto before = children();
  kill(before[0].actor);
  EXPECT_THAT(titles(), SizeIs(1));

  advance(env.limits.respawn_delay);

  EXPECT_THAT(titles(), SizeIs(2));
  EXPECT_TRUE(lives(before[1]));
  EXPECT_EQ(replays_asked(), 3U);
  EXPECT_EQ(metric("bitcoin_controller_actor_restarts_total{actor=\"reconcile\"}"), 1);
}

TEST_F(Dispatch, DoesNotStartAFailedActorWhoseNetworkIsDeletedMeanwhile) {
  start_synced();
  change({{network("a")}});
  kill(children()[0].actor);

  change({{network("a", "120"), true}});
  advance(env.limits.respawn_delay);

  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(Dispatch, StartsOneActorWhereAFailedNetworkIsRecreatedMeanwhile) {
  start_synced();
  change({{network("a")}});
  kill(children()[0].actor);

  change({{network("a", "120"), true}, {network("a", "121")}});
  const auto child = children().at(0);
  advance(env.limits.respawn_delay);

  ASSERT_THAT(titles(), SizeIs(1));
  EXPECT_EQ(children()[0].actor, child.actor);
}

TEST_F(Dispatch, LosesNoChangeOfANetworkThatWaitsForItsRestart) {
  start_synced();
  change({{network("a")}});
  kill(children()[0].actor);

  change({{network("a", "130")}});  // the cache has it, and the replay will bring it
  advance(env.limits.respawn_delay);

  EXPECT_EQ(replays_asked(), 2U);
}

TEST_F(Dispatch, ResyncsEveryNetworkAgainAndAgain) {
  start_synced();
  change({{network("a")}});

  advance(env.limits.resync_interval * 3);

  EXPECT_EQ(handled_by(children().at(0)), 3U);
}

TEST_F(Dispatch, EndsItsActorsWithItself) {
  start_synced();
  change({{network("a")}});
  const auto child = children().at(0);

  kill(dispatch_);

  EXPECT_FALSE(lives(child));
}

TEST_F(Dispatch, GrantsAFewTurnsAtATime) {
  env.limits.turns_max = 2;
  start_synced();
  for (const auto* name : {"a", "b", "c"}) {
    change({{network(name)}});
    replay(name);
  }

  EXPECT_EQ(api_.waiting(), 2U);
}

TEST_F(Dispatch, GivesTheTurnOfADeletedNetworkToTheNext) {
  env.limits.turns_max = 1;
  start_synced();
  for (const auto* name : {"a", "b"}) {
    change({{network(name)}});
    replay(name);
  }
  EXPECT_EQ(api_.waiting(), 1U);

  change({{network("a", "120"), true}});

  EXPECT_EQ(api_.waiting(), 2U);
}

TEST_F(Dispatch, GivesTheTurnOfAFailedNetworkToTheNext) {
  env.limits.turns_max = 1;
  start_synced();
  for (const auto* name : {"a", "b"}) {
    change({{network(name)}});
    replay(name);
  }

  for (const auto& child : children()) {
    if (child.title == "network default/a") {
      kill(child.actor);
    }
  }

  EXPECT_EQ(api_.waiting(), 2U);
}

}  // namespace
}  // namespace btc::actors
