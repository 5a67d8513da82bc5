#include "actors/app/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace btc::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

using variables = std::map<std::string, std::string, std::less<>>;

settings_result parse(const std::vector<std::string>& arguments, const variables& env = {}) {
  const auto lookup = [&env](std::string_view name) -> std::optional<std::string> {
    const auto found = env.find(name);
    return found != env.end() ? std::optional(found->second) : std::nullopt;
  };
  return parse_settings(arguments, lookup, "1.2.3");
}

/// The settings; fails the test when there are none.
settings run(const std::vector<std::string>& arguments, const variables& env = {}) {
  auto result = parse(arguments, env);
  if (const auto* stop = std::get_if<exit_request>(&result)) {
    ADD_FAILURE() << stop->text;
    return {};
  }
  return std::get<settings>(result);
}

/// The exit; fails the test when the program would run.
exit_request stop(const std::vector<std::string>& arguments, const variables& env = {}) {
  auto result = parse(arguments, env);
  if (const auto* found = std::get_if<exit_request>(&result)) {
    return *found;
  }
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(Settings, HaveDefaultsForEverything) {
  const auto s = run({});

  EXPECT_EQ(s.kubeconfig, "");
  EXPECT_THAT(s.namespaces, ElementsAre());
  EXPECT_EQ(s.resync_interval, 30s);
  EXPECT_EQ(s.rpc_interval, 10s);
  EXPECT_EQ(s.secret_interval, 5min);
  EXPECT_EQ(to_string(s.admin_address), "0.0.0.0:8080");
  EXPECT_EQ(s.log_level, telemetry::log_level::info);
  EXPECT_EQ(s.log_format, telemetry::log_format::text);
  EXPECT_EQ(s.peer_address, peer_address::dns);
  EXPECT_EQ(s.max_inflight_requests, 32U);
}

TEST(Settings, ComeFromFlags) {
  const auto s = run({"--kubeconfig=/etc/kube config",
                      "--context",
                      "blue",
                      "--namespace",
                      "b,a,b",
                      "--resync-interval",
                      "1m30s",
                      "--rpc-interval=1m",
                      "--secret-interval=30s",
                      "--admin-address=[::1]:0",
                      "--log-level=debug",
                      "--log-format=json",
                      "--peer-address=ip",
                      "--max-inflight-requests=256"});

  EXPECT_EQ(s.kubeconfig, "/etc/kube config");
  EXPECT_EQ(s.context, "blue");
  EXPECT_THAT(s.namespaces, ElementsAre("a", "b"));
  EXPECT_EQ(s.resync_interval, 90s);
  EXPECT_EQ(s.rpc_interval, 1min);
  EXPECT_EQ(s.secret_interval, 30s);
  EXPECT_EQ(s.admin_address, (listen_address{"::1", 0}));
  EXPECT_EQ(s.log_level, telemetry::log_level::debug);
  EXPECT_EQ(s.log_format, telemetry::log_format::json);
  EXPECT_EQ(s.peer_address, peer_address::ip);
  EXPECT_EQ(s.max_inflight_requests, 256U);
}

TEST(Settings, ComeFromTheEnvironmentToo) {
  const auto s = run({},
                     {{"BITCOIN_CONTROLLER_NAMESPACE", "x"},
                      {"BITCOIN_CONTROLLER_MAX_INFLIGHT_REQUESTS", "7"},
                      {"BITCOIN_CONTROLLER_RPC_INTERVAL", "2s"},
                      {"BITCOIN_CONTROLLER_PEER_ADDRESS", "ip"},
                      {"BITCOIN_CONTROLLER_RESYNC_INTERVAL", "5m"}});

  EXPECT_THAT(s.namespaces, ElementsAre("x"));
  EXPECT_EQ(s.max_inflight_requests, 7U);
  EXPECT_EQ(s.resync_interval, 5min);
  EXPECT_EQ(s.rpc_interval, 2s);
  EXPECT_EQ(s.peer_address, peer_address::ip);
}

TEST(Settings, PreferTheFlagToItsVariable) {
  const auto s = run({"--log-level=warn"}, {{"BITCOIN_CONTROLLER_LOG_LEVEL", "nonsense"}});

  EXPECT_EQ(s.log_level, telemetry::log_level::warn);
}

TEST(Settings, TakeAnEmptyVariableAsNotSet) {
  EXPECT_EQ(run({}, {{"BITCOIN_CONTROLLER_LOG_LEVEL", ""}}).log_level, telemetry::log_level::info);
}

TEST(Settings, ShowHelpAndVersionWithExitCodeZero) {
  EXPECT_EQ(stop({"--version"}).text, "bitcoin-controller 1.2.3\n");
  EXPECT_EQ(stop({"--version"}).code, 0);
  EXPECT_EQ(stop({"--help"}).code, 0);
  EXPECT_THAT(stop({"--help"}).text, HasSubstr("--max-inflight-requests N"));
  EXPECT_THAT(stop({"--help"}).text, HasSubstr("BITCOIN_CONTROLLER_LOG_LEVEL"));
}

struct refusal {
  std::vector<std::string> arguments;
  const char* line;
};

TEST(Settings, RefuseInOneLineWhatIsWrong) {
  const std::vector<refusal> cases{
      {{"--frob"}, "unknown argument --frob; see --help\n"},
      {{"run"}, "unknown argument run; see --help\n"},
      {{"--log-level", "loud"},
       "--log-level: \"loud\" is not one of trace, debug, info, warn, error, off\n"},
      {{"--log-format=xml"}, "--log-format: \"xml\" is not text or json\n"},
      {{"--peer-address=mac"}, "--peer-address: \"mac\" is not dns or ip\n"},
      {{"--max-inflight-requests=0"},
       "--max-inflight-requests: \"0\" is not a number from 1 to 256\n"},
      {{"--max-inflight-requests=257"},
       "--max-inflight-requests: \"257\" is not a number from 1 to 256\n"},
      {{"--max-inflight-requests=3x"},
       "--max-inflight-requests: \"3x\" is not a number from 1 to 256\n"},
      {{"--rpc-interval=999ms"},
       "--rpc-interval: \"999ms\" is not a duration from 1s to 1h, such as 10s or 1m\n"},
      {{"--secret-interval=25h"},
       "--secret-interval: \"25h\" is not a duration from 1s to 24h, such as 5m or 30s\n"},
      {{"--rpc-interval=61m"},
       "--rpc-interval: \"61m\" is not a duration from 1s to 1h, such as 10s or 1m\n"},
      {{"--resync-interval=0s"},
       "--resync-interval: \"0s\" is not a duration from 1s to 24h, such as 30s or 5m\n"},
      {{"--resync-interval=30"},
       "--resync-interval: \"30\" is not a duration from 1s to 24h, such as 30s or 5m\n"},
      {{"--namespace=a,,b"},
       "--namespace: \"a,,b\" is not namespace names separated by commas, such as "
       "default,staging\n"},
      {{"--namespace=A"},
       "--namespace: \"A\" is not namespace names separated by commas, such as default,staging\n"},
      {{"--admin-address=localhost:80"},
       "--admin-address: \"localhost:80\" is not IP address and port, such as 0.0.0.0:8080 or "
       "[::1]:8080\n"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(stop(c.arguments).text, c.line);
    EXPECT_EQ(stop(c.arguments).code, exit_configuration);
  }
}

TEST(Settings, RefuseAFlagWithoutItsValueOrGivenTwice) {
  EXPECT_THAT(stop({"--context"}).text, HasSubstr("--context"));
  EXPECT_EQ(stop({"--context"}).code, exit_configuration);
  EXPECT_THAT(stop({"--context="}).text, HasSubstr("--context"));
  EXPECT_THAT(stop({"--context=a", "--context=b"}).text, HasSubstr("--context"));
}

TEST(Settings, NameTheVariableThatIsWrong) {
  EXPECT_EQ(stop({}, {{"BITCOIN_CONTROLLER_PEER_ADDRESS", "mac"}}).text,
            "BITCOIN_CONTROLLER_PEER_ADDRESS: \"mac\" is not dns or ip\n");
}

}  // namespace
}  // namespace btc::app
