#include "k8s/watch_decoder.hpp"
#include "test/integration/transport_fixture.hpp"

#include <numeric>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using test::operator""ms;
using test::operator""s;

struct opening {
  result<response> head{api_error{}};
  std::unique_ptr<watch_stream> stream{};
};

class HttpWatch : public test::transport_fixture {
 protected:
  opening open(std::chrono::milliseconds open_deadline = patience,
               std::chrono::milliseconds life = patience) {
    auto done = std::make_shared<std::promise<opening>>();
    auto out = done->get_future();
    transport_->open_watch(watch_request(kind::pod, {}, {"1", 200s, false}),
                           open_deadline,
                           life,
                           [done](result<response> head, std::unique_ptr<watch_stream> stream) {
                             done->set_value({std::move(head), std::move(stream)});
                           });
    if (out.wait_for(2 * patience) != std::future_status::ready) {
      ADD_FAILURE() << "no head";
      return {};
    }
    return out.get();
  }
  static stream_batch read(watch_stream& stream) {
    auto done = std::make_shared<std::promise<stream_batch>>();
    auto out = done->get_future();
    stream.read([done](stream_batch batch) { done->set_value(std::move(batch)); });
    if (out.wait_for(2 * patience) != std::future_status::ready) {
      ADD_FAILURE() << "no batch";
      return {.ended = true};
    }
    return out.get();
  }
  /// Reads to the end; the lines, and the last batch.
  static std::pair<std::vector<std::string>, stream_batch> read_all(watch_stream& stream) {
    std::vector<std::string> lines;
    for (;;) {
      auto batch = read(stream);
      for (const auto& line : batch.lines) {
        lines.push_back(line.text);
      }
      if (batch.ended) {
        return {std::move(lines), std::move(batch)};
      }
    }
  }
  /// The same of a watch that is opened for it.
  std::pair<std::vector<std::string>, stream_batch> read_watch_of(const scripted_server& server) {
    connect(server);
    const auto opened = open();
    return read_all(*opened.stream);
  }
};

[[nodiscard]] server_peer& asked(server_peer& peer) {
  static_cast<void>(peer.read_request());
  return peer;
}

/// Ends a chunked body; the connection is the client's to close.
void end(server_peer& peer) {
  peer.chunk("");
  peer.wait_closed();
}

TEST_F(HttpWatch, GivesTheHeadFirstAndTheLinesAsTheyCome) {
  std::promise<void> go_on;
  scripted_server server{tls()};
  server.next([goes_on = go_on.get_future().share()](server_peer& peer) {
    asked(peer).begin_chunks();
    goes_on.wait();
    peer.chunk("one\n");
    peer.wait_closed();
  });
  connect(server);
  const auto opened = open();
  ASSERT_TRUE(opened.head);
  EXPECT_EQ(opened.head->status, 200);
  ASSERT_NE(opened.stream, nullptr);
  go_on.set_value();
  const auto batch = read(*opened.stream);
  ASSERT_THAT(batch.lines, SizeIs(1));
  EXPECT_EQ(batch.lines[0].text, "one");
  EXPECT_FALSE(batch.ended);
}

TEST_F(HttpWatch, GivesTheSameLinesForEveryChunkSizeAndReadSize) {
  const std::string stream = "{\"n\":1}\n{\"n\":22}\r\n\n{\"n\":333}\n";
  scripted_server server{tls()};
  for (const std::size_t read_bytes : {1UL, 7UL, 65'536UL}) {
    options_.limits.watch_read_bytes = read_bytes;
    connect(server);
    for (std::size_t size = 1; size <= stream.size(); ++size) {
      server.next([&stream, size](server_peer& peer) {
        asked(peer).begin_chunks();
        for (std::size_t at = 0; at < stream.size(); at += size) {
          peer.chunk(std::string_view{stream}.substr(at, size));
        }
        end(peer);
      });
      const auto opened = open();
      ASSERT_NE(opened.stream, nullptr);
      const auto [lines, last] = read_all(*opened.stream);
      EXPECT_THAT(lines, ElementsAre("{\"n\":1}", "{\"n\":22}", "{\"n\":333}"))
          << "chunks of " << size << ", reads of " << read_bytes;
      EXPECT_FALSE(last.error);
      EXPECT_FALSE(last.truncated);
    }
  }
}

TEST_F(HttpWatch, AnEndWithinALineIsTruncated) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).begin_chunks();
    peer.chunk("whole\nhal");
    end(peer);
  });
  const auto [lines, last] = read_watch_of(server);
  EXPECT_THAT(lines, ElementsAre("whole"));
  EXPECT_TRUE(last.truncated);
  EXPECT_FALSE(last.error);
}

TEST_F(HttpWatch, AnEmptyStreamEndsCleanly) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).answer(200, "");
    peer.wait_closed();
  });
  const auto [lines, last] = read_watch_of(server);
  EXPECT_THAT(lines, IsEmpty());
  EXPECT_FALSE(last.error);
}

TEST_F(HttpWatch, ABodyWithoutAnAnnouncedEndEndsWithItsConnection) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).write("HTTP/1.1 200 OK\r\n\r\none\ntwo\n");
    peer.close();
  });
  const auto [lines, last] = read_watch_of(server);
  EXPECT_THAT(lines, ElementsAre("one", "two"));
  EXPECT_FALSE(last.error) << last.error->message();
}

TEST_F(HttpWatch, AResetIsALostConnectionAfterTheLinesThatCame) {
  scripted_server server{tls()};
  std::promise<void> had_one;
  server.next([had = had_one.get_future().share()](server_peer& peer) {
    asked(peer).begin_chunks();
    peer.chunk("one\n");
    had.wait();
    peer.reset();
  });
  connect(server);
  const auto opened = open();
  EXPECT_THAT(read(*opened.stream).lines, SizeIs(1));
  had_one.set_value();
  const auto last = read(*opened.stream);
  EXPECT_TRUE(last.ended);
  ASSERT_TRUE(last.error);
  EXPECT_EQ(last.error->reason(), reason_connection_lost);
}

TEST_F(HttpWatch, AServerThatDiesWithinAChunkIsALostConnection) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).begin_chunks();
    peer.write("64\r\nless than a hundred bytes");
    peer.close();
  });
  const auto [lines, last] = read_watch_of(server);
  EXPECT_TRUE(last.error);
  EXPECT_TRUE(last.truncated);
}

TEST_F(HttpWatch, SkipsAnOversizedLineAndCountsIt) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).begin_chunks();
    peer.chunk("before\n");
    const std::string piece(std::size_t{1} << 20U, 'x');
    for (std::size_t sent = 0; sent <= watch_line_bytes_max; sent += piece.size()) {
      peer.chunk(piece);
    }
    peer.chunk("\nafter\n");
    end(peer);
  });
  connect(server);
  const auto opened = open();
  std::vector<std::string> lines;
  std::size_t oversized = 0;
  for (bool ended = false; !ended;) {
    const auto batch = read(*opened.stream);
    for (const auto& line : batch.lines) {
      lines.push_back(line.text);
    }
    oversized += batch.oversized_lines;
    ended = batch.ended;
  }
  EXPECT_THAT(lines, ElementsAre("before", "after"));
  EXPECT_EQ(oversized, 1U);
}

TEST_F(HttpWatch, ARefusalCarriesItsBodyAndNoStream) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).answer(410, R"({"kind":"Status","code":410})", "Retry-After: 3\r\n");
    peer.wait_closed();
  });
  connect(server);
  const auto opened = open();
  ASSERT_TRUE(opened.head);
  EXPECT_EQ(opened.head->status, 410);
  EXPECT_EQ(opened.head->body.text, R"({"kind":"Status","code":410})");
  EXPECT_EQ(opened.head->retry_after, 3s);
  EXPECT_EQ(opened.stream, nullptr);
}

TEST_F(HttpWatch, AHeadThatNeverComesIsGivenUpAtTheOpenDeadline) {
  scripted_server server{tls()};
  connect(server);
  const auto opened = open(200ms);
  ASSERT_FALSE(opened.head);
  EXPECT_EQ(opened.head.error().reason(), reason_timeout);
}

TEST_F(HttpWatch, AStreamEndsAtItsLifeDeadline) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).begin_chunks();
    peer.wait_closed();
  });
  connect(server);
  const auto opened = open(patience, 200ms);
  const auto batch = read(*opened.stream);
  EXPECT_TRUE(batch.ended);
  ASSERT_TRUE(batch.error);
  EXPECT_EQ(batch.error->reason(), reason_timeout);
}

TEST_F(HttpWatch, DroppingTheStreamClosesItsConnection) {
  std::promise<bool> closed;
  scripted_server server{tls()};
  server.next([&closed](server_peer& peer) {
    asked(peer).begin_chunks();
    closed.set_value(peer.wait_closed());
  });
  connect(server);
  auto opened = open();
  opened.stream->read([](stream_batch) { ADD_FAILURE() << "nobody listens any more"; });
  opened.stream.reset();
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(HttpWatch, HasAConnectionOfItsOwn) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) {
    while (const auto r = peer.read_request()) {
      if (r->line.find("watch=true") != std::string::npos) {
        peer.begin_chunks();
      } else {
        peer.answer(200, "ok");
      }
    }
  });
  options_.limits.connections_max = 1;
  connect(server);
  const auto first = open();
  const auto second = open();
  EXPECT_TRUE(first.head && second.head);
  EXPECT_EQ(outcome(), "200 ok");
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpWatch, ASlowReaderSlowsTheServerAndLosesNothing) {
  constexpr int count = 20'000;
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    asked(peer).begin_chunks();
    for (int i = 0; i < count; ++i) {
      peer.chunk(std::to_string(i) + std::string(100, ' ') + "\n");
    }
    end(peer);
  });
  const auto [lines, last] = read_watch_of(server);
  ASSERT_THAT(lines, SizeIs(count));
  EXPECT_THAT(lines.back(), StartsWith(std::to_string(count - 1)));
  EXPECT_FALSE(last.error);
}

}  // namespace
}  // namespace btc::k8s::io
