#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = test::model_bitcoind::state;

// -- properties ---------------------------------------------------------------------------

/// Random lives of a network, then peace: it converges to the topology, and only polls follow.
class RandomPeerNetwork : public peer_network_fixture, public testing::WithParamInterface<int> {
 protected:
  [[nodiscard]] int below(int limit) {
    return static_cast<int>(random_() % static_cast<unsigned>(limit));
  }

  void change() {
    const auto count = static_cast<std::int32_t>(target_.nodes.size());
    const auto ordinal = static_cast<std::int32_t>(below(count));
    auto& node = bitcoind(ordinal);
    auto& pod = target_node(ordinal);
    switch (below(8)) {
      case 0:
        node.is = state::down;
        pod.ready = below(2) == 0;  // noticed or not
        break;
      case 1:
        node.is = below(2) == 0 ? state::warming : state::hanging;
        break;
      case 2:
        start(ordinal);
        ++pod.restarts;
        pod.ready = true;
        break;
      case 3:
        readdress(ordinal);
        break;
      case 4:
        have(1 + below(9));
        break;
      case 5:
        target_.shape = static_cast<topology>(below(4));
        break;
      case 6:
        node.nodes.connections.clear();
        node.peers.clear();
        break;
      default:
        target_.acting = below(2) == 0;
        break;
    }
  }
  /// The pod is another one elsewhere, and its old address may be another network's by now.
  void readdress(std::int32_t ordinal) {
    const auto old = target_node(ordinal).ip;
    world_.at.erase(old);
    if (below(2) == 0) {
      world_.at[old].authorization = "Basic other";
      book_.set("uid-b", {old});
    }
    target_node(ordinal) = {
        ordinal,
        "pod-" + std::to_string(++pods_),
        0,
        true,
        "10.1." + std::to_string(pods_ / 250) + '.' + std::to_string(pods_ % 250)};
    start(ordinal);
    if (below(2) == 0) {
      world_.dns[target_.names.address_of(ordinal)] = old;
    }
  }
  void calm_down() {
    target_.acting = true;
    for (auto& pod : target_.nodes) {
      auto& node = bitcoind(pod.ordinal);
      if (node.is != state::running) {
        start(pod.ordinal);
        ++pod.restarts;
      }
      pod.ready = true;
      node.authorization = basic_authorization(*target_.credentials).reveal();
      world_.dns[target_.names.address_of(pod.ordinal)] = pod.ip;
    }
  }

  int pods_{0};
};

TEST_P(RandomPeerNetwork, ConvergesToItsTopologyAndThenOnlyPolls) {
  random_.seed(static_cast<unsigned>(GetParam()));
  options_.by_ip = GetParam() % 3 == 0;
  net_ = peer_network{options_, jitter_};
  have(1 + below(9));
  tell();
  for (int step = 0; step < 40; ++step) {
    change();
    if (below(3) != 0) {
      tell();
    }
    pass(milliseconds{below(4'000)});
  }
  calm_down();
  tell();
  pass(seconds{120});  // whatever hung has met its deadline
  world_.drop_dead_connections();
  sent_.clear();

  pass(seconds{120});

  expect_topology();
  EXPECT_TRUE(polls_only());
  EXPECT_EQ(last().view.peers_connected.is, finding::truth::yes)
      << last().view.peers_connected.message;
  EXPECT_LE(per_node_max_, options_.inflight_per_node_max);  // whatever lives it has had
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPeerNetwork, testing::Range(1, 61));

}  // namespace
}  // namespace btc::bitcoin
