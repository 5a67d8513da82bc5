#include "actors/reconcile/status_events.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  for (int i = 0; i < 3; ++i) {
    report.nodes.push_back({i, "pod-uid-" + std::to_string(i), 2, 7});
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
  EXPECT_EQ(condition_of(status, condition_peers), "absent");
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

// -- Events --------------------------------------------------------------------------------

struct news_case {
  const char* name;
  finding before;
  finding after;
  std::vector<std::string> events;
};

class NewsOfTheNodes : public testing::TestWithParam<news_case> {};

TEST_P(NewsOfTheNodes, TellWhatAUserWantsToKnow) {
  const auto status_at = [](const finding& peers) {
    auto report = a_report();
    report.view.peers_connected = peers;
    return status_with(with_report(an_observation().at_rest(), report));
  };

  std::vector<std::string> events;
  for (const auto& news : news_of(status_at(GetParam().before), status_at(GetParam().after))) {
    const bool warning = news.type == announcement::severity::warning;
    events.push_back((warning ? "Warning " : "Normal ") + news.reason + ": " + news.message);
  }

  EXPECT_EQ(events, GetParam().events);
}

const finding connected{finding::truth::yes, "AllConnected", "3 of 3"};
const finding missing{finding::truth::no, "PeersMissing", "1 of 3"};
const finding not_ready{finding::truth::no, "NodesNotReady", "2 of 3 nodes are ready"};
const finding silent{finding::truth::unknown, "NoAnswer", "node 1"};
const finding nothing{finding::truth::yes, "NothingToConnect", "one node"};

INSTANTIATE_TEST_SUITE_P(
    Table,
    NewsOfTheNodes,
    testing::Values(news_case{"Connected", missing, connected, {"Normal PeersConnected: 3 of 3"}},
                    news_case{
                        "ConnectedAgain", not_ready, connected, {"Normal PeersConnected: 3 of 3"}},
                    news_case{"Lost", connected, missing, {"Warning PeersMissing: 1 of 3"}},
                    news_case{"Silent", connected, silent, {"Warning NoAnswer: node 1"}},
                    news_case{"NodeRestarts", connected, not_ready, {}},
                    news_case{"StillMissing", missing, silent, {}},
                    news_case{"StillConnected", connected, connected, {}},
                    news_case{"NothingToConnect", missing, nothing, {}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
