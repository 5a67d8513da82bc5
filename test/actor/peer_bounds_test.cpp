#include "test/support/peer_fixture.hpp"

#include <string>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::SizeIs;
using node_state = test::model_bitcoind::state;

class PeerBounds : public test::peer_fixture {};

TEST_F(PeerBounds, NeverHasMoreInFlightThanAllowed) {
  env.limits.inflight_rpc_max = 8;
  env.limits.inflight_rpc_per_network_max = 3;
  env.limits.inflight_rpc_slow_max = 4;
  for (int i = 0; i < 10; ++i) {
    have("n" + std::to_string(i), 5);
    send("n" + std::to_string(i));
  }
  EXPECT_THAT(rpc.posts, SizeIs(8));

  live(3s);

  EXPECT_EQ(in_flight_max_, 8U);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(peers_reason("n" + std::to_string(i)), "AllConnected") << i;
  }
}

TEST_F(PeerBounds, LetsNoNetworkThatHangsDelayAnother) {
  for (int i = 0; i < 40; ++i) {
    have("dead" + std::to_string(i), 4);
    for (const auto& node : targets_["dead" + std::to_string(i)].nodes) {
      world_.at[node.ip].is = node_state::hanging;
    }
    send("dead" + std::to_string(i));
  }
  live(60s);  // all of them are known to hang by now
  EXPECT_EQ(report_of(peer_)->peers->slow_in_flight, env.limits.inflight_rpc_slow_max);

  have("well", 3);
  send("well");
  answer_all();

  EXPECT_EQ(peers_reason("well"), "AllConnected");
}

TEST_F(PeerBounds, KeepsNetworksApartWhosePodsSwapAddresses) {
  for (const bool by_ip : {false, true}) {
    SCOPED_TRACE(by_ip ? "by ip" : "by dns");
    kill(peer_);
    env.peers_by_ip = by_ip;
    targets_.clear();
    reconcilers_.clear();
    world_ = {};
    start();
    auto& a = have("a", 2);
    auto& b = have("b", 2);
    send("a");
    send("b");
    live(1s);
    EXPECT_EQ(peers_reason("a"), "AllConnected");
    // Pod 1 of each gets the other's address; only "a" has been told so, and DNS is late for both.
    const auto old_a = a.nodes[1].ip;
    const auto old_b = b.nodes[1].ip;
    a.nodes[1] = {1, "a-pod-new", 0, true, old_b};
    b.nodes[1] = {1, "b-pod-new", 0, true, old_a};
    world_.at[old_a].is = node_state::down;
    world_.at[old_b].is = node_state::down;
    world_.drop_dead_connections();
    run_node(a, 1);
    run_node(b, 1);
    const auto dns = world_.dns;
    world_.dns[a.names.address_of(1)] = old_a;
    world_.dns[b.names.address_of(1)] = old_b;
    send("a");
    live(2s);
    send("b");
    live(3s);
    world_.dns = dns;

    live(30s);

    EXPECT_EQ(world_.connections_between("10.0.1.1", old_a), 0U);
    EXPECT_EQ(world_.connections_between("10.0.2.1", old_b), 0U);
    EXPECT_EQ(world_.connections_between("10.0.1.1", old_b), 1U);
    EXPECT_EQ(world_.connections_between("10.0.2.1", old_a), 1U);
    EXPECT_EQ(peers_reason("a"), "AllConnected");
    EXPECT_EQ(peers_reason("b"), "AllConnected");
  }
}

TEST_F(PeerBounds, EndsThoughRequestsAreInFlight) {
  have("a", 2);
  send("a");
  const auto post = rpc.take();

  kill(peer_);
  post.done(world_.answer(post.request));
  run();

  EXPECT_THAT(rpc.posts, SizeIs(1));
  EXPECT_EQ(log.count("actor-failed"), 0U);
}
}  // namespace
}  // namespace btc::actors
