#include "actors/network_view.hpp"

#include "actors/reconcile/decide.hpp"
#include "k8s/objects.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace btc::actors {
namespace {

const k8s::object_key key{"default", "net"};

k8s::object_ptr a_service(const std::string& version, const std::string& name = "net-svc") {
  auto out = std::make_shared<k8s::service>();
  out->meta.key = {"default", name};
  out->meta.resource_version = version;
  return out;
}

std::shared_ptr<k8s::bitcoin_network> a_network(const std::string& version,
                                                std::int64_t generation) {
  auto out = std::make_shared<k8s::bitcoin_network>();
  out->meta.key = key;
  out->meta.uid = "u";
  out->meta.resource_version = version;
  out->meta.generation = generation;
  return out;
}

TEST(NetworkView, IgnoresAStateOlderThanItsOwnLastWrite) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("12")}));

  EXPECT_FALSE(view.take({a_service("11")}));
  EXPECT_EQ(view.values().service->meta.resource_version, "12");
}

TEST(NetworkView, IgnoresAnAnswerThatIsOlderThanADeletion) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("12")}));
  EXPECT_TRUE(view.take({a_service("15"), true}));

  EXPECT_FALSE(view.take({a_service("14")}));
  EXPECT_EQ(view.values().service, nullptr);
}

TEST(NetworkView, LooksAgainAtAChildThatALateWatchShowsToLeaveItsSelection) {
  network_view view{key};
  view.take_looked_up(k8s::kind::service, a_service("15"));  // without our labels

  EXPECT_FALSE(view.take({a_service("12")}));  // with them, from a server that is behind
  EXPECT_TRUE(view.looked_up().empty());
  EXPECT_TRUE(view.take({a_service("14"), true}));  // and there they go

  EXPECT_EQ(view.values().service->meta.resource_version, "15");
  EXPECT_TRUE(view.looked_up().contains(k8s::kind::service));
}

TEST(NetworkView, ForgetsTheClaimOfAPodThatIsReplaced) {
  const auto a_pod = [](const std::string& version, const std::string& uid) {
    auto out = std::make_shared<k8s::pod>();
    out->meta.key = {"default", "net-sts-2"};
    out->meta.uid = uid;
    out->meta.resource_version = version;
    return out;
  };
  network_view view{key};
  EXPECT_TRUE(view.take({a_pod("12", "a")}));
  view.values().claims[1].is = reconcile::claim_view::state::present;
  view.values().claims[2].is = reconcile::claim_view::state::present;

  EXPECT_TRUE(view.take({a_pod("13", "a")}));
  EXPECT_EQ(view.values().claims.size(), 2U) << "it is the same pod";
  EXPECT_TRUE(view.take({a_pod("14", "a"), true}));

  EXPECT_FALSE(view.values().claims.contains(2));
  EXPECT_TRUE(view.values().claims.contains(1));
}

TEST(NetworkView, DoubtsItsConfigurationWhileContainersDoNotCome) {
  network_view view{key};
  view.values().conf.is = reconcile::conf_view::state::present;
  EXPECT_FALSE(view.doubt_configuration());
  auto pod = std::make_shared<k8s::pod>();
  pod->meta.key = {"default", "net-sts-0"};
  pod->waiting_reason = "ContainerCreating";
  EXPECT_TRUE(view.take({pod}));

  EXPECT_TRUE(view.doubt_configuration());
  EXPECT_EQ(view.values().conf.is, reconcile::conf_view::state::due);
}

TEST(NetworkView, HearsOfADeletionThatOnlyAListTellsOf) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("12")}));

  // Missing in a later list: the last state that was known stands for the object.
  EXPECT_TRUE(view.take({a_service("12"), true}));
  EXPECT_EQ(view.values().service, nullptr);
}

TEST(NetworkView, IgnoresADeletionThatIsOlderThanItsOwnLastWrite) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("12")}));

  // It left what the watch selects, or the watch is late: whoever knows better has to look.
  EXPECT_TRUE(view.take({a_service("11"), true}));
  EXPECT_NE(view.values().service, nullptr);
  EXPECT_TRUE(view.looked_up().contains(k8s::kind::service));
  EXPECT_FALSE(view.take({a_service("11"), true})) << "once";

  EXPECT_FALSE(view.take({a_service("12")})) << "no news, but the watch is back";
  EXPECT_TRUE(view.looked_up().empty());
}

TEST(NetworkView, IgnoresServicesOfAnotherName) {
  network_view view{key};

  EXPECT_FALSE(view.take({a_service("12", "other-svc")}));
}

TEST(NetworkView, SeesAChildThatLeftTheSelectorAtTheVersionOfItsDeletion) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("12")}));
  EXPECT_TRUE(view.take({a_service("15"), true}));  // relabelled: DELETED to the watch, at 15

  view.take_looked_up(k8s::kind::service, a_service("15"));

  ASSERT_NE(view.values().service, nullptr);
  EXPECT_TRUE(view.looked_up().contains(k8s::kind::service));
}

TEST(NetworkView, DoesNotTakeALookThatIsOlderThanWhatItHeard) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("15"), true}));

  view.take_looked_up(k8s::kind::service, a_service("14"));

  EXPECT_EQ(view.values().service, nullptr);
}

TEST(NetworkView, AWatchedStateEndsTheLooking) {
  network_view view{key};
  view.take_looked_up(k8s::kind::service, a_service("15"));

  EXPECT_TRUE(view.take({a_service("16")}));

  EXPECT_TRUE(view.looked_up().empty());
}

TEST(NetworkView, AWatchedStateThatIsKnownAlreadyEndsTheLookingToo) {
  network_view view{key};
  view.take_looked_up(k8s::kind::service, a_service("15"));

  EXPECT_FALSE(view.take({a_service("15")}));
  EXPECT_TRUE(view.looked_up().empty());
}

TEST(NetworkView, AnAuthoritativeStateIsTakenThoughItIsOlder) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_service("15")}));

  EXPECT_TRUE(view.take({a_service("9"), false, true}));
  EXPECT_EQ(view.values().service->meta.resource_version, "9");
}

/// A view that knows of `o` all but what is wanted, which it finds itself.
network_view a_view_of(const test::observation& o) {
  network_view view{key};
  auto values = o.build();
  values.desired.reset();
  view.values() = std::move(values);
  return view;
}

TEST(NetworkView, ReadingTheSameCredentialsAgainMakesNothingAnew) {
  auto view = a_view_of(test::an_observation().at_rest());
  const auto wanted = view.prepare("").desired;

  view.forget_secrets();
  EXPECT_EQ(view.prepare("").desired, wanted);
  view.take_secret(
      {reconcile::secret_view::state::usable, {}, test::observation::some_credentials()});
  EXPECT_EQ(view.prepare("").desired, wanted);
}

TEST(NetworkView, ForgettingTroublesAsksForNoLookAtWhatThePodsVouchFor) {
  using state = reconcile::conf_view::state;
  const std::vector<std::pair<state, state>> rows{{state::unknown, state::unknown},
                                                  {state::present, state::present},
                                                  {state::absent, state::due},
                                                  {state::foreign, state::unread},
                                                  {state::predecessor, state::due}};
  for (const auto& [before, after] : rows) {
    network_view view{key};
    view.values().conf.is = before;
    view.forget_troubles();
    EXPECT_EQ(view.values().conf.is, after);
  }
}

TEST(NetworkView, ForgettingSecretsAsksForALookWhateverThePodsHave) {
  network_view view{key};
  view.forget_secrets();
  EXPECT_EQ(view.values().conf.is, reconcile::conf_view::state::due);
}

TEST(NetworkView, OtherCredentialsAreAnotherConfiguration) {
  auto view = a_view_of(test::an_observation().at_rest());
  const auto before = view.prepare("").desired->configuration();

  view.take_secret({reconcile::secret_view::state::usable,
                    {},
                    test::observation::some_credentials("another password")});

  EXPECT_NE(view.prepare("").desired->configuration(), before);
}

TEST(NetworkView, ChildrenInPlaceAreNotComparedAgainBeforeTheyChange) {
  auto o = test::an_observation().at_rest();
  auto view = a_view_of(o);
  view.rest(reconcile::decide(view.prepare("")).children_in_place);
  ASSERT_TRUE(view.values().settled_stateful_set.has_value());

  // What no comparison sees under an equal version; under another one it is drift.
  o.with_stateful_set_field("/spec/replicas", 7);
  view.values().stateful_set = o.build().stateful_set;
  EXPECT_TRUE(reconcile::decide(view.prepare("")).actions.empty());
  o.with_stateful_set_field("/metadata/generation", 2);
  view.values().stateful_set = o.build().stateful_set;
  EXPECT_EQ(to_string(reconcile::decide(view.prepare(""))), "apply StatefulSet");
}

TEST(NetworkView, ChildrenThatDifferAreNotTakenForSettled) {
  auto view =
      a_view_of(test::an_observation().at_rest().with_stateful_set_field("/spec/replicas", 7));

  view.rest(reconcile::decide(view.prepare("")).children_in_place);

  EXPECT_FALSE(view.values().settled_stateful_set.has_value());
}

TEST(NetworkView, ANewSpecForgetsWhatWasRefused) {
  network_view view{key};
  EXPECT_TRUE(view.take({a_network("10", 1)}));
  view.values().refused = reconcile::refusal{"StatefulSet net-sts", "Forbidden", "no"};

  EXPECT_TRUE(view.take({a_network("11", 1)}));
  EXPECT_TRUE(view.values().refused.has_value());

  EXPECT_TRUE(view.take({a_network("12", 2)}));
  EXPECT_FALSE(view.values().refused.has_value());
}

// -- what the nodes say ------------------------------------------------------------------

TEST(NetworkView, GivesUpOnceToHearOfNodesAndHopesAgainWhenItHears) {
  using namespace std::chrono_literals;
  const std::chrono::steady_clock::time_point start{1h};
  network_view view{key};
  EXPECT_FALSE(view.gives_up_hearing(start, 60s));  // there is no network yet
  EXPECT_TRUE(view.take({a_network("10", 1)}));
  EXPECT_FALSE(view.gives_up_hearing(start, 60s));
  EXPECT_FALSE(view.gives_up_hearing(start + 59s, 60s));
  EXPECT_FALSE(view.values().unheard);

  EXPECT_TRUE(view.gives_up_hearing(start + 60s, 60s));
  EXPECT_TRUE(view.values().unheard);
  EXPECT_FALSE(view.gives_up_hearing(start + 90s, 60s));

  view.take_chain(std::make_shared<const bitcoin::chain_report>());
  EXPECT_FALSE(view.values().unheard);
  EXPECT_FALSE(view.gives_up_hearing(start + 900s, 60s));
}

TEST(NetworkView, WaitsAnewToHearOfANamesakesNodes) {
  using namespace std::chrono_literals;
  const std::chrono::steady_clock::time_point start{1h};
  network_view view{key};
  EXPECT_TRUE(view.take({a_network("10", 1)}));
  EXPECT_FALSE(view.gives_up_hearing(start, 60s));
  EXPECT_TRUE(view.gives_up_hearing(start + 60s, 60s));

  auto namesake = a_network("11", 1);
  namesake->meta.uid = "another";
  EXPECT_TRUE(view.take({namesake}));

  EXPECT_FALSE(view.values().unheard);
  EXPECT_FALSE(view.gives_up_hearing(start + 61s, 60s));
}

}  // namespace
}  // namespace btc::actors
