#include "actors/bitcoin/rpc.hpp"

#include "actors/bitcoin/bitcoin_conf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace btc::bitcoin {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using json = nlohmann::json;

TEST(RpcBatch, IsAJsonRpc2ArrayWithPositionsAsIds) {
  const auto body =
      json::parse(batch_body({{"uptime"}, add_node("a:1"), {"getblockhash", json::array({7})}}));
  EXPECT_EQ(body, json::parse(R"([
    {"jsonrpc": "2.0", "id": 0, "method": "uptime", "params": []},
    {"jsonrpc": "2.0", "id": 1, "method": "addnode", "params": ["a:1", "add"]},
    {"jsonrpc": "2.0", "id": 2, "method": "getblockhash", "params": [7]}])"));
}

TEST(RpcBatch, HasAtMostSoManyCalls) {
  const std::vector<rpc_call> calls(rpc_batch_calls_max + 5, rpc_call{"uptime"});
  EXPECT_THAT(json::parse(batch_body(calls)), SizeIs(rpc_batch_calls_max));
  EXPECT_EQ(batch_body({}), "[]");
}

TEST(RpcBatch, SurvivesAnAddressThatIsNoUtf8) {
  EXPECT_THAT(batch_body({add_node("\xff")}), HasSubstr("addnode"));
}

TEST(RpcCalls, AreThoseOfTheControllersWhitelist) {
  EXPECT_EQ(add_node("a:1").params, json::array({"a:1", "add"}));
  EXPECT_EQ(remove_node("a:1").params, json::array({"a:1", "remove"}));
  EXPECT_EQ(try_node("a:1").params, json::array({"a:1", "onetry"}));
  EXPECT_EQ(disconnect_node("a:1").params, json::array({"a:1"}));
  EXPECT_EQ(generate_block().params, json::array({1, "raw(51)#8lvh9jxk"}));
  EXPECT_EQ(block_header("00").params, json::array({"00"}));
  for (const auto& call : {add_node("a"),
                           remove_node("a"),
                           try_node("a"),
                           disconnect_node("a"),
                           generate_block(),
                           block_header("0")}) {
    EXPECT_TRUE(std::binary_search(
        controller_methods.begin(), controller_methods.end(), std::string_view{call.method}))
        << call.method;
  }
}

struct answer_case {
  const char* name;
  int http_status;
  const char* body;
  rpc_verdict verdict;
  const char* result;   ///< as JSON
  const char* message;  ///< part of it
};

class RpcAnswer : public testing::TestWithParam<answer_case> {};

TEST_P(RpcAnswer, ToALoneCallIsUnderstood) {
  const auto outcomes = parse_answer(GetParam().http_status, GetParam().body, 1);
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_EQ(outcomes[0].verdict, GetParam().verdict) << to_string(outcomes[0].verdict);
  EXPECT_EQ(outcomes[0].result, json::parse(GetParam().result));
  EXPECT_THAT(outcomes[0].message, HasSubstr(GetParam().message));
}

constexpr auto done = rpc_verdict::done;
constexpr auto already_so = rpc_verdict::already_so;
constexpr auto warming_up = rpc_verdict::warming_up;
constexpr auto refused = rpc_verdict::refused;
constexpr auto malformed = rpc_verdict::malformed;
constexpr auto unauthorized = rpc_verdict::unauthorized;
constexpr auto forbidden = rpc_verdict::forbidden;

// Bodies of the first table came from a bitcoind 29.4.
INSTANTIATE_TEST_SUITE_P(
    OfBitcoind,
    RpcAnswer,
    testing::Values(
        answer_case{"Batch2", 200, R"([{"jsonrpc":"2.0","result":5,"id":0}])", done, "5", ""},
        answer_case{"Batch1", 200, R"([{"result":5,"error":null,"id":0}])", done, "5", ""},
        answer_case{
            "NullResult", 200, R"([{"jsonrpc":"2.0","result":null,"id":0}])", done, "null", ""},
        answer_case{"Single2", 200, R"({"jsonrpc":"2.0","result":5,"id":0})", done, "5", ""},
        answer_case{"Single1", 200, R"({"result":5,"error":null,"id":0})", done, "5", ""},
        answer_case{
            "BatchError2",
            200,
            R"([{"jsonrpc":"2.0","error":{"code":-8,"message":"Block height out of range"},"id":0}])",
            refused,
            "null",
            "Block height out of range"},
        answer_case{"SingleError1",
                    500,
                    R"({"result":null,"error":{"code":-8,"message":"Block height"},"id":0})",
                    refused,
                    "null",
                    "Block height"},
        answer_case{
            "MethodNotFound1",
            404,
            R"({"result":null,"error":{"code":-32601,"message":"Method not found"},"id":0})",
            refused,
            "null",
            "Method not found"},
        answer_case{"ParseError",
                    500,
                    R"({"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null})",
                    refused,
                    "null",
                    "Parse error"},
        answer_case{
            "AlreadyAdded",
            200,
            R"([{"jsonrpc":"2.0","error":{"code":-23,"message":"Error: Node already added"},"id":0}])",
            already_so,
            "null",
            "already added"},
        answer_case{
            "NotAdded",
            200,
            R"([{"result":null,"error":{"code":-24,"message":"Error: Node could not be removed. It has not been added previously."},"id":0}])",
            already_so,
            "null",
            "not been added"},
        answer_case{
            "NotConnected",
            200,
            R"([{"jsonrpc":"2.0","error":{"code":-29,"message":"Node not found in connected nodes"},"id":0}])",
            already_so,
            "null",
            "not found"},
        answer_case{
            "WarmUp2",
            200,
            R"([{"jsonrpc":"2.0","error":{"code":-28,"message":"Loading block index…"},"id":0}])",
            warming_up,
            "null",
            "Loading block index"},
        answer_case{"WarmUp1",
                    500,
                    R"({"result":null,"error":{"code":-28,"message":"Verifying blocks…"},"id":0})",
                    warming_up,
                    "null",
                    "Verifying"},
        answer_case{"QueueFull", 503, "Work queue depth exceeded", warming_up, "null", "HTTP 503"},
        answer_case{"ShuttingDown", 503, "", warming_up, "null", "HTTP 503"},
        answer_case{"WrongPassword", 401, "", unauthorized, "null", "HTTP 401"},
        answer_case{"ForeignMethod", 403, "", forbidden, "null", "HTTP 403"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfStrangers,
    RpcAnswer,
    testing::Values(
        answer_case{"Empty", 200, "", malformed, "null", "HTTP 200 without"},
        answer_case{"NoHandler", 404, "", malformed, "null", "HTTP 404 without"},
        answer_case{"Page", 200, "<html></html>", malformed, "null", "HTTP 200 without"},
        answer_case{"PageOfAGateway", 502, "<html></html>", malformed, "null", "HTTP 502"},
        answer_case{"CutOff", 200, R"([{"jsonrpc":"2.0","resu)", malformed, "null", "without"},
        answer_case{"TextBehind", 200, R"([{"result":5,"id":0}] x)", malformed, "null", "without"},
        answer_case{"Number", 200, "5", malformed, "null", "without"},
        answer_case{"EmptyBatch", 200, "[]", malformed, "null", "no answer to this call"},
        answer_case{"EmptyObject", 200, "{}", malformed, "null", "without"},
        answer_case{"EntryIsNoObject", 200, "[7]", malformed, "null", "no answer"},
        answer_case{"EntryWithoutId", 200, R"([{"result":5}])", malformed, "null", "no answer"},
        answer_case{"IdOfAnother", 200, R"([{"result":5,"id":9}])", malformed, "null", "no answer"},
        answer_case{"IdAsText", 200, R"([{"result":5,"id":"0"}])", malformed, "null", "no answer"},
        answer_case{"IdNegative", 200, R"([{"result":5,"id":-1}])", malformed, "null", "no answer"},
        answer_case{
            "TwiceFirstCounts", 200, R"([{"result":5,"id":0},{"result":6,"id":0}])", done, "5", ""},
        answer_case{"NeitherResultNorError", 200, R"([{"id":0}])", malformed, "null", "neither"},
        answer_case{"ErrorIsText", 200, R"([{"error":"x","id":0}])", malformed, "null", "code"},
        answer_case{"CodeTooLarge",
                    200,
                    R"([{"error":{"code":99999999999},"id":0}])",
                    malformed,
                    "null",
                    "code"},
        answer_case{
            "ErrorWithoutMessage", 200, R"([{"error":{"code":-1},"id":0}])", refused, "null", ""},
        answer_case{"MessageWithControls",
                    200,
                    R"([{"error":{"code":-1,"message":"a\nb\u001bc"},"id":0}])",
                    refused,
                    "null",
                    "a?b?c"}),
    [](const auto& row) { return row.param.name; });

TEST(RpcAnswers, AreMatchedByIdWhateverTheirOrder) {
  const auto outcomes = parse_answer(
      200,
      R"([{"id":2,"result":"c"},{"id":0,"result":"a"},{"id":1,"error":{"code":-23,"message":"x"}}])",
      4);
  ASSERT_THAT(outcomes, SizeIs(4));
  EXPECT_EQ(outcomes[0].result, "a");
  EXPECT_EQ(outcomes[1].verdict, already_so);
  EXPECT_EQ(outcomes[2].result, "c");
  EXPECT_EQ(outcomes[3].verdict, malformed);
}

TEST(RpcAnswers, OneErrorForTheBatchIsThatOfEveryCall) {
  for (const auto& [status, body, verdict] :
       {std::tuple{401, "", unauthorized},
        std::tuple{503, "", warming_up},
        std::tuple{500, R"({"result":null,"error":{"code":-28},"id":null})", warming_up},
        std::tuple{200, R"({"result":5,"error":null,"id":0})", malformed}}) {
    const auto outcomes = parse_answer(status, body, 3);
    EXPECT_THAT(outcomes, SizeIs(3));
    EXPECT_THAT(outcomes, Each(Field(&rpc_outcome::verdict, verdict))) << status << ' ' << body;
  }
}

TEST(RpcAnswers, AreNotReadBeyondTheLimits) {
  const std::string large =
      "[{\"id\":0,\"result\":\"" + std::string(rpc_answer_bytes_max, 'x') + "\"}]";
  const auto outcomes = parse_answer(200, large, 2);
  EXPECT_THAT(outcomes, Each(Field(&rpc_outcome::verdict, malformed)));
  EXPECT_THAT(outcomes[0].message, HasSubstr("more than"));
}

std::string nested(std::size_t levels) {
  return R"([{"id":0,"result":)" + std::string(levels, '[') + std::string(levels, ']') + "}]";
}

TEST(RpcAnswers, MayNestAsDeepAsBitcoindEverDoes) {
  EXPECT_EQ(parse_answer(200, nested(14), 1)[0].verdict, done);
  EXPECT_EQ(parse_answer(200, R"([{"id":0,"result":"[[[[[[[[[[[[[[[[[[\"[[["}])", 1)[0].verdict,
            done);
}

TEST(RpcAnswers, NestedDeeperAreNotRead) {
  EXPECT_EQ(parse_answer(200, nested(15), 1)[0].verdict, malformed);
  EXPECT_EQ(parse_answer(200, nested(1'000'000), 1)[0].verdict, malformed);
  EXPECT_EQ(parse_answer(200, std::string(1'000'000, '['), 1)[0].verdict, malformed);
}

TEST(RpcAnswers, ShowOnlyAShortMessage) {
  const auto body =
      R"([{"id":0,"error":{"code":-1,"message":")" + std::string(5'000, 'x') + "\"}}]";
  EXPECT_LE(parse_answer(200, body, 1)[0].message.size(), 200U);
}

TEST(RpcAnswers, AsManyAsCallsHoweverManyCame) {
  EXPECT_THAT(parse_answer(200, R"([{"id":0,"result":1},{"id":1,"result":1}])", 0), SizeIs(0));
  EXPECT_THAT(parse_answer(200, R"([{"id":0,"result":1},{"id":1,"result":1}])", 1), SizeIs(1));
}

TEST(RpcVerdict, HasANameEach) {
  for (const auto v : {done, already_so, warming_up, unauthorized, forbidden, refused, malformed}) {
    EXPECT_NE(to_string(v), "unknown");
  }
}

}  // namespace
}  // namespace btc::bitcoin
