#include "test/byte/byte_link.hpp"

#include "k8s/transport.hpp"
#include "test/byte/served_fixture.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace btc::k8s::io {
namespace {

using nlohmann::json;
using test::byte_link;
using test::link_plan;
using test::operator""ms;
using test::operator""s;

/// Steps are primes, so that over the offsets every remainder of a record's length comes up. Every
/// single offset of the plain text is in cut_stream_test.cpp.
constexpr std::size_t cut_step = 13;
constexpr std::size_t flip_step = 23;
constexpr std::size_t resume_step = 29;

/// The production transport, a link that harms cipher text, and the served cluster behind it.
class ByteLink : public test::served_fixture {
 protected:
  ByteLink() {
    for (const char* name : {"a", "b", "c"}) {
      served_.write(method::post, "/api/v1/namespaces/default/pods", test::a_pod(name));
    }
    options_.limits.idle_max = 0s;  // every call has a connection of its own
    connect_through(link_.port());
  }

  [[nodiscard]] result<payload> list(std::chrono::milliseconds deadline = patience) {
    return expect_success(call(list_request(kind::pod, {}, {}), deadline));
  }

  /// A transport that knows no session of TLS yet, so that its first handshake is a full one.
  void start_anew() { connect_through(link_.port()); }

  /// How many bytes of the server one list is, with a full handshake; a few more or less next time,
  /// because signatures differ in length.
  [[nodiscard]] std::size_t bytes_of_a_list() {
    start_anew();
    const auto before = link_.passed();
    EXPECT_TRUE(list());
    start_anew();
    return link_.passed() - before;
  }

  void expect_an_outage(const api_error& error, std::size_t at) {
    EXPECT_EQ(error.code(), 0) << at << ": " << error.to_string();
    EXPECT_EQ(classify(error), error_class::retryable) << at << ": " << error.to_string();
  }

  byte_link link_{served_.port()};
};

TEST_F(ByteLink, ACutAtAnyByteOfTheCipherTextIsALostConnectionAndNeverABadCertificate) {
  const auto whole = list().value().text;
  const auto total = bytes_of_a_list();
  std::size_t number = 0;
  for (std::size_t cut = 0; cut < total; cut += cut_step) {
    link_.next(
        {.bytes_max = cut, .end = ++number % 2 == 0 ? link_plan::then::rst : link_plan::then::fin});
    const auto got = list();
    if (got) {  // only what follows the answer was lost
      EXPECT_EQ(got->text, whole) << cut;
      continue;
    }
    expect_an_outage(got.error(), cut);
    EXPECT_NE(got.error().reason(), reason_bad_certificate) << cut;
  }
  EXPECT_EQ(list().value().text, whole);
}

TEST_F(ByteLink, ABitThatIsTurnedOverOnTheWayNeverReachesUs) {
  const auto whole = list().value().text;
  const auto total = bytes_of_a_list();
  for (std::size_t at = 0; at < total; at += flip_step) {
    link_.next({.flip_at = at});
    // Where the length of a record grew, both wait for more: the deadline ends that.
    const auto got = list(1000ms);
    if (got) {
      EXPECT_EQ(got->text, whole) << at;
    } else {
      expect_an_outage(got.error(), at);
    }
  }
}

TEST_F(ByteLink, ALinkThatPassesOneByteAtATimeIsSlowAndNothingElse) {
  const auto whole = list().value().text;
  link_.next({.piece_bytes = 1});
  EXPECT_EQ(list().value().text, whole);
}

TEST_F(ByteLink, SilenceAfterAnyPartIsGivenUpAtTheDeadline) {
  const auto total = bytes_of_a_list();
  std::vector<std::future<reply>> calls;
  // All at once, so that the test takes as long as one deadline.
  constexpr std::size_t parts = 24;
  for (std::size_t part = 0; part < parts; ++part) {
    link_.next({.bytes_max = total * part / (parts + 4), .end = link_plan::then::silence});
    calls.push_back(send(list_request(kind::pod, {}, {}), 700ms));
  }
  for (auto& c : calls) {
    const auto got = get(std::move(c));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().reason(), reason_timeout) << got.error().to_string();
  }
}

// -- watches ------------------------------------------------------------------------------------

/// Follows the pods from a version on, over as many streams as it takes.
class CutWatch : public ByteLink {
 protected:
  CutWatch() {
    start_ = version_of(list());
    served_.write(method::patch, pod_ + "a", {{"metadata", {{"annotations", {{"k", "ä"}}}}}});
    served_.write(method::post, "/api/v1/namespaces/default/pods", test::a_pod("d"));
    served_.write(method::del, pod_ + "b", nullptr);
  }

  static constexpr std::size_t events = 3;  // a pod that is bound to no node goes at once

  [[nodiscard]] static std::string version_of(const result<payload>& list) {
    return json::parse(list.value().text).at("metadata").at("resourceVersion");
  }

  /// "type name" of each event in order. A new stream begins after the last version that was seen,
  /// as the watch machine does it.
  [[nodiscard]] std::vector<std::string> follow() {
    std::vector<std::string> seen;
    auto version = start_;
    for (int streams = 0; seen.size() < events && streams < 4; ++streams) {
      const auto opened = open(version);
      bool ended = opened == nullptr;
      while (!ended && seen.size() < events) {
        const auto batch = read(*opened);
        for (const auto& line : batch.lines) {
          const auto event = json::parse(line.text);
          version = event.at("object").at("metadata").at("resourceVersion");
          seen.push_back(event.at("type").get<std::string>() + ' '
                         + event.at("object").at("metadata").at("name").get<std::string>());
        }
        ended = batch.ended;
      }
    }
    return seen;
  }

  [[nodiscard]] std::unique_ptr<watch_stream> open(const std::string& version) {
    auto done = std::make_shared<std::promise<std::unique_ptr<watch_stream>>>();
    auto opened = done->get_future();
    transport_->open_watch(watch_request(kind::pod, {}, {version, 200s, false}),
                           patience,
                           patience,
                           [done](result<response>, std::unique_ptr<watch_stream> stream) {
                             done->set_value(std::move(stream));
                           });
    return opened.get();
  }
  [[nodiscard]] static stream_batch read(watch_stream& stream) {
    auto done = std::make_shared<std::promise<stream_batch>>();
    auto arrived = done->get_future();
    stream.read([done](stream_batch batch) { done->set_value(std::move(batch)); });
    return arrived.get();
  }

  const std::vector<std::string> expected_{"MODIFIED a", "ADDED d", "DELETED b"};
  std::string start_{};

 private:
  const std::string pod_ = "/api/v1/namespaces/default/pods/";
};

TEST_F(CutWatch, GoesOnAfterACutAtAnyByteWithoutLossOrRepetition) {
  const auto before = link_.passed();
  ASSERT_EQ(follow(), expected_);
  const auto total = link_.passed() - before;
  std::size_t number = 0;
  for (std::size_t cut = 0; cut < total; cut += resume_step) {
    link_.next(
        {.bytes_max = cut, .end = ++number % 2 == 0 ? link_plan::then::rst : link_plan::then::fin});
    EXPECT_EQ(follow(), expected_) << "cut at " << cut << " of " << total;
  }
}

TEST_F(CutWatch, GivesTheSameEventsOneByteAtATime) {
  link_.next({.piece_bytes = 1});
  EXPECT_EQ(follow(), expected_);
}

TEST_F(CutWatch, TellsThatTheServerCutTheStreamAfterTheLinesThatCame) {
  const auto opened = open(start_);
  ASSERT_NE(opened, nullptr);
  for (std::size_t lines = 0; lines < events;) {
    lines += read(*opened).lines.size();
  }
  EXPECT_EQ(served_.cut_streams(), 1U);
  const auto last = read(*opened);
  EXPECT_TRUE(last.ended);
  ASSERT_TRUE(last.error);
  EXPECT_EQ(last.error->reason(), reason_connection_lost);
}

}  // namespace
}  // namespace btc::k8s::io
