#include "test/unit/bitcoin/peer_network_fixture.hpp"

namespace btc::bitcoin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using state = test::model_bitcoind::state;

using PeerNetworkByName = peer_network_fixture;

// -- whose node is it? --------------------------------------------------------------------

TEST_F(PeerNetworkByName, CutsAConnectionThatLedToAnotherNetwork) {
  have(2);
  world_.at["10.0.9.9"].authorization = "Basic other";
  book_.set("uid-b", {"10.0.9.9"});
  world_.dns[target_.names.address_of(1)] = "10.0.9.9";  // out of date
  tell();
  pass(seconds{3});
  EXPECT_GE(count(peer_note::kind::misled), 1U);

  world_.dns[target_.names.address_of(1)] = ip(1);
  pass(seconds{10});

  expect_topology();
  EXPECT_EQ(world_.connections_between(ip(0), "10.0.9.9"), 0U);
}

class PeerNetworkByIp : public peer_network_fixture {
 protected:
  PeerNetworkByIp() {
    options_.by_ip = true;
    net_ = peer_network{options_, jitter_};
  }
};

TEST_F(PeerNetworkByIp, AddsAnAddressOnceItsPodTookTheCredentials) {
  have(2);
  bitcoind(1).is = state::warming;
  tell();
  pass(milliseconds{500});
  EXPECT_THAT(bitcoind(0).nodes.list, IsEmpty());

  bitcoind(1).is = state::running;
  pass(seconds{10});

  EXPECT_THAT(bitcoind(0).nodes.list, ElementsAre("10.0.0.2:18444"));
  expect_topology();
}

TEST_F(PeerNetworkByIp, NeverAddsAnAddressThatIsAnotherNetworks) {
  have(2);
  bitcoind(1).authorization = "Basic other";  // it is a pod of the other one by now
  book_.set("uid-b", {ip(1)});
  tell();

  pass(seconds{60});

  EXPECT_THAT(bitcoind(0).nodes.list, IsEmpty());
  EXPECT_EQ(world_.connections_between(ip(0), ip(1)), 0U);
}

TEST_F(PeerNetworkByIp, RemovesAnAddressThatMovedOn) {
  have(2);
  tell();
  pass(seconds{15});
  expect_topology();
  target_node(1) = {1, "pod-1-new", 0, true, "10.0.0.77"};
  start(1);
  tell();
  pass(seconds{15});

  EXPECT_THAT(bitcoind(0).nodes.list, ElementsAre("10.0.0.77:18444"));
  expect_topology();
}

TEST_F(PeerNetworkByIp, RemovesTheAddressOfAPodThatIsGoneAtOnce) {
  have(2);
  tell();
  pass(seconds{15});
  target_.nodes.pop_back();

  tell();
  pass(milliseconds{100});

  EXPECT_THAT(bitcoind(0).nodes.list, IsEmpty());
}

TEST_F(PeerNetworkByIp, FindsWhatItAddedByNameBefore) {
  have(2);
  bitcoind(0).nodes.list = {target_.names.address_of(1)};
  tell();

  pass(seconds{15});

  EXPECT_THAT(bitcoind(0).nodes.list, ElementsAre("10.0.0.2:18444"));
}

}  // namespace
}  // namespace btc::bitcoin
