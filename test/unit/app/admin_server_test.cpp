#include "actors/app/admin_server.hpp"

#include "test/unit/app/admin_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace btc::app {
namespace {

using namespace std::chrono_literals;
using boost::beast::http::field;
using boost::beast::http::verb;
using testing::HasSubstr;
using testing::StartsWith;

telemetry::status_report good_report() {
  telemetry::status_report r;
  r.version = "1.2.3";
  for (const auto* kind : {"Pod", "Service", "StatefulSet", "BitcoinNetwork"}) {
    r.caches.push_back({kind, 3, true, "7"});
  }
  return r;
}

/// More than the buffers of two sockets hold.
telemetry::status_report large_report() {
  auto r = good_report();
  r.version.assign(16U << 20U, 'x');
  return r;
}

/// A server on a free port, run by one thread as in production.
struct AdminServer : testing::Test {
  AdminServer() {
    options.address = {"127.0.0.1", 0};
    source.answer([](const auto& done) { done(good_report()); });
  }

  ~AdminServer() override { stop(); }

  std::uint16_t start() {
    server.emplace(io, options, source, metrics, telemetry::logger());
    runner = std::thread([this] { io.run(); });
    return server->port();
  }

  void stop() {
    server.reset();
    if (runner.joinable()) {
      runner.join();  // ends by itself when the server leaves nothing behind
    }
  }

  boost::asio::io_context io{1};
  admin_options options{};
  scripted_source source{};
  telemetry::metrics metrics{{"1.2.3", "localhost:6443", 10}};
  std::optional<admin_server> server{};
  std::thread runner{};
};

TEST_F(AdminServer, AnswersProbesWithOk) {
  admin_client client(start());

  for (const auto* path : {"/healthz", "/livez", "/readyz", "/healthz?verbose"}) {
    const auto response = client.get(path);
    EXPECT_EQ(response.result_int(), 200U) << path;
    EXPECT_EQ(response.body(), "ok\n");
  }
}

TEST_F(AdminServer, FailsItsHealthProbeWithAReasonALine) {
  source.answer([](const auto& done) {
    auto report = good_report();
    report.watches = {{"Pod", "", "", "", 400, 5, 0, "two\nlines"},
                      {"Service", "", "", "", 500, 5, 0, ""}};
    done(report);
  });
  admin_client client(start());

  const auto response = client.get("/healthz");

  EXPECT_EQ(response.result_int(), 503U);
  EXPECT_EQ(response.body(),
            "watch of Pod without contact for 400 s, limit 300 s: two lines\n"
            "watch of Service without contact for 500 s, limit 300 s\n");
}

TEST_F(AdminServer, FailsItsReadinessProbeUntilEachCacheIsComplete) {
  source.answer([](const auto& done) {
    auto report = good_report();
    report.caches[0].synced = false;
    done(report);
  });
  admin_client client(start());

  const auto response = client.get("/readyz");

  EXPECT_EQ(response.result_int(), 503U);
  EXPECT_EQ(response.body(), "cache of Pod has no complete list yet\n");
}

TEST_F(AdminServer, ShowsStatusWithVerdictsAsJson) {
  admin_client client(start());

  const auto response = client.get("/status");

  EXPECT_EQ(response.at(field::content_type), "application/json");
  const auto status = nlohmann::json::parse(response.body());
  EXPECT_EQ(status.at("version"), "1.2.3");
  EXPECT_TRUE(status.at("unhealthy_because").empty());
}

TEST_F(AdminServer, ShowsMetricsInPrometheusFormat) {
  metrics.set_networks(42);
  admin_client client(start());

  const auto response = client.get("/metrics");

  EXPECT_EQ(response.at(field::content_type), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body(), HasSubstr("\nbitcoin_controller_networks 42\n"));
  EXPECT_EQ(source.queries, 0);
}

TEST_F(AdminServer, ServesAPageThatMayRunItsOwnScriptOnly) {
  admin_client client(start());

  const auto response = client.get("/");

  EXPECT_EQ(response.at(field::content_type), "text/html; charset=utf-8");
  EXPECT_THAT(response.body(), StartsWith("<!doctype html>"));
  EXPECT_THAT(std::string(response.at("Content-Security-Policy")),
              StartsWith("default-src 'none'; style-src 'sha256-"));
}

TEST_F(AdminServer, ListsItsPathsWhenAskedForAnother) {
  admin_client client(start());

  const auto response = client.get("/metrics/");

  EXPECT_EQ(response.result_int(), 404U);
  EXPECT_THAT(response.body(), HasSubstr("\n/readyz  "));
}

TEST_F(AdminServer, AnswersHeadWithTheLengthAndNoBody) {
  admin_client client(start());

  const auto head = client.request(verb::head, "/healthz");
  const auto get = client.get("/healthz");  // the connection is still in step

  EXPECT_EQ(head.at(field::content_length), "3");
  EXPECT_EQ(head.body(), "");
  EXPECT_EQ(get.body(), "ok\n");
}

TEST_F(AdminServer, RefusesToChangeAnything) {
  admin_client client(start());

  for (const auto method : {verb::post, verb::put, verb::delete_, verb::options}) {
    const auto response = client.request(method, "/status", "x");
    EXPECT_EQ(response.result_int(), 405U);
    EXPECT_EQ(response.at(field::allow), "GET, HEAD");
  }
}

TEST_F(AdminServer, SaysSoWhenTheActorsDoNotReportInTime) {
  options.limits.status_timeout = 50ms;
  source.answer({});
  admin_client client(start());

  const auto response = client.get("/healthz");

  EXPECT_EQ(response.result_int(), 503U);
  EXPECT_EQ(response.body(), "the actors gave no report within 50 ms\n");
}

TEST_F(AdminServer, DropsAReportThatComesTooLate) {
  options.limits.status_timeout = 50ms;
  std::promise<status_source::handler> kept;
  source.answer([&kept](const auto& done) { kept.set_value(done); });
  admin_client client(start());
  EXPECT_EQ(client.get("/status").result_int(), 503U);

  source.answer([&kept](const auto& done) {
    kept.get_future().get()({});  // answers the question before this one
    done(good_report());
  });

  EXPECT_EQ(nlohmann::json::parse(client.get("/status").body()).at("version"), "1.2.3");
}

TEST_F(AdminServer, TakesAReportFromAnyThread) {
  std::thread other;
  source.answer(
      [&other](const auto& done) { other = std::thread([done] { done(good_report()); }); });
  admin_client client(start());

  EXPECT_EQ(client.get("/readyz").body(), "ok\n");

  other.join();
}

TEST_F(AdminServer, OutlivesAClientThatLeavesBeforeItsAnswer) {
  std::promise<status_source::handler> kept;
  source.answer([&kept](const auto& done) { kept.set_value(done); });
  const auto port = start();
  admin_client impatient(port);
  impatient.send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto done = kept.get_future().get();
  impatient.close();

  done(good_report());
  source.answer([](const auto& answer) { answer(good_report()); });

  EXPECT_EQ(admin_client(port).get("/healthz").body(), "ok\n");
}

TEST_F(AdminServer, LetsGoOfReportsThatNobodyWaitsForAnyMore) {
  std::promise<status_source::handler> kept;
  source.answer([&kept](const auto& done) { kept.set_value(done); });
  auto client = std::make_unique<admin_client>(start());
  client->send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto done = kept.get_future().get();

  stop();

  done(good_report());
  EXPECT_EQ(client->read_to_end(), "");
}

TEST_F(AdminServer, KeepsNobodyWaitingForARequest) {
  options.limits.idle_timeout = 50ms;
  admin_client client(start());
  client.send("GET /healthz HTT");

  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(AdminServer, BoundsTheHeader) {
  admin_client client(start());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");

  EXPECT_THAT(client.read_to_end().substr(0, 12), "HTTP/1.1 431");
}

TEST_F(AdminServer, BoundsTheBody) {
  admin_client client(start());
  client.send("GET / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");

  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 413"));
}

TEST_F(AdminServer, RefusesWhatIsNotHttp) {
  const auto port = start();
  for (const auto* bytes : {"\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"}) {
    admin_client client(port);
    client.send(bytes);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400")) << bytes;
  }
}

TEST_F(AdminServer, ClosesWhenTheClientWishes) {
  admin_client client(start());
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(client.read_to_end(), testing::EndsWith("ok\n"));
}

// -- too many clients ------------------------------------------------------------------------

TEST_F(AdminServer, MakesRoomForANewConnectionByDroppingTheOneThatWasIdleLongest) {
  options.limits.connections_max = 2;
  const auto port = start();
  admin_client first(port);
  EXPECT_EQ(first.get("/healthz").body(), "ok\n");
  admin_client second(port);
  EXPECT_EQ(second.get("/healthz").body(), "ok\n");
  EXPECT_EQ(first.get("/healthz").body(), "ok\n");

  EXPECT_EQ(admin_client(port).get("/healthz").body(), "ok\n");

  EXPECT_EQ(second.read_to_end(), "");
  EXPECT_EQ(first.get("/healthz").body(), "ok\n");
}

TEST_F(AdminServer, SlowReadersLockNoProbeOut) {
  options.limits.connections_max = 2;
  std::promise<void> both_asked;
  source.answer([&](const auto& done) {
    done(large_report());
    if (source.queries == 2) {
      both_asked.set_value();
    }
  });
  const auto port = start();
  admin_client first(port);
  admin_client second(port);
  for (auto* client : {&first, &second}) {
    client->send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  both_asked.get_future().wait();
  source.answer([](const auto& done) { done(good_report()); });

  EXPECT_EQ(admin_client(port).get("/livez").body(), "ok\n");
}

TEST_F(AdminServer, ManySlowWritersLockNoProbeOut) {
  const auto port = start();
  std::vector<std::unique_ptr<admin_client>> slow;
  for (std::size_t i = 0; i < 3 * options.limits.connections_max; ++i) {
    slow.push_back(std::make_unique<admin_client>(port));
    slow.back()->send("GET /livez HTT");

    EXPECT_EQ(admin_client(port).get("/livez").body(), "ok\n");
  }
}

TEST_F(AdminServer, OneClientTakesNoOtherClientsPlace) {
  options.limits.connections_per_client_max = 2;
  const auto port = start();
  admin_client other(port, "127.0.0.2");
  EXPECT_EQ(other.get("/healthz").body(), "ok\n");
  admin_client first(port);
  EXPECT_EQ(first.get("/healthz").body(), "ok\n");
  admin_client second(port);
  EXPECT_EQ(second.get("/healthz").body(), "ok\n");

  EXPECT_EQ(admin_client(port).get("/healthz").body(), "ok\n");

  EXPECT_EQ(first.read_to_end(), "");
  EXPECT_EQ(other.get("/healthz").body(), "ok\n");
}

TEST_F(AdminServer, CutsWhoTakesNoAnswer) {
  options.limits.io_timeout = 100ms;
  options.limits.idle_timeout = 1s;
  std::promise<void> asked;
  source.answer([&](const auto& done) {
    done(large_report());
    asked.set_value();
  });
  const auto port = start();
  admin_client slow(port);
  slow.send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.get_future().wait();

  // Whoever comes after that and has a longer deadline is cut after it.
  EXPECT_EQ(admin_client(port).read_to_end(), "");

  EXPECT_LT(slow.read_to_end().size(), large_report().version.size());
}

TEST_F(AdminServer, NamesTheAddressThatItCannotListenOn) {
  options.address.port = start();
  try {
    const admin_server second(io, options, source, metrics, telemetry::logger());
    FAIL() << "bound twice";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(
        std::string(error.what()),
        "admin server cannot listen on " + to_string(options.address) + ": Address already in use");
  }
}

}  // namespace
}  // namespace btc::app
