#include "actors/bitcoin/rpc_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace btc::bitcoin {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;

constexpr const char* genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

// Answers of a bitcoind 29.4, shortened by fields that nobody reads.
[[nodiscard]] json blockchain_answer() {
  return json::parse(R"({"chain":"regtest","blocks":3,"headers":4,"bestblockhash":
    "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206","bits":"207fffff",
    "difficulty":4.656542373906925e-10,"time":1296688602,"verificationprogress":1,
    "initialblockdownload":true,"size_on_disk":293,"pruned":false,"warnings":[]})");
}

[[nodiscard]] json network_answer() {
  return json::parse(R"({"version":290403,"subversion":"/Satoshi:29.4.3/Knots:20260508/",
    "localservicesnames":["NETWORK","P2P_V2"],"timeoffset":0,"networkactive":true,"connections":3,
    "connections_in":1,"connections_out":2,"networks":[{"name":"ipv4","limited":false}],
    "relayfee":0.00001000,"warnings":[]})");
}

[[nodiscard]] json peers_answer() {
  return json::parse(R"([{"id":0,"addr":"localhost:28544","addrbind":"127.0.0.1:40434","lastsend":0,
    "version":70016,"subver":"","inbound":false,"startingheight":-1,"connection_type":"manual"},
    {"id":7,"addr":"10.0.0.1:5555","version":0,"inbound":true,"connection_type":"inbound"}])");
}

TEST(RpcValues, BlockchainInfo) {
  const auto info = decode_blockchain_info(blockchain_answer());
  ASSERT_TRUE(info);
  EXPECT_EQ(*info, (blockchain_info{"regtest", 3, genesis}));
}

TEST(RpcValues, NetworkInfo) {
  const auto info = decode_network_info(network_answer());
  ASSERT_TRUE(info);
  EXPECT_EQ(*info, (network_info{3, 2}));
}

TEST(RpcValues, AddedNodes) {
  const auto nodes = decode_added_nodes(json::parse(
      R"([{"addednode":"a:1","connected":true,"addresses":[{"address":"127.0.0.1:1","connected":"outbound"}]},
          {"addednode":"b:1","connected":false,"addresses":[]}])"));
  ASSERT_TRUE(nodes);
  EXPECT_THAT(*nodes,
              ElementsAre(added_node{"a:1", true, "127.0.0.1:1"}, added_node{"b:1", false}));
  EXPECT_THAT(decode_added_nodes(json::array()).value(), ElementsAre());
}

TEST(RpcValues, Peers) {
  const auto peers = decode_peers(peers_answer());
  ASSERT_TRUE(peers);
  EXPECT_THAT(
      *peers,
      ElementsAre(peer_info{0, "localhost:28544", false}, peer_info{7, "10.0.0.1:5555", true}));
}

TEST(RpcValues, PeersWithoutTheFieldThatRelease31Dropped) {
  auto answer = peers_answer();
  answer[0].erase("startingheight");
  EXPECT_TRUE(decode_peers(answer));
}

/// Every field that a decoder reads, and whether the answer is nothing without it.
struct field_case {
  const char* name;
  json answer;
  std::string field;
  bool (*decodes)(const json&);
  bool required;
};

class RpcField : public testing::TestWithParam<field_case> {};

TEST_P(RpcField, ThatIsMissingOrOfAnotherTypeMakesAnAnswerOfNobodyWeKnow) {
  const auto& row = GetParam();
  ASSERT_TRUE(row.decodes(row.answer));
  for (const auto& value : {json{}, json{"text"}, json{-1}, json{1.5}, json::object()}) {
    auto answer = row.answer;
    auto& object = answer.is_array() ? answer[0] : answer;
    object[row.field] = value;
    EXPECT_EQ(row.decodes(answer), !row.required) << value;
    object.erase(row.field);
    EXPECT_EQ(row.decodes(answer), !row.required);
  }
}

[[nodiscard]] bool is_blockchain(const json& j) {
  return decode_blockchain_info(j).has_value();
}
[[nodiscard]] bool is_network(const json& j) {
  return decode_network_info(j).has_value();
}
[[nodiscard]] bool are_added(const json& j) {
  return decode_added_nodes(j).has_value();
}
[[nodiscard]] bool are_peers(const json& j) {
  return decode_peers(j).has_value();
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    RpcField,
    testing::Values(
        field_case{"blocks", blockchain_answer(), "blocks", is_blockchain, true},
        field_case{"bestblockhash", blockchain_answer(), "bestblockhash", is_blockchain, true},
        field_case{"ibd", blockchain_answer(), "initialblockdownload", is_blockchain, false},
        field_case{"difficulty", blockchain_answer(), "difficulty", is_blockchain, false},
        field_case{"connections", network_answer(), "connections", is_network, true},
        field_case{"out", network_answer(), "connections_out", is_network, true},
        field_case{"networkactive", network_answer(), "networkactive", is_network, false},
        field_case{"subversion", network_answer(), "subversion", is_network, false},
        field_case{"connected",
                   json::array({{{"addednode", "a"}, {"connected", true}}}),
                   "connected",
                   are_added,
                   true},
        field_case{"id", peers_answer(), "id", are_peers, true},
        field_case{"inbound", peers_answer(), "inbound", are_peers, true},
        field_case{"addr", peers_answer(), "addr", are_peers, false}),
    [](const auto& row) { return row.param.name; });

TEST(RpcValues, AChainIsRequired) {
  auto answer = blockchain_answer();
  answer.erase("chain");
  EXPECT_FALSE(decode_blockchain_info(answer));
}

TEST(RpcValues, HashesHave64LowerCaseDigits) {
  for (const auto& value :
       {json{""}, json{std::string(63, 'a')}, json{std::string(64, 'G')}, json{5}, json{}}) {
    auto answer = blockchain_answer();
    answer["bestblockhash"] = value;
    EXPECT_FALSE(decode_blockchain_info(answer)) << value;
  }
}

TEST(RpcValues, ABlockAndTheOneBeforeItWhichTheFirstHasNot) {
  const std::string second(64, '2');
  EXPECT_EQ(decode_parent(json{{"hash", second}, {"height", 1}, {"previousblockhash", genesis}}),
            (block_parent{second, genesis}));
  EXPECT_EQ(decode_parent(json{{"hash", genesis}, {"height", 0}}), std::nullopt);
  EXPECT_EQ(decode_parent(json{{"hash", second}, {"previousblockhash", "x"}}), std::nullopt);
  EXPECT_EQ(decode_parent(json{{"previousblockhash", genesis}}), std::nullopt);
  EXPECT_EQ(decode_parent(json{}), std::nullopt);
}

TEST(RpcValues, OfAnotherShapeAreNothing) {
  for (const auto& value : {json{}, json{5}, json{"x"}, json::array({5}), json{{"a", 1}}}) {
    EXPECT_FALSE(decode_blockchain_info(value)) << value;
    EXPECT_FALSE(decode_network_info(value)) << value;
    EXPECT_FALSE(decode_added_nodes(value)) << value;
    EXPECT_FALSE(decode_peers(value)) << value;
  }
}

}  // namespace
}  // namespace btc::bitcoin
