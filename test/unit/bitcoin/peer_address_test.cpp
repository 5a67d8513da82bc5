#include "actors/bitcoin/peer_address.hpp"

#include <gtest/gtest.h>

namespace btc::bitcoin {
namespace {

const node_names names{"x-sts", "x-svc", "team", 18444};

TEST(PeerAddress, PutsIpv6IntoBrackets) {
  EXPECT_EQ(node_address("host.name", 18444), "host.name:18444");
  EXPECT_EQ(node_address("10.0.0.1", 1), "10.0.0.1:1");
  EXPECT_EQ(node_address("fd00::1", 38333), "[fd00::1]:38333");
}

TEST(PeerAddress, OfANodeIsItsStableDnsName) {
  EXPECT_EQ(names.address_of(0), "x-sts-0.x-svc.team.svc:18444");
  EXPECT_EQ(names.address_of(499), "x-sts-499.x-svc.team.svc:18444");
}

TEST(PeerAddress, KnowsTheNodesThatTheNetworkHasHadOrMayHave) {
  for (const std::int32_t ordinal : {0, 7, 10, 499, 100'000}) {
    EXPECT_EQ(names.ordinal_of(names.address_of(ordinal)), ordinal);
  }
}

TEST(PeerAddress, KnowsNobodyElses) {
  for (const auto* address : {"",
                              "x-sts-",
                              "x-sts-0",
                              "x-sts-0.x-svc.team.svc",
                              "x-sts-0.x-svc.team.svc:18443",
                              "x-sts-0.x-svc.other.svc:18444",
                              "x-sts-0.y-svc.team.svc:18444",
                              "y-sts-0.x-svc.team.svc:18444",
                              "x-sts-00.x-svc.team.svc:18444",
                              "x-sts--1.x-svc.team.svc:18444",
                              "x-sts-0x.x-svc.team.svc:18444",
                              "x-sts-99999999999.x-svc.team.svc:18444",
                              " x-sts-0.x-svc.team.svc:18444",
                              "x-sts-0.x-svc.team.svc:18444 ",
                              "10.0.0.1:18444"}) {
    EXPECT_EQ(names.ordinal_of(address), std::nullopt) << address;
  }
}

TEST(PeerAddress, TellsNetworksApartWhoseNamesBeginAlike) {
  const node_names longer{"x-sts-0", "x-svc", "team", 18444};
  EXPECT_EQ(names.ordinal_of(longer.address_of(1)), std::nullopt);
  EXPECT_EQ(longer.ordinal_of(names.address_of(0)), std::nullopt);
}

}  // namespace
}  // namespace btc::bitcoin
