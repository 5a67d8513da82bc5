#include "test/sim/serve/tokens.hpp"

#include <gtest/gtest.h>

namespace btc::sim {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds noon{seconds{1'800'000'000}};

token_claims claims() {
  return {"ns", "account", "uid-1", noon, noon + seconds{600}, "secret", "uid-2"};
}

TEST(Tokens, GiveBackWhatTheyWereIssuedFor) {
  const token_office office;
  const auto token = office.issue(claims());
  EXPECT_EQ(office.check(token, noon), claims());
  EXPECT_EQ(claims().user(), "system:serviceaccount:ns:account");
}

TEST(Tokens, EndAtTheirTime) {
  const token_office office;
  const auto token = office.issue(claims());
  EXPECT_TRUE(office.check(token, noon + seconds{599}));
  EXPECT_FALSE(office.check(token, noon + seconds{600}));
}

TEST(Tokens, OfAnotherOfficeOrChangedAreRefused) {
  const token_office office;
  const token_office other;
  const auto token = office.issue(claims());
  EXPECT_FALSE(other.check(token, noon));
  for (std::size_t at = 0; at < token.size(); ++at) {
    auto changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(office.check(changed, noon)) << at;
  }
  EXPECT_FALSE(office.check("", noon));
  EXPECT_FALSE(office.check("..", noon));
  EXPECT_FALSE(office.check(std::string(10'000, 'x'), noon));
}

}  // namespace
}  // namespace btc::sim
