#include "k8s/transport.hpp"
#include "test/byte/served_fixture.hpp"

namespace btc::k8s::io {
namespace {

using sim::trouble;
using test::operator""s;

const std::string collection = "/api/v1/namespaces/default/pods";

class ServedCluster : public test::served_fixture {
 protected:
  /// What the transport makes of one GET of the pods.
  [[nodiscard]] result<payload> list() {
    return expect_success(call(list_request(kind::pod, {}, {})));
  }
};

struct trouble_case {
  const char* name;
  trouble what;
  int code;
  error_class how;
};

class Troubled : public ServedCluster, public testing::WithParamInterface<trouble_case> {};

/// Every answer that a server in trouble gives, over real HTTP: code, class, and no surprise.
TEST_P(Troubled, IsToldWithItsCodeAndClass) {
  served_.set_trouble(GetParam().what);
  const auto got = list();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), GetParam().code) << got.error().to_string();
  EXPECT_EQ(classify(got.error()), GetParam().how) << got.error().to_string();
  served_.set_trouble(trouble::none);
  EXPECT_TRUE(list()) << "after the trouble";
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Troubled,
    testing::Values(
        trouble_case{"Starting", trouble::starting, 503, error_class::retryable},
        trouble_case{"Overloaded", trouble::overloaded, 429, error_class::retryable},
        trouble_case{
            "OverloadedSilently", trouble::overloaded_silently, 429, error_class::retryable},
        trouble_case{"Initializing", trouble::initializing, 429, error_class::retryable},
        trouble_case{"InternalError", trouble::internal_error, 500, error_class::retryable},
        trouble_case{"GatewayTimeout", trouble::gateway_timeout, 504, error_class::retryable},
        trouble_case{"Unavailable", trouble::unavailable, 503, error_class::retryable},
        trouble_case{"ShuttingDown", trouble::shutting_down, 429, error_class::retryable},
        trouble_case{"Draining", trouble::draining, 503, error_class::retryable},
        trouble_case{"Unauthorized", trouble::unauthorized, 401, error_class::retryable}),
    [](const auto& row) { return row.param.name; });

TEST_F(ServedCluster, ALostOrTruncatedAnswerIsRetryableAndNotHalfABody) {
  served_.write(method::post, collection, test::a_pod("a"));
  for (const auto share : {&sim::chaos_settings::lost, &sim::chaos_settings::truncated}) {
    sim::chaos_settings s;
    s.everyone = true;
    s.*share = 1;
    served_.set_chaos(s);
    const auto got = list();
    ASSERT_FALSE(got);
    EXPECT_EQ(classify(got.error()), error_class::retryable) << got.error().to_string();
    served_.set_chaos({});
    EXPECT_TRUE(list());
  }
}

TEST_F(ServedCluster, ASlowAnswerIsGivenUpAtItsDeadline) {
  sim::chaos_settings s;
  s.everyone = true;
  s.slow = 1;
  s.delay = std::chrono::minutes{10};
  served_.set_chaos(s);
  const auto got = call(list_request(kind::pod, {}, {}), std::chrono::milliseconds{200});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().reason(), reason_timeout);
}

}  // namespace
}  // namespace btc::k8s::io
