#include "test/node/subnet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::node {
namespace {

constexpr unsigned some_start = 7;

TEST(Subnet, ReadsAndWritesAddresses) {
  EXPECT_EQ("10.236.128.2", to_string(parse_address("10.236.128.2").value()));
  for (const auto* text : {"",
                           "10",
                           "10.0.0",
                           "10.0.0.256",
                           "10.0.0.1.",
                           "10.0.0.1/8",
                           "a.b.c.d",
                           "10..0.1",
                           "default"}) {
    EXPECT_EQ(std::nullopt, parse_address(text)) << text;
  }
}

TEST(Subnet, FindsTheNetworksInATableOfRoutes) {
  const auto routes = routes_of(
      "default via 192.168.1.1 dev eth0\n10.200.0.0/16 dev br0 scope link src 10.200.0.1\n"
      "local 127.0.0.1 dev lo\n");
  ASSERT_EQ(4U, routes.size());
  EXPECT_EQ("10.200.0.0", to_string(routes[1].base));
  EXPECT_EQ(16U, routes[1].prefix);
  EXPECT_EQ(32U, routes[3].prefix);
}

TEST(Subnet, OverlapsWhatLiesInItOrAroundIt) {
  const subnet wide{*parse_address("10.192.0.0"), 10};
  const subnet narrow{*parse_address("10.200.16.0"), 20};
  const subnet other{*parse_address("10.200.32.0"), 20};
  EXPECT_TRUE(wide.overlaps(narrow));
  EXPECT_TRUE(narrow.overlaps(wide));
  EXPECT_FALSE(narrow.overlaps(other));
}

TEST(Subnet, IsChosenFromWhatIsFree) {
  const auto first = free_subnet({}, some_start);
  ASSERT_TRUE(first);
  const auto second = free_subnet({*first}, some_start);
  ASSERT_TRUE(second);
  EXPECT_FALSE(first->overlaps(*second));
  EXPECT_EQ(std::nullopt, free_subnet({{*parse_address("10.0.0.0"), 8}}, some_start));
}

TEST(AddressPool, GivesEachAddressOnceBeforeAnyTwice) {
  address_pool pool{{*parse_address("10.192.0.0"), 29}};
  EXPECT_EQ("10.192.0.1", to_string(pool.bridge()));
  const auto first = pool.take().value();
  pool.give_back(first);
  std::vector<std::string> rest;
  for (int i = 0; i < 4; ++i) {
    rest.push_back(to_string(pool.take().value()));
  }
  EXPECT_EQ("10.192.0.2", to_string(first));
  EXPECT_THAT(rest, testing::ElementsAre("10.192.0.3", "10.192.0.4", "10.192.0.5", "10.192.0.6"));
  EXPECT_EQ(first, pool.take()) << "no other is left";
  EXPECT_EQ(std::nullopt, pool.take());
}

TEST(AddressPool, GivesACertainOneWhenItIsFree) {
  address_pool pool{{*parse_address("10.192.0.0"), 29}};
  const auto wanted = *parse_address("10.192.0.4");
  EXPECT_TRUE(pool.take(wanted));
  EXPECT_FALSE(pool.take(wanted));
  pool.give_back(wanted);
  EXPECT_TRUE(pool.take(wanted));
  for (const auto* foreign :
       {"10.192.0.0", "10.192.0.1", "10.192.0.7", "10.192.0.8", "10.191.0.4"}) {
    EXPECT_FALSE(pool.take(*parse_address(foreign))) << foreign;
  }
}

}  // namespace
}  // namespace btc::node
