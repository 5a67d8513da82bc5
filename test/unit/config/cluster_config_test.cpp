#include "k8s/io/cluster_config.hpp"

#include "test/unit/config/host_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace btc::k8s::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string account = "/var/run/secrets/kubernetes.io/serviceaccount/";

[[nodiscard]] std::string config_for(const std::string& host) {
  return "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
         "clusters: [{name: k, cluster: {server: 'https://"
         + host + "'}}]\n";
}

[[nodiscard]] test::host_files pod() {
  return {{{account + "token", "t\n"}, {account + "namespace", "prod"}},
          {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT", "443"}}};
}

/// A host with every source; each test takes some of them away.
[[nodiscard]] test::host_files everywhere() {
  auto host = pod();
  host.files["/flag"] = config_for("flag");
  host.files["/variable"] = config_for("variable");
  host.files["/home/ann/.kube/config"] = config_for("home");
  host.environment["KUBECONFIG"] = "/variable";
  host.environment["HOME"] = "/home/ann";
  return host;
}

TEST(InCluster, ReadsTheServiceAccount) {
  const auto c = in_cluster(pod().access());
  ASSERT_TRUE(c);
  EXPECT_TRUE(c->tls);
  EXPECT_EQ(c->server.host, "10.0.0.1");
  EXPECT_EQ(c->server.port, "443");
  EXPECT_EQ(c->ca.file, account + "ca.crt");
  EXPECT_EQ(c->token_file, account + "token");
  EXPECT_EQ(c->default_namespace, "prod");
  EXPECT_EQ(c->origin, "the pod's ServiceAccount");
}

TEST(InCluster, TakesTheNamespaceDefaultWithoutANamespaceFile) {
  auto host = pod();
  host.files.erase(account + "namespace");
  EXPECT_EQ(in_cluster(host.access())->default_namespace, "default");
}

TEST(InCluster, NeedsAddressPortAndToken) {
  for (const std::string name : {"KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"}) {
    auto host = pod();
    host.environment.erase(name);
    EXPECT_FALSE(in_cluster(host.access())) << name;
  }
  auto host = pod();
  host.files.erase(account + "token");
  EXPECT_FALSE(in_cluster(host.access()));
}

TEST(FindCluster, PrefersFlagThenVariableThenPodThenHome) {
  auto host = everywhere();
  EXPECT_EQ(find_cluster("/flag", "", host.access()).server.host, "flag");
  EXPECT_EQ(find_cluster("", "", host.access()).server.host, "variable");
  host.environment.erase("KUBECONFIG");
  EXPECT_EQ(find_cluster("", "", host.access()).server.host, "10.0.0.1");
  host.environment.erase("KUBERNETES_SERVICE_HOST");
  EXPECT_EQ(find_cluster("", "", host.access()).server.host, "home");
}

TEST(FindCluster, SplitsTheVariableAtColons) {
  auto host = everywhere();
  host.environment["KUBECONFIG"] = ":/missing::/variable:";
  EXPECT_EQ(find_cluster("", "", host.access()).server.host, "variable");
}

TEST(FindCluster, SaysHowToNameAClusterWhenThereIsNone) {
  const auto host = test::host_files{}.access();
  EXPECT_THAT(test::config_error_of([&] { return find_cluster("", "", host); }),
              AllOf(HasSubstr("--kubeconfig"), HasSubstr("KUBECONFIG")));
}

TEST(FindCluster, FailsOnAFlagThatNamesNoFileWhateverElseThereIs) {
  const auto host = everywhere().access();
  EXPECT_THAT(test::config_error_of([&] { return find_cluster("/nowhere", "", host); }),
              HasSubstr("/nowhere"));
}

struct url_case {
  std::string url;
  bool tls;
  std::string host;
  std::string port;
  std::string prefix;
};

TEST(ServerUrl, IsCutIntoItsParts) {
  const std::vector<url_case> cases{
      {"https://a", true, "a", "443", ""},
      {"https://a/", true, "a", "443", ""},
      {"http://a", false, "a", "80", ""},
      {"https://a:6443", true, "a", "6443", ""},
      {"https://a:/", true, "a", "443", ""},
      {"https://10.1.2.3:1/p/q//", true, "10.1.2.3", "1", "/p/q"},
      {"https://[::1]:6443", true, "::1", "6443", ""},
      {"https://[2001:db8::7]/k8s/clusters/c-1", true, "2001:db8::7", "443", "/k8s/clusters/c-1"},
      {"HTTPS://A:6443", true, "A", "6443", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.url);
    cluster_config out;
    parse_server_url(c.url, "field", out);
    EXPECT_EQ(out.tls, c.tls);
    EXPECT_EQ(out.server.host, c.host);
    EXPECT_EQ(out.server.port, c.port);
    EXPECT_EQ(out.path_prefix, c.prefix);
  }
}

TEST(ServerUrl, NamesTheFieldWhenItIsBad) {
  for (const auto* url : {"", "a", "a:6443", "//a", "https://", "ftp://a", "https://a b"}) {
    SCOPED_TRACE(url);
    const auto text = test::config_error_of([&] {
      cluster_config out;
      parse_server_url(url, "file: field", out);
      return 0;
    });
    EXPECT_THAT(text, AllOf(StartsWith("file: field"), HasSubstr("https://host:6443")));
  }
}

TEST(ServerUrl, ShowsNoPasswordWhenItIsBad) {
  const auto text = test::config_error_of([] {
    cluster_config out;
    parse_server_url("https://jane:hu%sh@a", "file: field", out);
    return 0;
  });
  EXPECT_THAT(text, AllOf(StartsWith("file: field"), Not(HasSubstr("hu%sh"))));
}

TEST(ProxyUrl, GivesItsCredentialsToTheProxy) {
  const auto proxy = parse_proxy_url("http://jane:p%40ss@p:3128", "f");
  EXPECT_EQ(proxy.host, "p");
  EXPECT_EQ(proxy.authorization, "Basic amFuZTpwQHNz");
  EXPECT_EQ(parse_proxy_url("http://p", "f").authorization, "");
}

TEST(ThisHost, ReadsFilesAndNothingElse) {
  const auto host = this_host();
  EXPECT_EQ(host.read_file("/dev/null"), "");
  EXPECT_EQ(host.read_file("/"), std::nullopt);
  EXPECT_EQ(host.read_file("/nowhere"), std::nullopt);
}

TEST(ProxyUrl, IsPlainHttpOnly) {
  EXPECT_EQ(parse_proxy_url("http://p:3128", "f").port, "3128");
  EXPECT_EQ(parse_proxy_url("http://p", "f").port, "80");
  EXPECT_EQ(parse_proxy_url("http://p:", "f").port, "80");
  EXPECT_EQ(parse_proxy_url("http://[::1]:9", "f").host, "::1");
  for (const auto* url : {"", "p:3128", "https://p", "socks5://p"}) {
    EXPECT_THAT(test::config_error_of([&] { return parse_proxy_url(url, "f"); }),
                AllOf(StartsWith("f "), HasSubstr("CONNECT")))
        << url;
  }
}

}  // namespace
}  // namespace btc::k8s::io
