#include "test/integration/transport_fixture.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using test::operator""ms;
using test::operator""s;

/// What a status means with a Status body of the API machinery, and with any other body.
struct status_row {
  int status;
  const char* reason;
  error_class told;
  error_class bare;
};

constexpr status_row statuses[] = {
    {301, "", error_class::retryable, error_class::retryable},
    {304, "", error_class::retryable, error_class::retryable},
    {400, "BadRequest", error_class::terminal, error_class::terminal},
    {401, "Unauthorized", error_class::retryable, error_class::retryable},
    {403, "Forbidden", error_class::terminal, error_class::terminal},
    {404, "NotFound", error_class::not_found, error_class::retryable},
    {405, "MethodNotAllowed", error_class::terminal, error_class::terminal},
    {406, "NotAcceptable", error_class::terminal, error_class::terminal},
    {408, "Timeout", error_class::retryable, error_class::retryable},
    {409, "Conflict", error_class::conflict, error_class::conflict},
    {409, "AlreadyExists", error_class::already_exists, error_class::conflict},
    {410, "Expired", error_class::gone, error_class::gone},
    {413, "RequestEntityTooLarge", error_class::terminal, error_class::terminal},
    {415, "UnsupportedMediaType", error_class::terminal, error_class::terminal},
    {422, "Invalid", error_class::terminal, error_class::terminal},
    {429, "TooManyRequests", error_class::retryable, error_class::retryable},
    {500, "InternalError", error_class::retryable, error_class::retryable},
    {502, "", error_class::retryable, error_class::retryable},
    {503, "ServiceUnavailable", error_class::retryable, error_class::retryable},
    {504, "Timeout", error_class::retryable, error_class::retryable},
    {520, "", error_class::retryable, error_class::retryable},
};

/// What may stand where a Status belongs: nothing, a proxy's page, half of something.
const std::vector<std::string>& foreign_bodies() {
  static const std::vector<std::string> bodies{
      "",
      "Too many requests, please try again later.\n",
      "<html><body><h1>502 Bad Gateway</h1></body></html>",
      R"({"kind":"Pod","metadata":{"name":"x"}})",
      "[]",
      "null",
      "5",
      R"({"kind":"Sta)",
      std::string{"\0\xff\xfe{", 4},
      std::string(300'000, 'x'),
      std::string(5'000, '['),
  };
  return bodies;
}

[[nodiscard]] std::string status_body(const status_row& row) {
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"m",)"
         R"("reason":")"
         + std::string{row.reason} + R"(","code":)" + std::to_string(row.status) + "}";
}

[[nodiscard]] std::string as_chunks(std::string_view body, std::size_t size) {
  std::string bytes;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const auto piece = body.substr(at, size);
    char length[20];
    std::snprintf(length, sizeof length, "%zX", piece.size());
    bytes += std::string{length} + ";extension=\"1\"\r\n" + std::string{piece} + "\r\n";
  }
  return bytes + "0\r\nX-Trailer: 1\r\n\r\n";
}

/// A server that gives one prepared answer after the other on kept connections.
class Answers : public test::transport_fixture {
 protected:
  Answers() {
    server_.always([this](server_peer& peer) {
      while (peer.read_request()) {
        peer.write(bytes_);
        if (close_) {
          peer.close();
          return;
        }
      }
    });
    connect(server_);
  }

  /// The transport's view of an answer of exactly these bytes.
  [[nodiscard]] reply to_bytes(std::string bytes, bool then_close = false) {
    bytes_ = std::move(bytes);
    close_ = then_close;
    return call(a_get());
  }
  [[nodiscard]] reply answer(int status, std::string_view body, std::string_view headers = {}) {
    return to_bytes("HTTP/1.1 " + std::to_string(status) + " Any\r\n" + std::string{headers}
                    + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
                    + std::string{body});
  }

 private:
  // Written while no request is under way.
  std::string bytes_{};
  bool close_{false};

 protected:
  scripted_server server_{tls()};
};

TEST_F(Answers, EveryStatusWithAStatusBodyIsItsClass) {
  for (const auto& row : statuses) {
    if (row.status == 304) {
      continue;  // has no body by definition
    }
    const auto got = expect_success(answer(row.status, status_body(row)));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), row.status) << got.error().to_string();
    EXPECT_EQ(got.error().reason(), row.reason);
    EXPECT_EQ(classify(got.error()), row.told) << got.error().to_string();
  }
  EXPECT_EQ(server_.connections(), 1) << "an error is no reason to give up a connection";
}

TEST_F(Answers, EveryStatusWithEveryOtherBodyIsItsClass) {
  for (const auto& row : statuses) {
    for (const auto& body : foreign_bodies()) {
      if (row.status == 304 && !body.empty()) {
        continue;
      }
      const auto got = expect_success(answer(row.status, body));
      ASSERT_FALSE(got);
      EXPECT_EQ(got.error().code(), row.status) << got.error().to_string();
      EXPECT_EQ(classify(got.error()), row.bare) << got.error().to_string();
      EXPECT_LE(got.error().message().size(), 300U);
    }
  }
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(Answers, EverySuccessGivesItsBodyWhateverItIs) {
  for (const int status : {200, 201, 202, 206}) {
    for (const auto& body : foreign_bodies()) {
      const auto got = expect_success(answer(status, body));
      ASSERT_TRUE(got) << got.error().to_string();
      EXPECT_EQ(got->text, body);
    }
  }
  const auto none = expect_success(to_bytes("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_TRUE(none && none->text.empty());
}

TEST_F(Answers, RetryAfterIsReadWhereItIsSecondsAndNeverMoreThanTheLimit) {
  struct row {
    const char* header;
    std::optional<std::chrono::seconds> wait;
  };
  const row rows[] = {{"0", 0s},
                      {"1", 1s},
                      {"120", 120s},
                      {"-1", std::nullopt},
                      {"1.5", std::nullopt},
                      {"", std::nullopt},
                      {"soon", std::nullopt},
                      {"Wed, 21 Oct 2026 07:28:00 GMT", std::nullopt},
                      {"86400", retry_after_max},
                      {"9223372036854775807", retry_after_max},
                      {"99999999999999999999", std::nullopt}};
  for (const auto& r : rows) {
    const auto got =
        expect_success(answer(429, "slow down", "Retry-After: " + std::string{r.header} + "\r\n"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().retry_after(), r.wait) << r.header;
  }
}

TEST_F(Answers, EveryLegalFramingGivesTheSameBody) {
  const std::string body = R"({"kind":"Pod","metadata":{"name":"ä"}})";
  for (std::size_t size = 1; size <= body.size(); ++size) {
    const auto got =
        to_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + as_chunks(body, size));
    ASSERT_TRUE(got) << size << ": " << got.error().to_string();
    EXPECT_EQ(got->body.text, body) << size;
  }
  const auto length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& head :
       {"HTTP/1.1 200 \r\n" + length,                      // no reason phrase
        "HTTP/1.1 200 OK\r\nA:1\r\nB:\t 2 \r\n" + length,  // odd spaces
        "HTTP/1.1 200 OK\r\ncontent-LENGTH:  " + std::to_string(body.size()) + "\r\n"}) {
    const auto got = to_bytes(head + "\r\n" + body);
    ASSERT_TRUE(got) << head << got.error().to_string();
    EXPECT_EQ(got->body.text, body) << head;
  }
  for (const char* head : {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
    const auto got = to_bytes(head + body, true);
    ASSERT_TRUE(got) << head << got.error().to_string();
    EXPECT_EQ(got->body.text, body) << head;
  }
}

TEST_F(Answers, AnInterimAnswerIsNotTheAnswer) {
  for (const char* interim : {"HTTP/1.1 100 Continue\r\n\r\n",
                              "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
                              "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"}) {
    const auto got =
        to_bytes(std::string{interim} + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_TRUE(got) << interim << got.error().to_string();
    EXPECT_EQ(got->status, 200) << interim;
    EXPECT_EQ(got->body.text, "ok") << interim;
  }
}

TEST_F(Answers, AServerThatNeverEndsItsInterimAnswersIsGivenUp) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    bytes += "HTTP/1.1 102 Processing\r\n\r\n";
  }
  const auto got = to_bytes(bytes);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().reason(), reason_connection_lost);
}

TEST_F(Answers, WhatIsNoHttpIsALostConnectionAtOnce) {
  const std::string bad[] = {
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokNO\r\n",
      std::string{"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", 26},
  };
  for (const auto& bytes : bad) {
    const auto got = to_bytes(bytes);
    ASSERT_FALSE(got) << bytes;
    EXPECT_EQ(got.error().code(), 0) << bytes;
    EXPECT_EQ(got.error().reason(), reason_connection_lost) << bytes << got.error().to_string();
  }
  // Nothing of it is taken for the beginning of the next answer.
  EXPECT_EQ(answer(200, "ok").value().body.text, "ok");
}

TEST_F(Answers, BytesAfterAnAnswerAreNotTheNextAnswer) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const std::string stray = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(to_bytes(ok + stray).value().body.text, "ok");
  EXPECT_EQ(to_bytes(ok).value().status, 200);
}

}  // namespace
}  // namespace btc::k8s::io
