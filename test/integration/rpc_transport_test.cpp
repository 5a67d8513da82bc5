#include "actors/bitcoin/io/http_rpc_transport.hpp"
#include "test/support/scripted_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace btc::bitcoin::io {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::node_connection;
using test::scripted_node;
using testing::HasSubstr;
using testing::Not;
using answer = k8s::result<rpc_response>;

constexpr const char* secret = "Basic c2VjcmV0LW1hcmtlcg==";
/// Far above what anything takes, so that a loaded machine fails no test.
constexpr milliseconds ample = 20s;

class RpcTransport : public testing::Test {
 protected:
  void serve(std::vector<scripted_node::script> scripts) {
    server_ = std::make_unique<scripted_node>(std::move(scripts));
  }
  [[nodiscard]] std::future<answer> post(std::uint16_t port,
                                         milliseconds deadline = ample,
                                         bool idempotent = true,
                                         std::string host = "127.0.0.1") {
    if (transport_ == nullptr) {
      transport_ = std::make_unique<http_rpc_transport>(thread_, limits_);
    }
    auto promise = std::make_shared<std::promise<answer>>();
    auto future = promise->get_future();
    transport_->post({std::move(host), port, secret_text{std::string{secret}}, "[1]", idempotent},
                     deadline,
                     [promise](answer a) { promise->set_value(std::move(a)); });
    return future;
  }
  /// The answer, or a failure of the test.
  [[nodiscard]] static answer get(std::future<answer> future) {
    if (future.wait_for(2 * ample) != std::future_status::ready) {
      ADD_FAILURE() << "no answer at all";
      return k8s::api_error{};
    }
    return future.get();
  }
  [[nodiscard]] answer call(milliseconds deadline = ample, bool idempotent = true) {
    return get(post(server_->port(), deadline, idempotent));
  }
  static void expect_error(const answer& a, std::string_view reason) {
    ASSERT_FALSE(a) << a->status << ' ' << a->body;
    EXPECT_EQ(a.error().code(), 0);
    EXPECT_EQ(a.error().reason(), reason) << a.error().message();
    EXPECT_THAT(a.error().message(), Not(HasSubstr("c2VjcmV0")));
  }
  static void expect_body(const answer& a, const std::string& body) {
    ASSERT_TRUE(a) << a.error().to_string();
    EXPECT_EQ(a->body, body);
  }

  rpc_transport_limits limits_{};
  std::unique_ptr<scripted_node> server_{};
  k8s::io::io_thread thread_{};
  std::unique_ptr<http_rpc_transport> transport_{};

  ~RpcTransport() override {
    thread_.stop();
    transport_.reset();  // its connections close, which the scripts of the server wait for
    server_.reset();
  }
};

TEST_F(RpcTransport, PostsOneRequestWithItsAuthorization) {
  node_connection::request seen;
  serve({[&seen](auto& c) {
    seen = c.read();
    c.answer(200, "[2]");
  }});

  const auto a = call();

  expect_body(a, "[2]");
  EXPECT_EQ(a->status, 200);
  EXPECT_EQ(seen.method(), boost::beast::http::verb::post);
  EXPECT_EQ(seen.target(), "/");
  EXPECT_EQ(seen.version(), 11U);
  EXPECT_EQ(seen["Authorization"], secret);
  EXPECT_EQ(seen["Host"], "127.0.0.1:" + std::to_string(server_->port()));
  EXPECT_EQ(seen["Content-Type"], "application/json");
  EXPECT_EQ(seen.body(), "[1]");
}

TEST_F(RpcTransport, GivesEveryStatusAsItIs) {
  serve({[](auto& c) {
    for (const int status : {401, 403, 404, 500, 503}) {
      c.read();
      c.answer(status, "why");
    }
  }});

  for (const int status : {401, 403, 404, 500, 503}) {
    const auto a = call();
    expect_body(a, "why");
    EXPECT_EQ(a->status, status);
  }
}

TEST_F(RpcTransport, KeepsTheConnectionForTheNextCall) {
  serve({[](auto& c) {
    c.read();
    c.answer(200, "one");
    c.read();
    c.answer(200, "two");
  }});

  expect_body(call(), "one");
  expect_body(call(), "two");
  EXPECT_EQ(server_->accepted(), 1U);
}

TEST_F(RpcTransport, OpensAnotherConnectionWhenTheNodeClosesAfterItsAnswer) {
  const auto once = [](auto& c) {
    c.read();
    c.answer(200, "bye", "Connection: close\r\n");
  };
  serve({once, once});

  expect_body(call(ample, false), "bye");
  expect_body(call(ample, false), "bye");
  EXPECT_EQ(server_->accepted(), 2U);
}

TEST_F(RpcTransport, NoticesThatAKeptConnectionWasClosedMeanwhile) {
  auto closed = std::make_shared<std::promise<void>>();
  serve({[](auto& c) {
           c.read();
           c.answer(200, "one");
         },
         [closed](auto& c) {
           closed->set_value();
           c.read();
           c.answer(200, "two");
         }});
  expect_body(call(), "one");

  // The server accepts again only after it has closed the first one, so try until it has.
  const auto second = call(ample, true);

  expect_body(second, "two");
  EXPECT_EQ(closed->get_future().wait_for(0s), std::future_status::ready);
}

TEST_F(RpcTransport, RepeatsAnIdempotentCallWhoseKeptConnectionBrokeBeforeTheAnswer) {
  serve({[](auto& c) {
           c.read();
           c.answer(200, "one");
           c.read();  // and is gone
         },
         [](auto& c) {
           c.read();
           c.answer(200, "two");
         }});

  expect_body(call(), "one");
  expect_body(call(), "two");
}

TEST_F(RpcTransport, NeverRepeatsWhatTheNodeMayHaveDone) {
  serve({[](auto& c) {
           c.read();
           c.answer(200, "one");
           c.read();
         },
         [](auto& c) {
           c.read();
           c.answer(200, "twice");
         }});

  expect_body(call(), "one");
  expect_error(call(ample, false), k8s::reason_connection_lost);
  EXPECT_EQ(server_->accepted(), 1U);
}

TEST_F(RpcTransport, NeverRepeatsACallOnANewConnection) {
  serve({[](auto& c) { c.read(); },
         [](auto& c) {
           c.read();
           c.answer(200, "twice");
         }});

  expect_error(call(), k8s::reason_connection_lost);
  EXPECT_EQ(server_->accepted(), 1U);
}

TEST_F(RpcTransport, NeverRepeatsAfterTheFirstByteOfAnAnswer) {
  serve({[](auto& c) {
           c.read();
           c.answer(200, "one");
           c.read();
           c.write("HTTP/1.1 200 OK\r\nContent-Le");
         },
         [](auto& c) {
           c.read();
           c.answer(200, "twice");
         }});

  expect_body(call(), "one");
  expect_error(call(), k8s::reason_connection_lost);
}

TEST_F(RpcTransport, EndsAtItsDeadlineWhenTheNodeIsSilent) {
  serve({[](auto& c) {
    c.read();
    c.closed_by_client();
  }});

  expect_error(call(300ms), k8s::reason_timeout);
}

TEST_F(RpcTransport, EndsAtItsDeadlineThoughBytesTrickleIn) {
  serve({[](auto& c) {
    c.read();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 2'000; ++i) {
      c.write("x");
      std::this_thread::sleep_for(1ms);
    }
  }});

  expect_error(call(300ms), k8s::reason_timeout);
}

TEST_F(RpcTransport, TellsAnAnswerThatWasCutOff) {
  serve({[](auto& c) {
    c.read();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[half");
  }});

  expect_error(call(), k8s::reason_connection_lost);
}

TEST_F(RpcTransport, TellsWhatIsNoHttp) {
  serve({[](auto& c) {
    c.read();
    c.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  }});

  expect_error(call(), k8s::reason_malformed);
}

TEST_F(RpcTransport, ReadsNoMoreThanItsLimit) {
  limits_.answer_bytes_max = 1'000;
  serve({[](auto& c) {
    c.read();
    c.answer(200, std::string(1'001, 'x'));
  }});

  expect_error(call(), k8s::reason_too_large);
}

TEST_F(RpcTransport, ReadsNoMoreThanItsLimitOfAnAnswerWithoutALength) {
  limits_.answer_bytes_max = 1'000;
  serve({[](auto& c) {
    c.read();
    c.write("HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x'));
  }});

  expect_error(call(), k8s::reason_too_large);
}

TEST_F(RpcTransport, TellsThatNobodyListens) {
  serve({});
  const auto port = server_->port();
  server_.reset();

  const auto a = get(post(port));

  expect_error(a, k8s::reason_unreachable);
  EXPECT_THAT(a.error().message(), HasSubstr("127.0.0.1:" + std::to_string(port)));
}

TEST_F(RpcTransport, RefusesANameWhereAnAddressBelongs) {
  const auto a = get(post(1, ample, true, "localhost"));

  expect_error(a, k8s::reason_unreachable);
  EXPECT_THAT(a.error().message(), HasSubstr("\"localhost\" is not an IP address"));
}

TEST_F(RpcTransport, ClosesAConnectionThatWasIdleForTooLong) {
  limits_.idle_max = 50ms;
  auto closed = std::make_shared<std::promise<bool>>();
  serve({[closed](auto& c) {
    c.read();
    c.answer(200, "one");
    closed->set_value(c.closed_by_client());
  }});

  expect_body(call(), "one");

  EXPECT_TRUE(closed->get_future().get());
}

TEST_F(RpcTransport, KeepsNoMoreConnectionsThanItMay) {
  limits_.kept_max = 0;
  auto closed = std::make_shared<std::promise<bool>>();
  serve({[closed](auto& c) {
    c.read();
    c.answer(200, "one");
    closed->set_value(c.closed_by_client());
  }});

  expect_body(call(), "one");

  EXPECT_TRUE(closed->get_future().get());
}

TEST_F(RpcTransport, HasCallsAboveItsConnectionsWaitForTheirTurn) {
  limits_.connections_max = 1;
  serve({[](auto& c) {
    for (int i = 0; i < 3; ++i) {
      c.read();
      c.answer(200, std::to_string(i));
    }
  }});
  std::vector<std::future<answer>> calls;
  for (int i = 0; i < 3; ++i) {
    calls.push_back(post(server_->port()));
  }

  for (int i = 0; i < 3; ++i) {
    expect_body(get(std::move(calls[static_cast<std::size_t>(i)])), std::to_string(i));
  }
  EXPECT_EQ(server_->accepted(), 1U);
}

TEST_F(RpcTransport, CountsTheWaitForATurnIntoTheDeadline) {
  limits_.connections_max = 1;
  serve({[](auto& c) {
    c.read();
    c.closed_by_client();
  }});
  auto first = post(server_->port(), 2s);

  expect_error(get(post(server_->port(), 200ms)), k8s::reason_timeout);
  expect_error(get(std::move(first)), k8s::reason_timeout);
}

TEST_F(RpcTransport, NeverUsesTheConnectionOfAnotherNode) {
  scripted_node other{{[](auto& c) {
    c.read();
    c.answer(200, "other");
  }}};
  serve({[](auto& c) {
    c.read();
    c.answer(200, "one");
    c.closed_by_client();
  }});

  expect_body(call(), "one");
  expect_body(get(post(other.port())), "other");
}

}  // namespace
}  // namespace btc::bitcoin::io
