#include "actors/reconcile/status_events.hpp"

#include "actors/reconcile/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::reconcile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

k8s::condition condition(std::string_view type, k8s::condition c) {
  c.type = type;
  return c;
}

k8s::network_status status_of(std::vector<k8s::condition> conditions) {
  k8s::network_status status;
  status.conditions = std::move(conditions);
  return status;
}

std::vector<std::string> told(const k8s::network_status& before, const k8s::network_status& after) {
  std::vector<std::string> events;
  for (const auto& news : news_of(before, after)) {
    const bool warning = news.type == announcement::severity::warning;
    events.push_back((warning ? "Warning " : "Normal ") + news.reason + ": " + news.message);
  }
  return events;
}

struct news_case {
  const char* name;
  k8s::condition before;
  k8s::condition after;
  std::vector<std::string> events;
};

class NewsOfTheNodes : public testing::TestWithParam<news_case> {};

TEST_P(NewsOfTheNodes, TellWhatAUserWantsToKnow) {
  EXPECT_EQ(told(status_of({condition(condition_peers, GetParam().before)}),
                 status_of({condition(condition_peers, GetParam().after)})),
            GetParam().events);
}

const k8s::condition connected{{}, "True", "AllConnected", "3 of 3"};
const k8s::condition missing{{}, "False", "PeersMissing", "1 of 3"};
const k8s::condition not_ready{{}, "False", "NodesNotReady", "2 of 3 nodes are ready"};
const k8s::condition silent{{}, "Unknown", "NoAnswer", "node 1"};
const k8s::condition nothing{{}, "True", "NothingToConnect", "one node"};
const k8s::condition unasked{{}, "Unknown", "Checking", "something changed"};

INSTANTIATE_TEST_SUITE_P(
    Table,
    NewsOfTheNodes,
    testing::Values(news_case{"Connected", missing, connected, {"Normal PeersConnected: 3 of 3"}},
                    news_case{
                        "ConnectedAgain", not_ready, connected, {"Normal PeersConnected: 3 of 3"}},
                    news_case{"Lost", connected, missing, {"Warning PeersMissing: 1 of 3"}},
                    news_case{"Silent", connected, silent, {"Warning NoAnswer: node 1"}},
                    news_case{"NodeRestarts", connected, not_ready, {}},
                    news_case{"Asked", connected, unasked, {}},
                    news_case{"Answered", unasked, connected, {"Normal PeersConnected: 3 of 3"}},
                    news_case{"StillMissing", missing, silent, {}},
                    news_case{"StillConnected", connected, connected, {}},
                    news_case{"NothingToConnect", missing, nothing, {}}),
    [](const auto& row) { return row.param.name; });

TEST(NewsOfTheNodesTest, TellOfBothConditions) {
  EXPECT_THAT(told(status_of({condition(condition_peers, missing),
                              condition(condition_chain, {{}, "True", "SameTip", "height 7"})}),
                   status_of({condition(condition_peers, connected),
                              condition(condition_chain, {{}, "False", "Forked", "node 2"})})),
              ElementsAre("Normal PeersConnected: 3 of 3", "Warning Forked: node 2"));
}

TEST(NewsOfTheNodesTest, LeaveToDegradedWhatItTells) {
  const k8s::condition secret{{}, "Unknown", "SecretInvalid", "no Secret"};
  const k8s::condition degraded{{}, "True", "SecretInvalid", "no Secret"};

  EXPECT_THAT(told(status_of({condition(condition_peers, connected)}),
                   status_of({condition(condition_peers, secret),
                              condition(condition_degraded, degraded)})),
              IsEmpty());
}

TEST(NewsOfTheNodesTest, BeginWithTheFirstStatus) {
  EXPECT_THAT(told({}, status_of({condition(condition_peers, connected)})),
              ElementsAre("Normal PeersConnected: 3 of 3"));
}

}  // namespace
}  // namespace btc::reconcile
