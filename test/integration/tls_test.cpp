#include "test/integration/transport_fixture.hpp"

#include <openssl/ssl.h>

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using test::operator""s;

class Tls : public test::transport_fixture {
 protected:
  static void ok(server_peer& peer) { peer.serve("ok"); }
};

// -- the server's certificate ---------------------------------------------------------------------

struct certificate_case {
  const char* name;
  test::certificate_wish wish;
  const char* why;
};

class BadCertificate : public Tls, public testing::WithParamInterface<certificate_case> {};

TEST_P(BadCertificate, IsRefusedWithTheReasonAndWhatToCheck) {
  scripted_server server{test::server_tls{authority_.issue(GetParam().wish), {}, 0}};
  server.always(ok);
  connect(server);
  EXPECT_THAT(outcome(),
              AllOf(StartsWith("BadCertificate: TLS with localhost:"),
                    HasSubstr(GetParam().why),
                    HasSubstr("check certificate-authority and tls-server-name")));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    BadCertificate,
    testing::Values(
        certificate_case{"Expired",
                         {.begins_in_seconds = -7'200, .ends_in_seconds = -3'600},
                         "certificate has expired"},
        certificate_case{"NotYetValid",
                         {.begins_in_seconds = 3'600, .ends_in_seconds = 7'200},
                         "certificate is not yet valid"},
        certificate_case{"OtherHost", {.names = "DNS:other.example"}, "hostname mismatch"},
        certificate_case{"AddressOnly", {.names = "IP:127.0.0.1"}, "hostname mismatch"}),
    [](const auto& row) { return row.param.name; });

TEST_F(Tls, RefusesACertificateOfAnotherAuthority) {
  const test::test_authority other;
  scripted_server server{test::server_tls{other.issue(), {}, 0}};
  connect(server);
  EXPECT_THAT(outcome(), HasSubstr("unable to get local issuer certificate"));
}

TEST_F(Tls, RefusesACertificateForAnotherAddress) {
  scripted_server server{
      test::server_tls{authority_.issue({.names = "IP:127.0.0.2,DNS:localhost"}), {}, 0}};
  auto cluster = cluster_of(server);
  cluster.server.host = "127.0.0.1";
  connect(cluster);
  EXPECT_THAT(outcome(), HasSubstr("IP address mismatch"));
}

TEST_F(Tls, AcceptsACertificateForItsAddress) {
  scripted_server server{tls()};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.server.host = "127.0.0.1";
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(Tls, TheServerNameOfTheKubeconfigStandsForTheHost) {
  scripted_server server{test::server_tls{authority_.issue({.names = "DNS:kubernetes"}), {}, 0}};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.tls_server_name = "kubernetes";
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(Tls, InsecureSkipTlsVerifyAcceptsEverything) {
  const test::test_authority other;
  scripted_server server{test::server_tls{
      other.issue({.names = "DNS:x", .begins_in_seconds = -9, .ends_in_seconds = -5}), {}, 0}};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.ca = {};
  cluster.insecure_skip_tls_verify = true;
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(Tls, TakesEveryAuthorityOfABundle) {
  const test::test_authority other;
  scripted_server server{tls()};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.ca.data = other.certificate() + authority_.certificate();
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(Tls, TrustsAnAuthorityWhoseOwnIssuerIsNotThere) {
  const test::test_authority issuing{&authority_};
  scripted_server server{test::server_tls{issuing.issue(), {}, 0}};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.ca.data = issuing.certificate();
  connect(cluster);
  EXPECT_EQ(outcome(), "200 ok");
}

// -- versions -------------------------------------------------------------------------------------

TEST_F(Tls, SpeaksTls12) {
  auto old = tls();
  old.version_max = TLS1_2_VERSION;
  scripted_server server{old};
  server.always(ok);
  connect(server);
  EXPECT_EQ(outcome(), "200 ok");
}

TEST_F(Tls, RefusesWhatIsOlderThanTls12) {
  auto old = tls();
  old.version_max = TLS1_1_VERSION;
  scripted_server server{old};
  server.always(ok);
  connect(server);
  EXPECT_THAT(outcome(), AllOf(HasSubstr("TLS with localhost:"), HasSubstr("version")));
}

// -- client certificates --------------------------------------------------------------------------

TEST_F(Tls, ShowsItsClientCertificate) {
  auto demanding = tls();
  demanding.client_authority = authority_.certificate();
  scripted_server server{demanding};
  server.always([](server_peer& peer) { peer.serve(peer.client_name()); });
  auto cluster = cluster_of(server);
  const auto own = authority_.issue({.common_name = "jane", .names = ""});
  cluster.client_certificate.data = own.certificate;
  cluster.client_key.data = own.key;
  connect(cluster);
  EXPECT_EQ(outcome(), "200 jane");
}

TEST_F(Tls, WithoutACertificateADemandingServerIsALostConnection) {
  auto demanding = tls();
  demanding.client_authority = authority_.certificate();
  scripted_server server{demanding};
  connect(server);
  const auto a = call(a_get());
  ASSERT_FALSE(a);
  EXPECT_EQ(classify(a.error()), error_class::retryable);
}

TEST_F(Tls, WarnsOfAClientCertificateThatHasExpired) {
  scripted_server server{tls()};
  auto cluster = cluster_of(server);
  const auto own = authority_.issue(
      {.common_name = "jane", .names = "", .begins_in_seconds = -9, .ends_in_seconds = -5});
  const test::scratch_directory files;
  cluster.client_certificate.file = files.write("jane.crt", own.certificate);
  cluster.client_key.data = own.key;
  connect(cluster);
  EXPECT_THAT(warnings(),
              Contains(AllOf(HasSubstr(files.path("jane.crt")), HasSubstr("has expired"))));
}

// -- files that change ----------------------------------------------------------------------------

TEST_F(Tls, ReadsTheAuthorityAgainWhenItsFileChanges) {
  const test::test_authority fresh;
  const test::scratch_directory files;
  scripted_server server{tls()};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.ca = {"", files.write("ca.crt", authority_.certificate())};
  options_.limits.reload_interval = 0s;
  connect(cluster);
  ASSERT_EQ(outcome(), "200 ok");

  server.use({fresh.issue(), {}, 0});
  files.write("ca.crt", fresh.certificate());

  EXPECT_EQ(outcome(), "200 ok");
  EXPECT_EQ(server.connections(), 2);  // the kept one was made under the old authority
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(Tls, KeepsTheOldAuthorityWhileTheNewFileIsNoGood) {
  const test::scratch_directory files;
  scripted_server server{tls()};
  server.always(ok);
  auto cluster = cluster_of(server);
  cluster.ca = {"", files.write("ca.crt", authority_.certificate())};
  options_.limits.reload_interval = 0s;
  connect(cluster);

  files.write("ca.crt", "half a fi");

  EXPECT_EQ(outcome(), "200 ok");
  EXPECT_THAT(warnings(),
              Contains(AllOf(HasSubstr("certificate-authority " + files.path("ca.crt")),
                             HasSubstr("is not usable"))));
}

TEST_F(Tls, ReadsTheClientCertificateAgainWhenItsFilesChange) {
  const test::scratch_directory files;
  auto demanding = tls();
  demanding.client_authority = authority_.certificate();
  scripted_server server{demanding};
  server.always([](server_peer& peer) { peer.serve(peer.client_name()); });
  const auto give = [&](const std::string& name) {
    const auto own = authority_.issue({.common_name = name, .names = ""});
    files.write("own.crt", own.certificate);
    files.write("own.key", own.key);
  };
  give("jane");
  auto cluster = cluster_of(server);
  cluster.client_certificate.file = files.path("own.crt");
  cluster.client_key.file = files.path("own.key");
  options_.limits.reload_interval = 0s;
  connect(cluster);
  ASSERT_EQ(outcome(), "200 jane");

  give("mary");

  EXPECT_EQ(outcome(), "200 mary");
}

TEST_F(Tls, RefusesAnAuthorityThatIsNoPemAtTheStart) {
  const test::scratch_directory files;
  cluster_config cluster;
  cluster.server = {"localhost", "1"};
  cluster.ca.file = files.write("ca.crt", "no PEM");
  EXPECT_THROW(connect(cluster), config_error);
}

}  // namespace
}  // namespace btc::k8s::io
