#include "k8s/base64.hpp"
#include "test/integration/transport_fixture.hpp"

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <sstream>
#include <sys/stat.h>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using std::chrono_literals::operator""h;
using test::operator""ms;
using test::operator""s;

/// A server that tells what it was shown, and takes only one Authorization once it is told to.
class Credentials : public test::transport_fixture {
 protected:
  Credentials() {
    server_.always([this](server_peer& peer) {
      while (const auto r = peer.read_request()) {
        const auto shown = r->header("authorization");
        const std::lock_guard lock{mutex_};
        peer.answer(accepted_.empty() || shown == accepted_ ? 200 : 401, shown);
      }
    });
  }
  void accept_only(const std::string& authorization) {
    const std::lock_guard lock{mutex_};
    accepted_ = authorization;
  }
  /// A program that prints what `script` says, as an exec plugin of `cluster`.
  void give_plugin(cluster_config& cluster, const std::string& script) {
    cluster.exec.emplace();
    cluster.exec->command = files_.write("plugin", "#!/bin/sh\n" + script + "\n", true);
    cluster.exec->api_version = "client.authentication.k8s.io/v1";
  }
  [[nodiscard]] static std::string credential(const std::string& token,
                                              const std::string& expiry = {}) {
    return R"(echo '{"kind":"ExecCredential","status":{"token":")" + token + "\""
           + (expiry.empty() ? "" : ",\"expirationTimestamp\":\"" + expiry + "\"") + "}}'";
  }

  std::string accepted_{};
  test::scratch_directory files_{};
  scripted_server server_{tls()};
  cluster_config cluster_{cluster_of(server_)};
};

TEST_F(Credentials, ShowsItsToken) {
  cluster_.token = "abc";
  connect(cluster_);
  EXPECT_EQ(outcome(), "200 Bearer abc");
}

TEST_F(Credentials, ShowsBasicAuthentication) {
  cluster_.username = "jane";
  cluster_.password = "pass:word";
  connect(cluster_);
  EXPECT_EQ(outcome(), "200 Basic amFuZTpwYXNzOndvcmQ=");
}

TEST_F(Credentials, ShowsNothingWhereThereIsNothing) {
  connect(cluster_);
  EXPECT_EQ(outcome(), "200 ");
}

TEST_F(Credentials, TheTokenFileWinsOverTheToken) {
  cluster_.token = "first";
  cluster_.token_file = files_.write("token", "second\n");
  connect(cluster_);
  EXPECT_EQ(outcome(), "200 Bearer second");
}

TEST_F(Credentials, ReadsTheTokenFileAgainWhenItIsDue) {
  cluster_.token_file = files_.write("token", "first");
  options_.limits.reload_interval = 0s;
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer first");
  files_.write("token", "second");
  EXPECT_EQ(outcome(), "200 Bearer second");
}

TEST_F(Credentials, ReadsTheTokenFileAtOnceAfterA401AndRepeatsTheCall) {
  cluster_.token_file = files_.write("token", "first");
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer first");
  files_.write("token", "second");
  accept_only("Bearer second");
  EXPECT_EQ(outcome(), "200 Bearer second");
}

TEST_F(Credentials, A401WithTheSameTokenIsNotRepeated) {
  cluster_.token_file = files_.write("token", "revoked");
  accept_only("Bearer other");
  int requests = 0;  // on the I/O thread, before the answer
  options_.observe = [&](const request_outcome&) { ++requests; };
  connect(cluster_);
  EXPECT_EQ(outcome(), "401 Bearer revoked");
  EXPECT_EQ(requests, 1);
}

TEST_F(Credentials, AnUnreadableTokenFileLeavesTheOldToken) {
  cluster_.token_file = files_.write("token", "old");
  options_.limits.reload_interval = 0s;
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer old");
  files_.write("token", "");
  EXPECT_EQ(outcome(), "200 Bearer old");
}

TEST_F(Credentials, WarnsOfATokenFileThatHoldsNothing) {
  cluster_.token_file = files_.write("token", "old");
  options_.limits.reload_interval = 0s;
  connect(cluster_);
  files_.write("token", "");
  static_cast<void>(outcome());
  EXPECT_THAT(warnings(), testing::Contains(HasSubstr("tokenFile " + files_.path("token"))));
}

TEST_F(Credentials, ATokenFileThatIsNotThereIsAnErrorAtTheStart) {
  for (const auto& file : {files_.path("missing"), files_.path("")}) {  // nothing, a directory
    cluster_.token_file = file;
    EXPECT_THAT([&] { connect(cluster_); },
                testing::ThrowsMessage<config_error>(HasSubstr("cannot read tokenFile " + file)));
  }
}

TEST_F(Credentials, RunsThePluginOnceForManyCalls) {
  give_plugin(cluster_, "echo run >> " + files_.path("runs") + "\n" + credential("abc"));
  connect(cluster_);
  EXPECT_EQ(outcome(), "200 Bearer abc");
  EXPECT_EQ(outcome(), "200 Bearer abc");
  std::ifstream runs{files_.path("runs")};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{runs}, {}}), "run\n");
}

TEST_F(Credentials, RunsThePluginOnceForCallsThatWaitTogether) {
  give_plugin(cluster_,
              "echo run >> " + files_.path("runs") + "\nread line < " + files_.path("gate") + "\n"
                  + credential("abc"));
  ASSERT_EQ(::mkfifo(files_.path("gate").c_str(), S_IRUSR | S_IWUSR), 0);
  connect(cluster_);
  std::vector<std::future<reply>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(send(a_get()));
  }
  const auto impatient = outcome(a_get(), 100ms);  // asked after them, and answered before
  std::ofstream{files_.path("gate")} << "go\n";
  for (auto& waiting : calls) {
    EXPECT_EQ(get(std::move(waiting))->body.text, "Bearer abc");
  }
  std::ifstream runs{files_.path("runs")};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{runs}, {}}), "run\n");
  EXPECT_THAT(impatient, HasSubstr("has not ended within the deadline"));
}

TEST_F(Credentials, RunsThePluginAgainAfterA401) {
  give_plugin(cluster_, credential("first"));
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer first");
  files_.write("plugin", "#!/bin/sh\n" + credential("second") + "\n", true);
  accept_only("Bearer second");
  EXPECT_EQ(outcome(), "200 Bearer second");
}

TEST_F(Credentials, GivesThePluginItsArgumentsEnvironmentAndExecInfo) {
  give_plugin(cluster_,
              "echo \"$1 $COLOUR $KUBERNETES_EXEC_INFO\" > " + files_.path("seen") + "\n"
                  + credential("abc"));
  cluster_.exec->args = {"argument"};
  ASSERT_EQ(::setenv("COLOUR", "red", 1), 0);  // NOLINT(concurrency-mt-unsafe): one thread yet
  cluster_.exec->env = {{"COLOUR", "blue"}};
  cluster_.ca = {"", files_.write("ca.crt", authority_.certificate())};
  cluster_.exec->provide_cluster_info = true;
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer abc");
  std::ifstream seen{files_.path("seen")};
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>{seen}, {}}),
              AllOf(StartsWith("argument blue {"),
                    HasSubstr("client.authentication.k8s.io/v1"),
                    HasSubstr("https://localhost:" + std::to_string(server_.port())),
                    HasSubstr(encode_base64(authority_.certificate()))));
}

TEST_F(Credentials, LeavesThePluginNoneOfOurFiles) {
  give_plugin(cluster_, "ls /proc/self/fd > " + files_.path("open") + "\n" + credential("abc"));
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer abc");
  std::ifstream open{files_.path("open")};
  // 3 is what ls reads.
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{open}, {}}), "0\n1\n2\n3\n");
}

TEST_F(Credentials, TakesTheExpiryOfATokenInItsOwnZone) {
  // In an hour, as a clock far in the west writes it: five hours early for whoever ignores that.
  const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - 4h);
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::ostringstream text;
  text << std::put_time(&parts, "%Y-%m-%dT%H:%M:%S") << ".25-05:00";
  give_plugin(cluster_,
              "echo run >> " + files_.path("runs") + "\n" + credential("abc", text.str()));
  connect(cluster_);
  ASSERT_EQ(outcome(), "200 Bearer abc");
  ASSERT_EQ(outcome(), "200 Bearer abc");
  std::ifstream runs{files_.path("runs")};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{runs}, {}}), "run\n");
}

struct plugin_case {
  const char* name;
  const char* script;
  const char* message;
};

class PluginThatFails : public Credentials, public testing::WithParamInterface<plugin_case> {};

TEST_P(PluginThatFails, IsAnErrorThatNamesItAndShowsNoOutput) {
  give_plugin(cluster_, GetParam().script);
  options_.limits.exec_deadline = 1s;
  options_.limits.exec_output_bytes_max = 10'000;
  connect(cluster_);
  EXPECT_THAT(
      outcome(),
      AllOf(StartsWith("CredentialsUnavailable: credential plugin " + files_.path("plugin")),
            HasSubstr(GetParam().message),
            Not(HasSubstr("hush"))));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PluginThatFails,
    testing::Values(plugin_case{"Code", "echo hush; exit 3", "it ended with code 3"},
                    plugin_case{
                        "NoJson", "echo hush", "printed no ExecCredential with status.token"},
                    plugin_case{"NoToken", "echo '{\"status\": {}}'", "printed no ExecCredential"},
                    plugin_case{"TooMuch", "yes hush", "killed at its deadline or for its output"},
                    plugin_case{"Hangs", "sleep 600", "killed at its deadline or for its output"},
                    plugin_case{"HangsBehindAChild", "sleep 600 & wait", "killed at its deadline"}),
    [](const auto& row) { return row.param.name; });

TEST_F(Credentials, APluginThatIsNotThereIsNamed) {
  cluster_.exec.emplace();
  cluster_.exec->command = files_.path("missing");
  connect(cluster_);
  EXPECT_THAT(outcome(), HasSubstr("missing: cannot be started: No such file or directory"));
}

}  // namespace
}  // namespace btc::k8s::io
