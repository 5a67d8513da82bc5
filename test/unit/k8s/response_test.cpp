#include "k8s/decode.hpp"
#include "k8s/transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using std::chrono_literals::operator""s;
using testing::Each;
using testing::SizeIs;

/// What a caller makes of an answer with this status and text.
[[nodiscard]] result<payload> answered(int status,
                                       std::string text,
                                       std::optional<std::chrono::seconds> retry_after = {}) {
  return expect_success(response{status, retry_after, {std::move(text), nullptr}});
}

constexpr auto a_status = R"({"kind": "Status", "reason": "Invalid", "message": "no", "code": 422,
  "details": {"retryAfterSeconds": 7, "causes": [
    {"reason": "FieldValueInvalid", "field": "spec.nodes", "message": "too many"}, 5]}})";

TEST(ExpectSuccess, GivesTheBodyOfEveryTwoHundred) {
  for (const int status : {200, 201, 202, 299}) {
    const auto body = answered(status, "{\"a\":1}");
    ASSERT_TRUE(body) << status;
    EXPECT_EQ(body->text, "{\"a\":1}");
  }
}

TEST(ExpectSuccess, PassesAnErrorOfTheTransportOn) {
  const auto body = expect_success(api_error{0, "Unreachable", "nobody there"});
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().to_string(), "Unreachable: nobody there");
}

TEST(ExpectSuccess, DecodesAStatus) {
  const auto body = answered(400, a_status);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().to_string(), "422 Invalid: no");  // the Status knows better than HTTP
  EXPECT_EQ(body.error().retry_after(), 7s);
  ASSERT_THAT(body.error().causes(), SizeIs(2));
  EXPECT_EQ(body.error().causes()[0].field, "spec.nodes");
  EXPECT_EQ(body.error().causes()[1].field, "");  // an odd cause is an empty one
}

TEST(ExpectSuccess, DecodesAStatusThatIsNoText) {
  response r{409, {}, {{}, std::make_shared<const json>(json{{"kind", "Status"}})}};
  EXPECT_EQ(expect_success(std::move(r)).error().to_string(), "409 Unknown");
}

TEST(ExpectSuccess, TheHeaderSaysWhenToRetryWhereTheStatusDoesNot) {
  EXPECT_EQ(answered(429, R"({"kind": "Status", "code": 429})", 3s).error().retry_after(), 3s);
  EXPECT_EQ(answered(422, a_status, 3s).error().retry_after(), 7s);
}

TEST(ExpectSuccess, WaitsNoLongerThanTheLimitWhateverTheServerAsksFor) {
  const auto asked = [](const std::string& seconds) {
    return answered(503,
                    R"({"kind": "Status", "code": 503, "details": {"retryAfterSeconds": )" + seconds
                        + "}}")
        .error()
        .retry_after();
  };
  EXPECT_EQ(asked("300"), 300s);
  EXPECT_EQ(asked("301"), retry_after_max);
  EXPECT_EQ(asked("9223372036854775807"), retry_after_max);
  EXPECT_EQ(asked("-9223372036854775808"), 0s);
  EXPECT_EQ(answered(503, "", 86'400s).error().retry_after(), retry_after_max);
}

TEST(ExpectSuccess, ShowsTheBeginningOfAForeignBody) {
  const auto error = answered(502, "<html>\n" + std::string(1'000, 'x'), 5s).error();
  EXPECT_EQ(error.code(), 502);
  EXPECT_EQ(error.reason(), "");
  EXPECT_THAT(error.message(), SizeIs(200));
  EXPECT_THAT(error.message(), Each(testing::Ge(' ')));
  EXPECT_EQ(error.retry_after(), 5s);
}

class ForeignBody : public testing::TestWithParam<const char*> {};

TEST_P(ForeignBody, KeepsTheStatusOfHttpAndProvesNothing) {
  const auto error = answered(404, GetParam()).error();
  EXPECT_EQ(error.code(), 404);
  EXPECT_EQ(classify(error), error_class::retryable);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         ForeignBody,
                         testing::Values("404 page not found",
                                         "{",
                                         "[]",
                                         "{}",
                                         R"({"kind": "Pod", "reason": "NotFound"})"));

TEST(ExpectSuccess, SaysThatThereWasNoBody) {
  EXPECT_EQ(answered(500, "").error().to_string(), "500 Unknown: no body");
}

TEST(DecodeStatus, TakesTheHttpCodeWhereItNamesNoneThatHttpHas) {
  EXPECT_EQ(decode_status(json::object(), 410).code(), 410);
  for (const json& code : {json("x"), json(99), json(600), json(4'294'967'296 + 404), json(-1)}) {
    EXPECT_EQ(decode_status({{"code", code}}, 410).code(), 410) << code;
  }
}

}  // namespace
}  // namespace btc::k8s
