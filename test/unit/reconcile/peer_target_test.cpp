#include "actors/reconcile/peer_target.hpp"

#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::observation;

bitcoin::network_target target_with(const observation& o) {
  return target_of(o.build(), nullptr).value();
}

TEST(PeerTarget, TellsHowToSpeakToTheNodes) {
  auto o = an_observation()
               .with_spec({{"topology", "ring"}, {"mining", {{"intervalSeconds", 9}}}})
               .at_rest();
  o.pods[1]["status"]["containerStatuses"] = {{{"name", "bitcoind"}, {"restartCount", 4}}};

  const auto target = target_with(o);

  EXPECT_EQ(target.uid, "net-uid");
  EXPECT_EQ(target.chain, "regtest");
  EXPECT_EQ(target.shape, bitcoin::topology::ring);
  EXPECT_EQ(target.nodes_wanted, 3);
  EXPECT_EQ(target.mining_interval, std::chrono::seconds{9});
  EXPECT_EQ(target.names.address_of(1), "net-sts-1.net-svc.default.svc:18444");
  EXPECT_EQ(target.credentials->user.reveal(), "bitcoin-controller");
  ASSERT_EQ(target.nodes.size(), 3U);
  EXPECT_EQ(target.nodes[1], (bitcoin::node_target{1, "pod-uid-1", 4, true, "10.0.0.1"}));
  EXPECT_TRUE(target.acting);
}

TEST(PeerTarget, OnlyAsksWhilePaused) {
  EXPECT_FALSE(target_with(an_observation().at_rest().paused()).acting);
}

TEST(PeerTarget, KeepsTheCredentialsOfASecretThatWentWrong) {
  auto o = an_observation().at_rest();
  o.secret.is = secret_view::state::absent;

  EXPECT_NE(target_with(o).credentials, nullptr);
}

TEST(PeerTarget, HasNoCredentialsWhereNoneAreKnown) {
  const auto o = an_observation().at_rest().with_secret(secret_view::state::unknown);

  EXPECT_EQ(target_with(o).credentials, nullptr);
}

TEST(PeerTarget, KeepsTheNodesConnectedWhileTheSpecIsInvalid) {
  const auto before = target_with(an_observation().at_rest());
  auto o = an_observation().at_rest().with_spec({{"nodes", -1}, {"chain", "other"}});
  o.pods.pop_back();

  const auto target = target_of(o.build(), &before);

  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->nodes_wanted, 3);
  EXPECT_EQ(target->chain, "regtest");
  EXPECT_EQ(target->nodes.size(), 2U);
}

TEST(PeerTarget, IsNoneForANetworkThatIsNoMoreOrWasNeverValid) {
  EXPECT_FALSE(target_of(an_observation().gone().build(), nullptr).has_value());
  EXPECT_FALSE(target_of(an_observation().at_rest().deleting().build(), nullptr).has_value());
  EXPECT_FALSE(target_of(an_observation().with_nodes(-1).build(), nullptr).has_value());
}

struct difference_case {
  const char* name;
  void (*change)(bitcoin::network_target&);
  bool same;
};

class PeerTargetDifference : public testing::TestWithParam<difference_case> {};

TEST_P(PeerTargetDifference, IsSeen) {
  const auto target = target_with(an_observation().at_rest());
  auto other = target;
  GetParam().change(other);

  EXPECT_EQ(same_target(target, other), GetParam().same);
}

using bitcoin::network_target;

INSTANTIATE_TEST_SUITE_P(
    Table,
    PeerTargetDifference,
    testing::Values(
        difference_case{"None", [](network_target&) {}, true},
        difference_case{"EqualCredentials",
                        [](network_target& changed) {
                          changed.credentials = std::make_shared<const bitcoin::rpc_credentials>(
                              *changed.credentials);
                        },
                        true},
        difference_case{
            "NoCredentials", [](network_target& changed) { changed.credentials = nullptr; }, false},
        difference_case{"Credentials",
                        [](network_target& changed) {
                          changed.credentials = std::make_shared<const bitcoin::rpc_credentials>();
                        },
                        false},
        difference_case{"Nodes", [](network_target& changed) { changed.nodes_wanted = 4; }, false},
        difference_case{"Shape",
                        [](network_target& changed) { changed.shape = bitcoin::topology::none; },
                        false},
        difference_case{
            "Mining",
            [](network_target& changed) { changed.mining_interval = std::chrono::seconds{1}; },
            false},
        difference_case{"Paused", [](network_target& changed) { changed.acting = false; }, false},
        difference_case{
            "Restart", [](network_target& changed) { changed.nodes[0].restarts = 1; }, false},
        difference_case{
            "Address", [](network_target& changed) { changed.nodes[0].ip = "x"; }, false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
