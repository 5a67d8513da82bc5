#include "actors/bitcoin/bitcoin_conf.hpp"

#include "actors/bitcoin/extra_args.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace btc::bitcoin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

[[nodiscard]] conf_input sample(std::string_view chain = "regtest") {
  return {.chain = find_chain(chain),
          .limits = {.memory_bytes = 512LL << 20, .cpu_millicores = std::nullopt},
          .user = {secret_text{"user"}, secret_text{"password"}},
          .network_uid = "3f1c9b1e-8c5d-4a51-9d43-0c1e2f3a4b5c"};
}

[[nodiscard]] std::string rendered(const conf_input& input) {
  const auto conf = render_bitcoin_conf(input);
  return conf ? std::string{conf->reveal()} : "refused";
}

// Every byte, because another byte restarts every pod of every network after an update.
TEST(BitcoinConf, OfTheSampleNetworkIsThisText) {
  EXPECT_EQ(rendered(sample()),
            R"(# Made by bitcoin-controller from the BitcoinNetwork and its Secret.
chain=regtest
printtoconsole=1
nodebuglogfile=1
dbcache=128
maxmempool=53
fallbackfee=0.0001
discover=0
dnsseed=0
fixedseeds=0
listen=1
listenonion=0
natpmp=0
server=1
rpcthreads=4
rpcallowip=0.0.0.0/0
rpcallowip=::/0
rpcauth=user:bc14a1683d6f6f867148c81ee5784baf$75eca02d4f6ccb2a29f71da603e62e124547862323f04aca70cc0e5eb6bd7464
rpcauth=bitcoin-controller:40b3a1e2ed9045a0df19ed629d94e18e$d94dda616ca6e8baa78d8f50b5f12e88a2ed483e51e46e579a83159436d959b8
rpcwhitelist=bitcoin-controller:addnode,disconnectnode,generatetodescriptor,getaddednodeinfo,getblockchaininfo,getblockheader,getnetworkinfo,getpeerinfo
rpcwhitelistdefault=0
[regtest]
port=18444
bind=0.0.0.0:18444
rpcport=18443
rpcbind=0.0.0.0
)");
}

TEST(BitcoinConf, OfAPublicChainMinesNothing) {
  for (const auto* chain : {"signet", "testnet4"}) {
    const auto text = rendered(sample(chain));
    EXPECT_THAT(text, HasSubstr("\nchain=" + std::string{chain} + "\n"));
    EXPECT_THAT(text, HasSubstr("\n[" + std::string{chain} + "]\nport="));
    EXPECT_THAT(text, Not(HasSubstr("generatetodescriptor")));
    EXPECT_THAT(text, Not(HasSubstr("fallbackfee")));
  }
}

TEST(BitcoinConf, ShowsNoPassword) {
  auto input = sample();
  input.user = {secret_text{"user"}, secret_text{"s3cr3t-marker"}};
  EXPECT_THAT(rendered(input), Not(HasSubstr("s3cr3t")));
  const auto own = controller_credentials(input.user.password, input.network_uid);
  EXPECT_THAT(rendered(input), Not(HasSubstr(std::string{own.password.reveal()})));
}

TEST(BitcoinConf, ChangesWithEachThingThatItIsMadeOf) {
  std::set<std::string> all{rendered(sample())};
  for (const auto* chain : {"signet", "testnet4"}) {
    all.insert(rendered(sample(chain)));
  }
  auto input = sample();
  input.limits.memory_bytes = 1LL << 30;
  all.insert(rendered(input));
  input = sample();
  input.limits.cpu_millicores = 2'000;
  all.insert(rendered(input));
  input = sample();
  input.user.password = secret_text{"rotated"};
  all.insert(rendered(input));
  input = sample();
  input.user.user = secret_text{"other"};
  all.insert(rendered(input));
  input = sample();
  input.network_uid = "another";
  all.insert(rendered(input));
  EXPECT_EQ(all.size(), 8U);
  EXPECT_EQ(rendered(sample()), rendered(sample()));
}

TEST(BitcoinConf, IsRefusedForCredentialsThatWouldWriteOtherLines) {
  for (const auto* user : {"", "a\nrpcuser=b", "a:b", "a$b", "a#b"}) {
    auto input = sample();
    input.user.user = secret_text{user};
    EXPECT_FALSE(render_bitcoin_conf(input)) << user;
  }
  auto input = sample();
  input.user.password = {};
  EXPECT_FALSE(render_bitcoin_conf(input));
}

TEST(BitcoinConf, SetsNothingElseThatAUserMayOverride) {
  std::istringstream lines{rendered(sample())};
  std::vector<std::string> open;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#') && !line.starts_with('[')
        && extra_argument_problem("-" + line).empty()) {
      open.push_back(line.substr(0, line.find('=')));
    }
  }
  // Sizes that harm nobody but the user: a command line's value wins over the file's.
  EXPECT_THAT(open, ElementsAre("maxmempool", "fallbackfee", "rpcthreads"));
}

TEST(BitcoinConf, HasNoLineThatBitcoindWouldReadInAnotherWay) {
  std::istringstream lines{rendered(sample())};
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(std::count(line.begin(), line.end(), '#'), line.starts_with('#') ? 1 : 0) << line;
    EXPECT_EQ(line.find_first_of(" \t\r") != std::string::npos, line.starts_with('#')) << line;
  }
}

TEST(ControllerMethods, AreAscending) {
  EXPECT_TRUE(std::is_sorted(controller_methods.begin(), controller_methods.end()));
}

struct chain_case {
  const char* name;
  std::uint16_t rpc;
  std::uint16_t p2p;
  bool can_mine;
};

TEST(Chains, HaveThePortsOfBitcoinCore) {
  // src/chainparamsbase.cpp and src/kernel/chainparams.cpp; a bitcoind 29.4 listens on the same.
  for (const auto& row : {chain_case{"regtest", 18443, 18444, true},
                          chain_case{"signet", 38332, 38333, false},
                          chain_case{"testnet4", 48332, 48333, false}}) {
    const auto* chain = find_chain(row.name);
    ASSERT_NE(chain, nullptr) << row.name;
    EXPECT_EQ(chain->rpc_port, row.rpc) << row.name;
    EXPECT_EQ(chain->p2p_port, row.p2p) << row.name;
    EXPECT_EQ(chain->can_mine, row.can_mine) << row.name;
  }
  EXPECT_EQ(all_chains().size(), 3U);
  for (const auto* name : {"", "main", "test", "Regtest"}) {
    EXPECT_EQ(find_chain(name), nullptr) << name;
  }
}

struct tuning_case {
  const char* name;
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> cpu_millicores;
  std::int64_t dbcache_mib;
  std::int64_t maxmempool_mb;
  std::int64_t rpc_threads;
};

class Tuning : public testing::TestWithParam<tuning_case> {};

TEST_P(Tuning, FollowsFromTheLimits) {
  const auto& row = GetParam();
  const auto tuning = tuning_of({row.memory_bytes, row.cpu_millicores});
  EXPECT_EQ(tuning.dbcache_mib, row.dbcache_mib);
  EXPECT_EQ(tuning.maxmempool_mb, row.maxmempool_mb);
  EXPECT_EQ(tuning.rpc_threads, row.rpc_threads);
}

constexpr std::int64_t mib = 1LL << 20;

INSTANTIATE_TEST_SUITE_P(Table,
                         Tuning,
                         testing::Values(tuning_case{"NoLimits", {}, {}, 128, 53, 4},
                                         tuning_case{"DefaultOfTheCrd", 512 * mib, {}, 128, 53, 4},
                                         tuning_case{"OneGibibyte", 1024 * mib, 1'000, 256, 107, 4},
                                         tuning_case{"Small", 128 * mib, 500, 32, 13, 2},
                                         tuning_case{"HardlyAnything", 1, 1, 4, 5, 2},
                                         tuning_case{"Zero", 0, 0, 4, 5, 2},
                                         tuning_case{"Negative", -1, -1, 4, 5, 2},
                                         tuning_case{"Large", 8192 * mib, 3'000, 2048, 300, 12},
                                         tuning_case{
                                             "Largest", INT64_MAX, INT64_MAX, 16'384, 300, 16}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::bitcoin
