#include "k8s/io/kubeconfig.hpp"

#include "k8s/base64.hpp"
#include "test/unit/config/host_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace btc::k8s::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr auto file = "/etc/k/config";

/// A kubeconfig of one context "c" with these lines under `cluster:` and `user:`.
[[nodiscard]] std::string config_of(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
         "contexts: [{name: c, context: {cluster: k, user: u, namespace: team}}]\n"
         "clusters: [{name: k, cluster: {"
         + cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
}

[[nodiscard]] cluster_config load(const std::string& text, const std::string& context = {}) {
  const test::host_files host{{{file, text}}, {}};
  return load_kubeconfig({file}, context, host.access());
}

[[nodiscard]] cluster_config load_user(const std::string& user) {
  return load(config_of("server: 'https://a:6443'", user));
}

[[nodiscard]] cluster_config load_cluster(const std::string& cluster) {
  return load(config_of(cluster, "token: t"));
}

TEST(Kubeconfig, ReadsEveryFieldOfACluster) {
  const auto c = load_cluster(
      "server: 'https://api.example:8443/prefix/', certificate-authority: ca.pem, "
      "tls-server-name: inner, proxy-url: 'http://proxy:3128'");
  EXPECT_TRUE(c.tls);
  EXPECT_EQ(c.server.host, "api.example");
  EXPECT_EQ(c.server.port, "8443");
  EXPECT_EQ(c.path_prefix, "/prefix");
  EXPECT_EQ(c.ca.file, "/etc/k/ca.pem");
  EXPECT_EQ(c.tls_server_name, "inner");
  EXPECT_FALSE(c.insecure_skip_tls_verify);
  ASSERT_TRUE(c.proxy);
  EXPECT_EQ(c.proxy->host, "proxy");
  EXPECT_EQ(c.proxy->port, "3128");
  EXPECT_EQ(c.default_namespace, "team");
  EXPECT_EQ(c.origin, "kubeconfig /etc/k/config, context c");
}

TEST(Kubeconfig, ReadsEveryFieldOfAUser) {
  const auto c = load_user(
      "token: t0, tokenFile: tok, username: ann, password: secret, client-certificate: c.pem, "
      "client-key: /abs/k.pem");
  EXPECT_EQ(c.token, "t0");
  EXPECT_EQ(c.token_file, "/etc/k/tok");
  EXPECT_EQ(c.username, "ann");
  EXPECT_EQ(c.password, "secret");
  EXPECT_EQ(c.client_certificate.file, "/etc/k/c.pem");
  EXPECT_EQ(c.client_key.file, "/abs/k.pem");
  EXPECT_FALSE(c.exec);
  EXPECT_TRUE(c.extra_headers.empty());
}

TEST(Kubeconfig, ReadsImpersonationIntoHeaders) {
  const auto c = load_user(
      "as: bob, as-uid: '7', as-groups: [x, y], as-user-extra: {acme.com/scope%: [a, b]}");
  EXPECT_THAT(c.extra_headers,
              ElementsAre(Pair("Impersonate-User", "bob"),
                          Pair("Impersonate-Uid", "7"),
                          Pair("Impersonate-Group", "x"),
                          Pair("Impersonate-Group", "y"),
                          Pair("Impersonate-Extra-acme.com%2Fscope%25", "a"),
                          Pair("Impersonate-Extra-acme.com%2Fscope%25", "b")));
}

TEST(Kubeconfig, ReadsAnExecPlugin) {
  const auto c = load_user(
      "exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token], "
      "env: [{name: A, value: b}], provideClusterInfo: true, interactiveMode: Never}");
  ASSERT_TRUE(c.exec);
  EXPECT_EQ(c.exec->command, "aws");
  EXPECT_THAT(c.exec->args, ElementsAre("eks", "get-token"));
  EXPECT_THAT(c.exec->env, ElementsAre(Pair("A", "b")));
  EXPECT_EQ(c.exec->api_version, "client.authentication.k8s.io/v1");
  EXPECT_TRUE(c.exec->provide_cluster_info);
}

TEST(Kubeconfig, TakesAnExecCommandWithASlashRelativeToItsFile) {
  const auto c =
      load_user("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ../bin/plug}");
  ASSERT_TRUE(c.exec);
  EXPECT_EQ(c.exec->command, "/etc/bin/plug");
}

TEST(Kubeconfig, KeepsThePathOfACommandBesideAFileThatIsNamedWithoutOne) {
  const test::host_files host{
      {{"config",
        config_of("server: 'https://a'",
                  "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plug}")}},
      {}};
  const auto c = load_kubeconfig({"config"}, {}, host.access());
  ASSERT_TRUE(c.exec);
  EXPECT_EQ(c.exec->command, (std::filesystem::current_path() / "plug").string());
}

TEST(Kubeconfig, PrefersInlineDataToAFile) {
  const auto c = load_cluster(
      "server: 'https://a', certificate-authority: ca.pem, "
      "certificate-authority-data: "
      + encode_base64("PEM"));
  EXPECT_EQ(c.ca.data, "PEM");
  EXPECT_EQ(c.ca.file, "");
}

TEST(Kubeconfig, AllowsAContextWithoutAUser) {
  const auto c = load(
      "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
      "clusters: [{name: k, cluster: {server: 'http://127.0.0.1:8001'}}]\n");
  EXPECT_FALSE(c.tls);
  EXPECT_EQ(c.token, "");
}

TEST(Kubeconfig, LetsTheContextBeOverridden) {
  const std::string text =
      "current-context: one\n"
      "contexts:\n- {name: one, context: {cluster: k1}}\n- {name: two, context: {cluster: k2}}\n"
      "clusters:\n- {name: k1, cluster: {server: 'https://h1'}}\n"
      "- {name: k2, cluster: {server: 'https://h2'}}\n";
  EXPECT_EQ(load(text).server.host, "h1");
  EXPECT_EQ(load(text, "two").server.host, "h2");
  EXPECT_EQ(load(text, "two").origin, "kubeconfig /etc/k/config, context two");
}

TEST(Kubeconfig, MergesAListOfFilesTheFirstWins) {
  const test::host_files host{
      {{"/a/one",
        "current-context: c\nclusters: [{name: k, cluster: {server: 'https://first', "
        "certificate-authority: ca}}]\n"},
       {"/b/two",
        "current-context: other\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
        "clusters: [{name: k, cluster: {server: 'https://second'}}]\n"
        "users: [{name: u, user: {tokenFile: tok}}]\n"}},
      {}};
  const auto c = load_kubeconfig({"/missing", "/a/one", "/b/two"}, "", host.access());
  EXPECT_EQ(c.server.host, "first");
  EXPECT_EQ(c.ca.file, "/a/ca") << "relative to the file that the entry stands in";
  EXPECT_EQ(c.token_file, "/b/tok");
}

TEST(Kubeconfig, ReportsMissingFiles) {
  const auto host = test::host_files{}.access();
  EXPECT_THAT(test::config_error_of([&] { return load_kubeconfig({"/x"}, "", host); }),
              AllOf(HasSubstr("/x"), HasSubstr("readable")));
  EXPECT_THAT(test::config_error_of([&] {
                return load_kubeconfig({"/x", "/y"}, "", host);
              }),
              HasSubstr("KUBECONFIG"));
  EXPECT_THAT(test::config_error_of([&] { return load_kubeconfig({}, "", host); }),
              HasSubstr("KUBECONFIG"));
}

TEST(Kubeconfig, ReportsMalformedYamlWithItsLine) {
  EXPECT_THAT(test::config_error_of([] { return load("a: b\nc: [1, 2\nd: }"); }),
              AllOf(HasSubstr("/etc/k/config:3"), HasSubstr("not YAML")));
}

TEST(Kubeconfig, ReportsMissingNamesAndListsTheKnownOnes) {
  const auto text = config_of("server: 'https://a'", "token: t");
  EXPECT_THAT(test::config_error_of([&] { return load(text, "nope"); }),
              AllOf(HasSubstr(file), HasSubstr("no context \"nope\""), HasSubstr("there is c")));
  EXPECT_THAT(test::config_error_of([] {
                return load("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n");
              }),
              AllOf(HasSubstr("no cluster \"k\""), HasSubstr("there is none")));
  EXPECT_THAT(test::config_error_of([] { return load("contexts: []\n"); }),
              AllOf(HasSubstr(file), HasSubstr("current-context"), HasSubstr("--context")));
}

struct bad_field {
  std::string cluster;
  std::string user;
  std::vector<std::string> words;  ///< each is in the text of the error
};

const std::string good = "server: 'https://a'";
const std::string exec_v1 = "apiVersion: client.authentication.k8s.io/v1";

const std::vector<bad_field>& bad_fields() {
  static const std::vector<bad_field> all{
      {"server: ''", "", {"clusters[k].server", "https://host:6443"}},
      {"server: 'a:6443'", "", {"clusters[k].server", "a:6443"}},
      {"server: 'ftp://a'", "", {"clusters[k].server", "ftp://a"}},
      {"server: [1]", "", {"clusters[k].server", "give a string"}},
      {"certificate-authority: x", "", {"clusters[k].server"}},
      {good + ", certificate-authority-data: '%%'",
       "",
       {"clusters[k].certificate-authority-data", "base64"}},
      {good + ", insecure-skip-tls-verify: maybe",
       "",
       {"clusters[k].insecure-skip-tls-verify", "true or false"}},
      {good + ", insecure-skip-tls-verify: true, certificate-authority: x",
       "",
       {"clusters[k].insecure-skip-tls-verify", "certificate-authority"}},
      {good + ", proxy-url: 'socks5://p:1'", "", {"clusters[k].proxy-url", "CONNECT"}},
      {good + ", proxy-url: 'https://p:1'", "", {"clusters[k].proxy-url", "CONNECT"}},
      {good, "client-certificate: x", {"users[u].client-certificate", "client-key"}},
      {good, "client-key: x", {"users[u].client-certificate", "client-key"}},
      {good, "client-key-data: '&'", {"users[u].client-key-data", "base64"}},
      {good, "auth-provider: {name: gcp}", {"users[u].auth-provider", "use exec"}},
      {good, "exec: {command: x, apiVersion: v1alpha1}", {"users[u].exec.apiVersion", "v1beta1"}},
      {good, "exec: {" + exec_v1 + "}", {"users[u].exec.command", "name the plugin"}},
      {good,
       "exec: {command: x, interactiveMode: Always, " + exec_v1 + "}",
       {"users[u].exec.interactiveMode", "Never"}},
      {good, "exec: {command: x, env: [{name: a}], " + exec_v1 + "}", {}},
      {good, "exec: {command: x, env: [a], " + exec_v1 + "}", {}},
      {good, "exec: plugin", {}},
      {good, "as-groups: [[x]]", {}},
  };
  return all;
}

TEST(Kubeconfig, NamesFileFieldAndRuleOfABadField) {
  for (const auto& bad : bad_fields()) {
    SCOPED_TRACE(bad.cluster + " / " + bad.user);
    const auto text = test::config_error_of([&] { return load(config_of(bad.cluster, bad.user)); });
    EXPECT_THAT(text, HasSubstr(file));
    for (const auto& word : bad.words) {
      EXPECT_THAT(text, HasSubstr(word));
    }
  }
}

TEST(Kubeconfig, RefusesWhatIsNoKubeconfig) {
  for (const auto* text : {"", "just words", "[1, 2]", "clusters: [word]", "contexts: [[a]]"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(test::config_error_of([&] { return load(text); }), HasSubstr(file));
  }
}

TEST(Kubeconfig, PrintsNoCredentialInAnError) {
  const auto text = test::config_error_of(
      [] { return load_user("token: hush, password: hush, client-key-data: hush"); });
  EXPECT_THAT(text, Not(HasSubstr("hush")));
}

TEST(Base64, EncodesAndDecodes) {
  for (const auto& [plain, code] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
    EXPECT_EQ(encode_base64(plain), code);
    EXPECT_EQ(decode_base64(code), plain);
  }
  EXPECT_EQ(decode_base64(" Zm9\nvYg=\t= "), "foob");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const auto* text : {"Zg", "Zg=", "Z===", "====", "=", "Zg==Zg==", "Zm9v-", "Z*9v", "Zm-_"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace btc::k8s::io
