#include "test/integration/transport_fixture.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <condition_variable>
#include <set>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using test::operator""ms;
using test::operator""s;

class HttpTransport : public test::transport_fixture {};

[[nodiscard]] request a_post() {
  return create_request(kind::service,
                        std::make_shared<const nlohmann::json>(
                            nlohmann::json{{"metadata", {{"name", "x"}, {"namespace", "ns"}}}}));
}

TEST_F(HttpTransport, SendsTheRequestAsItIs) {
  std::promise<test::received_request> received;
  scripted_server server{tls()};
  server.next([&received](server_peer& peer) {
    received.set_value(*peer.read_request());
    peer.answer(201, "made", "Retry-After: 7\r\n");
    peer.wait_closed();
  });
  auto cluster = cluster_of(server);
  cluster.path_prefix = "/prefix";
  cluster.extra_headers = {{"Impersonate-User", "jane"}, {"Impersonate-Group", "a"}};
  options_.user_agent = "agent/1";
  connect(cluster);

  const auto answer = call(a_post());

  const auto got = received.get_future().get();
  EXPECT_EQ(got.line,
            "POST /prefix/api/v1/namespaces/ns/services?fieldManager=bitcoin-controller"
            "&fieldValidation=Strict HTTP/1.1");
  EXPECT_EQ(got.header("host"), "localhost:" + std::to_string(server.port()));
  EXPECT_EQ(got.header("user-agent"), "agent/1");
  EXPECT_EQ(got.header("accept"), "application/json");
  EXPECT_EQ(got.header("content-type"), "application/json");
  EXPECT_EQ(got.header("impersonate-user"), "jane");
  EXPECT_EQ(got.header("authorization"), "");
  EXPECT_EQ(got.body, R"({"metadata":{"name":"x","namespace":"ns"}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body.text, "made");
  EXPECT_EQ(answer->retry_after, 7s);
}

TEST_F(HttpTransport, KeepsOneConnectionForCallsOneAfterTheOther) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) { peer.serve("ok"); });
  connect(server);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(outcome(), "200 ok");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTransport, SpeaksPlainHttpWhereTheClusterHasNoTls) {
  scripted_server server;
  server.always([](server_peer& peer) { peer.serve("ok"); });
  auto cluster = cluster_of(server);
  cluster.tls = false;
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(HttpTransport, HasNoMoreConnectionsThanAllowed) {
  std::mutex mutex;
  std::condition_variable both;
  int busy = 0;
  scripted_server server{tls()};
  server.always([&](server_peer& peer) {
    {  // nobody is answered until two are busy at once, so one connection would not do
      std::unique_lock lock{mutex};
      ++busy;
      both.notify_all();
      both.wait_for(lock, patience, [&] { return busy >= 2; });
    }
    peer.serve("ok");
  });
  options_.limits.connections_max = 2;
  connect(server);

  std::vector<std::future<reply>> calls;
  for (int i = 0; i < 30; ++i) {
    calls.push_back(send(a_get()));
  }
  for (auto& call : calls) {
    EXPECT_TRUE(get(std::move(call)));
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTransport, WaitingForAConnectionCountsIntoTheDeadline) {
  scripted_server server{tls()};  // says nothing
  options_.limits.connections_max = 1;
  connect(server);
  auto holder = send(a_get(), 20s);
  EXPECT_THAT(outcome(a_get(), 200ms), HasSubstr("no connection became free in time"));
}

TEST_F(HttpTransport, ASilentServerIsGivenUpAtTheDeadline) {
  scripted_server server{tls()};
  connect(server);
  const auto begin = std::chrono::steady_clock::now();
  const auto a = call(a_get(), 200ms);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().reason(), reason_timeout);
}

TEST_F(HttpTransport, AHandshakeThatNeverEndsIsGivenUpAtTheDeadline) {
  scripted_server server;  // accepts, and speaks no TLS
  connect(server);
  EXPECT_THAT(outcome(a_get(), 200ms), StartsWith("RequestTimeout: TLS handshake"));
}

TEST_F(HttpTransport, AHalfOpenAnswerIsGivenUpAtTheDeadline) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
    peer.wait_closed();
  });
  connect(server);
  EXPECT_THAT(outcome(a_get(), 300ms), StartsWith("RequestTimeout"));
}

TEST_F(HttpTransport, AnAnswerByteForByteIsReadToItsEnd) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    for (const char c : std::string{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow"}) {
      peer.write({&c, 1});
    }
    peer.wait_closed();
  });
  connect(server);
  EXPECT_EQ(outcome(), "200 slow");
}

TEST_F(HttpTransport, ReadsAnAnswerInChunks) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.begin_chunks();
    peer.chunk("in ");
    peer.chunk("pieces");
    peer.chunk("");
    peer.wait_closed();
  });
  connect(server);
  EXPECT_EQ(outcome(), "200 in pieces");
}

TEST_F(HttpTransport, AResetInTheMiddleOfAnAnswerIsALostConnection) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
    peer.reset();
  });
  connect(server);
  EXPECT_THAT(outcome(), StartsWith("ConnectionLost: answer:"));
  EXPECT_EQ(server.connections(), 1);  // its outcome is unknown: not repeated
}

TEST_F(HttpTransport, AnAnswerThatIsNoHttpIsALostConnection) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.write("SSH-2.0-hello\r\n\r\n");
    peer.wait_closed();
  });
  connect(server);
  EXPECT_THAT(outcome(), StartsWith("ConnectionLost: answer:"));
}

TEST_F(HttpTransport, ABodyOverTheLimitIsRefusedAndItsConnectionNotKept) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) { peer.serve(std::string(1'001, 'x')); });
  server.next([](server_peer& peer) { peer.serve(std::string(1'000, 'x')); });
  options_.limits.body_bytes_max = 1'000;
  connect(server);
  EXPECT_THAT(outcome(), StartsWith("AnswerTooLarge"));
  EXPECT_EQ(outcome(), "200 " + std::string(1'000, 'x'));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTransport, AHeaderOverTheLimitIsRefused) {
  scripted_server server{tls()};
  server.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.answer(200, "", "X: " + std::string(70'000, 'x') + "\r\n");
    peer.wait_closed();
  });
  connect(server);
  EXPECT_THAT(outcome(), StartsWith("ConnectionLost: answer:"));
}

TEST_F(HttpTransport, AnswersThatAskToCloseAreObeyed) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.answer(200, "once", "Connection: close\r\n");
    peer.wait_closed();
  });
  connect(server);
  EXPECT_EQ(outcome(), "200 once");
  EXPECT_EQ(outcome(), "200 once");
  EXPECT_EQ(server.connections(), 2);
}

/// Answers one request; when the client has had the answer, the connection is closed.
void answer_and_close(server_peer& peer, std::promise<void>& closed) {
  static_cast<void>(peer.read_request());
  peer.answer(200, "first");
  peer.close();
  closed.set_value();
}

TEST_F(HttpTransport, AKeptConnectionThatTheServerClosedIsReplaced) {
  std::promise<void> closed;
  scripted_server server{tls()};
  server.next([&closed](server_peer& peer) { answer_and_close(peer, closed); });
  server.always([](server_peer& peer) { peer.serve("second"); });
  connect(server);
  ASSERT_EQ(outcome(), "200 first");
  closed.get_future().wait();
  EXPECT_EQ(outcome(a_post()), "200 second");  // a write too: it was never sent on the old one
}

/// The first answer, then the connection is lost under the second request.
void answer_and_lose(server_peer& peer) {
  static_cast<void>(peer.read_request());
  peer.answer(200, "first");
  static_cast<void>(peer.read_request());
  peer.reset();
}

TEST_F(HttpTransport, AReadThatMeetsAClosingConnectionIsRepeated) {
  scripted_server server{tls()};
  server.next(answer_and_lose);
  server.always([](server_peer& peer) { peer.serve("second"); });
  connect(server);
  ASSERT_EQ(outcome(), "200 first");
  EXPECT_EQ(outcome(), "200 second");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTransport, AWriteThatMeetsAClosingConnectionIsNotRepeated) {
  scripted_server server{tls()};
  server.next(answer_and_lose);
  server.always([](server_peer& peer) { peer.serve("second"); });
  connect(server);
  ASSERT_EQ(outcome(), "200 first");
  EXPECT_THAT(outcome(a_post()), StartsWith("ConnectionLost"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTransport, AConnectionThatWasIdleTooLongIsNotUsedAgain) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) { peer.serve("ok"); });
  options_.limits.idle_max = 0s;
  connect(server);
  EXPECT_EQ(outcome(), "200 ok");
  EXPECT_EQ(outcome(), "200 ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTransport, NamesTheAddressWhereNobodyListens) {
  std::string port;
  {
    const scripted_server gone;
    port = std::to_string(gone.port());
  }
  cluster_config cluster;
  cluster.tls = false;
  cluster.server = {"127.0.0.1", port};
  connect(cluster);
  EXPECT_EQ(outcome(), "Unreachable: cannot connect to 127.0.0.1:" + port + ": Connection refused");
}

TEST_F(HttpTransport, NamesTheHostThatCannotBeResolved) {
  cluster_config cluster;
  cluster.tls = false;
  cluster.server = {"no-such-host.invalid", "6443"};
  connect(cluster);
  EXPECT_THAT(outcome(), StartsWith("Unreachable: cannot resolve no-such-host.invalid:6443: "));
}

TEST_F(HttpTransport, TellsTheObserverWhatBecameOfEachRequest) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.answer(409, "{}");
    static_cast<void>(peer.read_request());
    peer.reset();
  });
  std::vector<std::pair<method, int>> seen;  // on the I/O thread, before the answer
  options_.observe = [&](const request_outcome& o) { seen.emplace_back(o.method, o.status); };
  connect(server);
  EXPECT_EQ(outcome(a_post()), "409 {}");
  EXPECT_THAT(outcome(a_post()), StartsWith("ConnectionLost"));
  EXPECT_THAT(seen, ElementsAre(std::pair{method::post, 409}, std::pair{method::post, 0}));
}

TEST_F(HttpTransport, ManyCallsAtOnceAllGetTheirOwnAnswer) {
  scripted_server server{tls()};
  server.always([](server_peer& peer) {
    while (const auto r = peer.read_request()) {
      peer.answer(200, r->line);
    }
  });
  options_.limits.connections_max = 8;
  connect(server);
  std::vector<std::future<reply>> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back(send(get_request(kind::pod, {"ns", "p" + std::to_string(i)})));
  }
  for (int i = 0; i < 200; ++i) {
    const auto a = get(std::move(calls[static_cast<std::size_t>(i)]));
    ASSERT_TRUE(a);
    EXPECT_EQ(a->body.text, "GET /api/v1/namespaces/ns/pods/p" + std::to_string(i) + " HTTP/1.1");
  }
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace btc::k8s::io
