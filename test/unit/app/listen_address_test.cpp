#include "actors/app/listen_address.hpp"

#include <gtest/gtest.h>

namespace btc::app {
namespace {

TEST(ListenAddress, ReadsAddressAndPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8080"), (listen_address{"127.0.0.1", 8080}));
  EXPECT_EQ(parse_listen_address("[::1]:0"), (listen_address{"::1", 0}));
  EXPECT_EQ(parse_listen_address(":9090"), (listen_address{"0.0.0.0", 9090}));
  EXPECT_EQ(parse_listen_address("0.0.0.0:65535"), (listen_address{"0.0.0.0", 65535}));
}

TEST(ListenAddress, RefusesAllElse) {
  for (const auto* text : {"",
                           "8080",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "::1:8080",
                           "[127.0.0.1]:80",
                           "localhost:80",
                           "1.2.3:80",
                           "1.2.3.4:8a",
                           "[]:80",
                           "1.2.3.4:-1"}) {
    EXPECT_EQ(parse_listen_address(text), std::nullopt) << text;
  }
}

TEST(ListenAddress, FormatsWhatItReads) {
  for (const auto* text : {"127.0.0.1:8080", "[::1]:0"}) {
    EXPECT_EQ(to_string(parse_listen_address(text).value()), text);
  }
}

}  // namespace
}  // namespace btc::app
