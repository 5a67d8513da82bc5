#include "test/integration/transport_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using test::operator""s;

/// As an API server sends them, with text that is more than one byte a character.
const std::vector<std::string>& events() {
  static const std::vector<std::string> lines{
      R"({"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"5"}}})",
      R"({"type":"MODIFIED","object":{"metadata":{"name":"ä","resourceVersion":"61"}}})",
      R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"700"}}})"};
  return lines;
}

/// The whole stream, each line a chunk, and its end.
std::string chunked(std::string_view separator) {
  std::string bytes;
  for (const auto& line : events()) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", line.size() + separator.size());
    bytes += size + line;
    bytes += separator;
    bytes += "\r\n";
  }
  return bytes + "0\r\n\r\n";
}

class CutStream : public test::transport_fixture {
 protected:
  struct outcome_of_stream {
    std::vector<std::string> lines{};
    bool clean{false};
  };

  outcome_of_stream watch() {
    auto done = std::make_shared<std::promise<std::unique_ptr<watch_stream>>>();
    auto opened = done->get_future();
    transport_->open_watch(watch_request(kind::pod, {}, {"1", 200s, false}),
                           patience,
                           patience,
                           [done](result<response>, std::unique_ptr<watch_stream> stream) {
                             done->set_value(std::move(stream));
                           });
    outcome_of_stream out;
    const auto stream = opened.get();
    for (bool ended = stream == nullptr; !ended;) {
      auto read = std::make_shared<std::promise<stream_batch>>();
      auto arrived = read->get_future();
      stream->read([read](stream_batch batch) { read->set_value(std::move(batch)); });
      const auto batch = arrived.get();
      for (const auto& line : batch.lines) {
        out.lines.push_back(line.text);
      }
      ended = batch.ended;
      out.clean = batch.ended && !batch.error && !batch.truncated;
    }
    return out;
  }

  enum class end : std::uint8_t { fin, rst };

  void cut_everywhere(end how) {
    const auto stream = chunked("\n");
    scripted_server server{tls()};
    connect(server);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      server.next([&stream, cut, how](server_peer& peer) {
        static_cast<void>(peer.read_request());
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + stream.substr(0, cut));
        how == end::fin ? peer.close() : peer.reset();
      });
      const auto seen = watch();
      // Each line of ours ends within its chunk; "\r\n" of the chunks does not count.
      std::size_t whole = 0;
      std::size_t at = 0;
      for (const auto& line : events()) {
        at = stream.find(line, at) + line.size() + 1;
        whole += cut >= at ? 1 : 0;
      }
      const std::vector<std::string> expected(
          events().begin(), events().begin() + static_cast<std::ptrdiff_t>(whole));
      if (how == end::fin) {
        EXPECT_EQ(seen.lines, expected) << "cut at " << cut;
      } else {  // a reset may overtake what was sent; it must invent nothing
        ASSERT_LE(seen.lines.size(), expected.size()) << "cut at " << cut;
        EXPECT_TRUE(std::equal(seen.lines.begin(), seen.lines.end(), expected.begin()))
            << "cut at " << cut;
      }
      if (cut < stream.size()) {
        EXPECT_FALSE(seen.clean) << "cut at " << cut;
      }
    }
  }
};

TEST_F(CutStream, EveryByteOffsetGivesTheCompleteLinesAndNoCleanEnd) {
  cut_everywhere(end::fin);
}

TEST_F(CutStream, AResetAtEveryByteOffsetInventsNothing) {
  cut_everywhere(end::rst);
}

TEST_F(CutStream, EveryPairOfTlsRecordsGivesTheSameLines) {
  const auto stream = chunked("\n");
  scripted_server server{tls()};
  connect(server);
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    server.next([&stream, split](server_peer& peer) {
      static_cast<void>(peer.read_request());
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + stream.substr(0, split));
      peer.write(stream.substr(split));
      peer.wait_closed();
    });
    const auto seen = watch();
    EXPECT_EQ(seen.lines, events()) << "split at " << split;
    EXPECT_TRUE(seen.clean) << "split at " << split;
  }
}

TEST_F(CutStream, EveryByteOffsetOfAnAnswerIsAnErrorAndNeverHalfABody) {
  const std::string body = R"({"kind":"Pod","metadata":{"name":"x"}})";
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                             + std::to_string(body.size()) + "\r\n\r\n" + body;
  scripted_server server{tls()};
  connect(server);
  for (std::size_t cut = 0; cut < answer.size(); ++cut) {
    // A lost answer to a GET may be asked for again, so every connection does the same.
    server.always([&answer, cut](server_peer& peer) {
      static_cast<void>(peer.read_request());
      peer.write(answer.substr(0, cut));
      peer.close();
    });
    const auto got = call(a_get());
    ASSERT_FALSE(got) << "cut at " << cut;
    EXPECT_EQ(got.error().code(), 0) << "cut at " << cut;
    EXPECT_EQ(classify(got.error()), error_class::retryable) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace btc::k8s::io
