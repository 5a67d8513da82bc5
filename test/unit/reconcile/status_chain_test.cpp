#include "actors/reconcile/decide.hpp"
#include "actors/reconcile/status.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace btc::reconcile {
namespace {

using bitcoin::finding;
using test::an_observation;
using test::observation;
using testing::ElementsAre;
using testing::IsEmpty;

/// Three nodes, each connected to the two others, at height 7.
bitcoin::chain_report a_report() {
  bitcoin::chain_report report;
  report.network_uid = "net-uid";
  report.nodes_wanted = 3;
  for (int i = 0; i < 3; ++i) {
    report.nodes.push_back({i, "pod-uid-" + std::to_string(i), 0, true, 2, 7});
  }
  report.view.height = 7;
  report.view.peers_connected = {finding::truth::yes, "AllConnected", "as they should be"};
  report.view.chain_converged = {finding::truth::yes, "SameTip", "at height 7"};
  return report;
}

observation with_report(observation o, bitcoin::chain_report report) {
  o.chain = std::make_shared<const bitcoin::chain_report>(std::move(report));
  return o;
}

k8s::network_status status_with(const observation& o) {
  return status_of(o.build(), {});
}

std::string condition_of(const k8s::network_status& status, std::string_view type) {
  const auto* c = k8s::find_condition(status, type);
  return c == nullptr ? "absent" : c->status + ' ' + c->reason;
}

TEST(StatusOfTheChain, ShowsWhatTheNodesSay) {
  const auto status = status_with(with_report(an_observation().at_rest(), a_report()));

  EXPECT_EQ(status.peers, 3);
  EXPECT_EQ(status.height, 7);
  ASSERT_EQ(status.nodes.size(), 3U);
  EXPECT_EQ(status.nodes[1].peers, 2);
  EXPECT_EQ(status.nodes[1].height, 7);
  EXPECT_EQ(condition_of(status, condition_peers), "True AllConnected");
  EXPECT_EQ(condition_of(status, condition_chain), "True SameTip");
}

TEST(StatusOfTheChain, ShowsNothingBeforeAnyNodeWasHeard) {
  const auto status = status_with(an_observation().at_rest());

  EXPECT_FALSE(status.peers.has_value());
  EXPECT_FALSE(status.height.has_value());
  EXPECT_EQ(condition_of(status, condition_peers), "Unknown Checking");
  EXPECT_EQ(condition_of(status, condition_chain), "Unknown Checking");
}

TEST(StatusOfTheChain, IsKeptWhileThereIsNoReportYet) {
  auto o = with_report(an_observation().at_rest(), a_report()).with_status();
  o.chain.reset();

  EXPECT_EQ(to_string(decide(o.build())), "");
}

TEST(StatusOfTheChain, IsNotKeptOfAPodThatWasReplaced) {
  auto o = with_report(an_observation().at_rest(), a_report()).with_status();
  o.chain.reset();
  o.pods[1]["status"]["podIP"] = "10.0.9.9";

  const auto status = status_with(o);

  EXPECT_TRUE(status.nodes[0].height.has_value());
  EXPECT_FALSE(status.nodes[1].height.has_value());
}

TEST(StatusOfTheChain, IsNotThatOfAPodBefore) {
  auto o = with_report(an_observation().at_rest(), a_report());
  o.pods[2]["metadata"]["uid"] = "another";

  const auto status = status_with(o);

  EXPECT_FALSE(status.nodes[2].peers.has_value());
  EXPECT_EQ(status.peers, 2);
}

TEST(StatusOfTheChain, IsOnePatchWhenItDiffersAndNoneWhenItDoesNot) {
  const auto o = with_report(an_observation().at_rest(), a_report());

  EXPECT_EQ(to_string(decide(o.build())),
            "announce PeersConnected, announce ChainConverged, patch status");
  EXPECT_EQ(to_string(decide(observation{o}.with_status().build())), "");
}

TEST(StatusOfTheChain, TellsUnknownFromFalse) {
  auto report = a_report();
  report.view.peers_connected = {finding::truth::unknown, "NoAnswer", "node 1"};
  report.view.chain_converged = {finding::truth::no, "Forked", "two tips"};

  const auto status = status_with(with_report(an_observation().at_rest(), report));

  EXPECT_EQ(condition_of(status, condition_peers), "Unknown NoAnswer");
  EXPECT_EQ(condition_of(status, condition_chain), "False Forked");
}

// -- of which spec and which pods it speaks --------------------------------------------------

observation changed(observation o, const std::function<void(observation&)>& change) {
  change(o);
  return o;
}

/// At rest, heard and told.
observation heard() {
  return with_report(an_observation().at_rest(), a_report()).with_status();
}

/// The controller is another one, which has heard nothing yet.
observation after_a_restart(observation o = heard()) {
  o.chain.reset();
  return o;
}

observation unheard(observation o = after_a_restart()) {
  o.unheard = true;
  return o;
}

observation without_secret(observation o) {
  return o.with_secret(secret_view::state::absent);
}

void stop(test::json& pod) {
  pod["status"].erase("conditions");
}

void restart(test::json& pod) {
  pod["status"]["containerStatuses"] =
      test::json::array({{{"name", k8s::node_container}, {"restartCount", 1}}});
}

struct moment {
  const char* name;
  observation given;
  const char* peers;
  const char* chain;
  const char* numbers;  ///< connections, height; "-" where nothing is known
};

class HonestStatus : public testing::TestWithParam<moment> {};

TEST_P(HonestStatus, SpeaksOfThisSpecAndThesePods) {
  const auto& o = GetParam().given;
  const auto status = status_with(o);

  EXPECT_EQ(condition_of(status, condition_peers), GetParam().peers);
  EXPECT_EQ(condition_of(status, condition_chain), GetParam().chain);
  EXPECT_EQ((status.peers ? std::to_string(*status.peers) : "-") + ' '
                + (status.height ? std::to_string(*status.height) : "-"),
            GetParam().numbers);
}

INSTANTIATE_TEST_SUITE_P(
    Edits,
    HonestStatus,
    testing::Values(
        moment{"Heard", heard(), "True AllConnected", "True SameTip", "3 7"},
        moment{"OfNoConcernToPeers",
               heard().with_spec({{"image", "another"}}),
               "True AllConnected",
               "True SameTip",
               "3 7"},
        moment{"AnotherTopology",
               heard().with_spec({{"topology", "ring"}}),
               "Unknown Checking",
               "True SameTip",
               "3 7"},
        moment{"NoTopology",
               heard().with_spec({{"topology", "none"}}),
               "True NothingToConnect",
               "True SameTip",
               "3 7"},
        moment{"MoreNodes", heard().with_nodes(5), "False NodesNotReady", "True SameTip", "3 7"},
        moment{"FewerNodes", heard().with_nodes(2), "Unknown Checking", "True SameTip", "3 7"},
        moment{"OneNode", heard().with_nodes(1), "True NothingToConnect", "True SameTip", "3 7"},
        moment{"NoNodes",
               heard().with_nodes(0),
               "True NothingToConnect",
               "True NothingToCompare",
               "3 -"},
        moment{"InvalidSpec",
               heard().with_spec({{"topology", "star"}}),
               "True AllConnected",
               "True SameTip",
               "3 7"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Pods,
    HonestStatus,
    testing::Values(
        moment{"OneIsNotReady",
               changed(heard(), [](auto& o) { stop(o.pods[1]); }),
               "False NodesNotReady",
               "True SameTip",
               "3 7"},
        moment{"OneRunsAnew",
               changed(heard(), [](auto& o) { restart(o.pods[1]); }),
               "Unknown Checking",
               "True SameTip",
               "2 7"},
        moment{"OneIsAnother",
               changed(heard(), [](auto& o) { o.pods[1]["metadata"]["uid"] = "another"; }),
               "Unknown Checking",
               "True SameTip",
               "2 7"},
        moment{"OneIsReadyAgainAndWasNotHeardSince",
               with_report(
                   heard(),
                   [] {
                     auto report = a_report();
                     report.nodes[1].ready = false;
                     report.view.peers_connected = {finding::truth::no, "NodesNotReady", "2 of 3"};
                     return report;
                   }()),
               "Unknown Checking",
               "True SameTip",
               "3 7"},
        moment{"AllRunAnew",
               changed(heard(),
                       [](auto& o) {
                         for (auto& pod : o.pods) {
                           restart(pod);
                         }
                       }),
               "Unknown Checking",
               "Unknown Checking",
               "- -"},
        moment{"NoneIsReady",
               changed(heard(),
                       [](auto& o) {
                         for (auto& pod : o.pods) {
                           stop(pod);
                         }
                       }),
               "False NodesNotReady",
               "False NodesNotReady",
               "3 -"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Restarts,
    HonestStatus,
    testing::Values(
        moment{"NotHeardYet", after_a_restart(), "True AllConnected", "True SameTip", "3 7"},
        moment{"NotHeardYetAndWithoutSecret",
               without_secret(after_a_restart()),
               "True AllConnected",
               "True SameTip",
               "3 7"},
        moment{"NotHeardForLong", unheard(), "Unknown Checking", "Unknown Checking", "- -"},
        moment{"NotHeardForLongWithoutSecret",
               without_secret(unheard()),
               "Unknown SecretInvalid",
               "Unknown SecretInvalid",
               "- -"},
        moment{"NotHeardForLongWithoutTheRightToRead",
               changed(unheard(),
                       [](auto& o) {
                         o.with_secret(secret_view::state::unreadable, {"Forbidden", "no rule"});
                       }),
               "Unknown Forbidden",
               "Unknown Forbidden",
               "- -"},
        moment{"NotHeardForLongThoughThereAreCredentials",
               changed(unheard(),
                       [](auto& o) {
                         const auto credentials = o.secret.credentials;
                         o.with_secret(secret_view::state::absent);
                         o.secret.credentials = credentials;
                       }),
               "Unknown Checking",
               "Unknown Checking",
               "- -"},
        moment{"NeverHeardWithoutSecret",
               without_secret(an_observation().at_rest()),
               "Unknown SecretInvalid",
               "Unknown SecretInvalid",
               "- -"},
        moment{"ReadyMeanwhile",
               changed(after_a_restart(changed(heard(),
                                               [](auto& o) {
                                                 stop(o.pods[1]);
                                                 o.with_status();
                                               })),
                       [](auto& o) { o.with_ready_pods(); }),
               "Unknown Checking",
               "True SameTip",
               "3 7"},
        moment{"NotReadyMeanwhile",
               changed(after_a_restart(), [](auto& o) { stop(o.pods[1]); }),
               "False NodesNotReady",
               "True SameTip",
               "3 7"}),
    [](const auto& row) { return row.param.name; });

TEST(HonestStatusTest, KeepsTheGenerationThatAnUnheardConditionIsOf) {
  const auto status = status_with(after_a_restart().with_spec({{"topology", "ring"}}));

  EXPECT_EQ(k8s::find_condition(status, condition_peers)->observed_generation, 1);
  EXPECT_EQ(k8s::find_condition(status, condition_ready)->observed_generation, 2);
}

TEST(HonestStatusTest, NamesTheSecretThatIsMissing) {
  const auto status = status_with(without_secret(unheard()));

  EXPECT_THAT(k8s::find_condition(status, condition_peers)->message,
              testing::StartsWith("the nodes are not asked: Secret credentials does not exist"));
  EXPECT_FALSE(status.nodes[0].peers.has_value());
  EXPECT_FALSE(status.nodes[0].height.has_value());
}

TEST(HonestStatusTest, NamesWhatElseKeepsTheNodesFromBeingAsked) {
  const degradation foreign{"ChildNotOwned", "Service net-svc is not ours"};
  auto unread = unheard();
  unread.secret = {};

  EXPECT_EQ(condition_of(status_of(unread.build(), foreign), condition_chain),
            "Unknown ChildNotOwned");
  EXPECT_EQ(condition_of(status_of(unheard().build(), foreign), condition_chain),
            "Unknown Checking");
  EXPECT_EQ(condition_of(status_of(unheard().with_nodes(-1).build(), {"InvalidSpec", "nodes"}),
                         condition_chain),
            "Unknown InvalidSpec");
}

TEST(HonestStatusTest, AnnouncesAMissingSecretOnce) {
  EXPECT_EQ(to_string(decide(without_secret(unheard()).build())),
            "announce SecretInvalid, patch status, look again");
}

}  // namespace
}  // namespace btc::reconcile
