#include "actors/bitcoin/rpc_auth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <utility>

namespace btc::bitcoin {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* uid = "3f1c9b1e-8c5d-4a51-9d43-0c1e2f3a4b5c";

[[nodiscard]] rpc_credentials credentials(std::string user, std::string password) {
  return {secret_text{std::move(user)}, secret_text{std::move(password)}};
}

TEST(RpcAuth, HashesAsBitcoinCoresOwnTestExpects) {
  // test/functional/rpc_users.py: rpcauth=rt:<salt>$<hmac> and its rtpassword.
  EXPECT_EQ(hmac_sha256_hex("93648e835a54c573682c2eb19f882535",
                            "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM="),
            "7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144");
}

TEST(RpcAuth, HashesAsRfc4231) {
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_sha256_hex(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac_sha256_hex("", ""),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

struct value_case {
  const char* name;
  std::string user;
  std::string password;
  const char* value;
};

[[nodiscard]] std::string every_byte() {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
  }
  return all;
}

class RpcAuthValue : public testing::TestWithParam<value_case> {};

TEST_P(RpcAuthValue, IsWhatRpcauthPyMakesOfTheSaltOfThisNetwork) {
  EXPECT_EQ(rpcauth_value(credentials(GetParam().user, GetParam().password), uid),
            GetParam().value);
}

// Computed with password_to_hmac() of share/rpcauth/rpcauth.py.
INSTANTIATE_TEST_SUITE_P(
    Table,
    RpcAuthValue,
    testing::Values(value_case{"SampleSecret",
                               "user",
                               "password",
                               "user:bc14a1683d6f6f867148c81ee5784baf$"
                               "75eca02d4f6ccb2a29f71da603e62e124547862323f04aca70cc0e5eb6bd7464"},
                    value_case{"PasswordOfEveryByte",
                               "bitcoin",
                               every_byte(),
                               "bitcoin:5209bd6636041874205bd3426738897f$"
                               "f6117869e39e2e1405b4f5baa69a795908fa19e10197f916d1a3572db30530a5"},
                    value_case{"SpaceInside",
                               "a b",
                               std::string{"p#a:s$s\n\xff\0", 10},
                               "a b:ec9f5cb87443f1a61141791a35d3a238$"
                               "791535c5bdcabe40432934508917ccbe356f4766d8febaefdb6a7496da54fcd4"}),
    [](const auto& row) { return row.param.name; });

TEST(RpcAuth, IsTheSameInEveryProcessButAnotherInEachNetwork) {
  const auto user = credentials("user", "password");
  EXPECT_EQ(rpcauth_value(user, uid), rpcauth_value(user, uid));
  EXPECT_NE(rpcauth_value(user, uid), rpcauth_value(user, "another-uid"));
  EXPECT_NE(rpcauth_value(user, uid), rpcauth_value(credentials("user", "passwore"), uid));
}

TEST(RpcAuth, NeverShowsThePassword) {
  EXPECT_THAT(rpcauth_value(credentials("user", "s3cr3t-marker"), uid), Not(HasSubstr("s3cr3t")));
}

TEST(RpcAuth, TheControllersPasswordFollowsFromTheUsersAndTheNetwork) {
  const auto own = controller_credentials(secret_text{"password"}, uid);
  EXPECT_EQ(own.user.reveal(), "bitcoin-controller");
  EXPECT_EQ(own.password.reveal(),
            "98340c3d91e28d9f0c6934f03e41d7ad90df9ab7ac07409178bbc6e5aa18c3c8");
  EXPECT_EQ(own, controller_credentials(secret_text{"password"}, uid));
  EXPECT_NE(own, controller_credentials(secret_text{"password"}, "another-uid"));
  EXPECT_NE(own, controller_credentials(secret_text{"rotated"}, uid));
}

TEST(RpcAuth, TheControllersPasswordIsNotTheSaltThatBitcoinConfShows) {
  const auto value = rpcauth_value(credentials("user", "password"), uid);
  const auto own = controller_credentials(secret_text{"password"}, uid);
  const auto salt = value.substr(5, 32);
  EXPECT_THAT(std::string{own.password.reveal()}, Not(HasSubstr(salt)));
}

struct user_case {
  const char* name;
  std::string user;
  const char* reason;  ///< empty: accepted
};

class RpcUser : public testing::TestWithParam<user_case> {};

TEST_P(RpcUser, IsAcceptedOrRefusedWithTheRuleAndWithoutTheName) {
  const auto problem = rpc_user_problem(GetParam().user);
  if (*GetParam().reason == '\0') {
    EXPECT_THAT(problem, IsEmpty());
    return;
  }
  EXPECT_THAT(problem, HasSubstr(GetParam().reason));
  if (GetParam().user.size() > 1) {
    EXPECT_THAT(problem, Not(HasSubstr(GetParam().user)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    RpcUser,
    testing::Values(user_case{"Usual", "user", ""},
                    user_case{"OneCharacter", "u", ""},
                    user_case{"Punctuation", "a.b-c_d@e!\"%&/()=?*+~'<>|,;[]{}\\^`", ""},
                    user_case{"SpaceInside", "a b", ""},
                    user_case{"Longest", std::string(rpc_user_bytes_max, 'x'), ""},
                    user_case{"Empty", "", "is empty"},
                    user_case{
                        "TooLong", std::string(rpc_user_bytes_max + 1, 'x'), "longer than 128"},
                    user_case{"Colon", "marker:x", ": $ #"},
                    user_case{"Dollar", "marker$x", ": $ #"},
                    user_case{"Hash", "marker#x", ": $ #"},
                    user_case{"LineBreakAtTheEnd", "marker\n", "line break"},
                    user_case{"LineBreakInside", "marker\nrpcuser=x", "line break"},
                    user_case{"CarriageReturn", "marker\r", "printable"},
                    user_case{"Tab", "mar\tker", "printable"},
                    user_case{"Nul", std::string("mar\0ker", 7), "printable"},
                    user_case{"Delete", "mar\x7fker", "printable"},
                    user_case{"Utf8", "m\xc3\xa4rker", "printable"},
                    user_case{"NotUtf8", "m\xffrker", "printable"},
                    user_case{"SpaceFirst", " marker", "a space"},
                    user_case{"SpaceLast", "marker ", "a space"},
                    user_case{"TheControllers", "bitcoin-controller", "makes itself"},
                    user_case{"TheCookies", "__cookie__", "makes itself"}),
    [](const auto& row) { return row.param.name; });

TEST(RpcUser, NoRefusedNameWouldPassAsAPartOfARefusal) {
  for (int c = 0; c < 256; ++c) {
    const std::string user = std::string{"ab"} + static_cast<char>(c) + "cd";
    const bool fine = c >= ' ' && c <= '~' && c != ':' && c != '$' && c != '#';
    EXPECT_EQ(rpc_user_problem(user).empty(), fine) << c;
  }
}

TEST(RpcPassword, MayHaveAnyBytesButNotNoneAndNotTooMany) {
  EXPECT_THAT(rpc_password_problem(every_byte()), IsEmpty());
  EXPECT_THAT(rpc_password_problem("x"), IsEmpty());
  EXPECT_THAT(rpc_password_problem(std::string(rpc_password_bytes_max, 'x')), IsEmpty());
  EXPECT_THAT(rpc_password_problem(""), HasSubstr("is empty"));
  EXPECT_THAT(rpc_password_problem(std::string(rpc_password_bytes_max + 1, 'x')),
              HasSubstr("longer than 4096 bytes"));
}

TEST(RpcAuthorization, IsHttpsBasicScheme) {
  EXPECT_EQ(basic_authorization(credentials("user", "password")).reveal(),
            "Basic dXNlcjpwYXNzd29yZA==");
  EXPECT_EQ(basic_authorization(credentials("u", std::string{"\xff\0", 2})).reveal(),
            "Basic dTr/AA==");
}

TEST(RpcAuthorization, OfTheLongestCredentialsFitsIntoBitcoindsHeaders) {
  constexpr std::size_t headers_bytes_max = 8192;
  constexpr std::size_t other_headers = 1024;
  const auto header = basic_authorization(
      credentials(std::string(rpc_user_bytes_max, 'x'), std::string(rpc_password_bytes_max, 'x')));
  EXPECT_LE(header.reveal().size() + other_headers, headers_bytes_max);
}

TEST(SecretText, CopiesMovesAndCompares) {
  secret_text a{"some bytes that do not fit into a small string"};
  secret_text b{a};
  EXPECT_EQ(a, b);
  const secret_text c{std::move(a)};
  EXPECT_EQ(c, b);
  b = secret_text{"x"};
  EXPECT_NE(c, b);
  b = c;
  EXPECT_EQ(b.reveal(), c.reveal());
  auto& same = b;
  b = std::move(same);  // onto itself: must not lose the bytes
  EXPECT_EQ(b, c);
}

TEST(SecretText, LeavesNothingBehindInWhatItWasMadeFrom) {
  std::string source = "marker";
  const secret_text kept{std::move(source)};
  EXPECT_THAT(source, IsEmpty());  // NOLINT: that it is gone is the point
  EXPECT_THAT((std::string{source.data(), 6}), Not(HasSubstr("arker")));
  secret_text from{"marker"};
  const secret_text to{std::move(from)};
  EXPECT_TRUE(from.empty());  // NOLINT
  EXPECT_EQ(to.reveal(), kept.reveal());
}

}  // namespace
}  // namespace btc::bitcoin
