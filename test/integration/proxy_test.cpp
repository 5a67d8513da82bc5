#include "test/integration/transport_fixture.hpp"

namespace btc::k8s::io {
namespace {

using test::scripted_server;
using test::server_peer;
using testing::HasSubstr;
using testing::StartsWith;
using test::operator""ms;
using test::operator""s;

/// A CONNECT proxy on whose other end the script itself plays the API server.
class Proxy : public test::transport_fixture {
 protected:
  void connect_through(const scripted_server& proxy, const std::string& host = "api.example") {
    cluster_config cluster;
    cluster.server = {host, "6443"};
    cluster.ca.data = authority_.certificate();
    cluster.proxy = {{"127.0.0.1", std::to_string(proxy.port())}, "Basic dTpw"};
    connect(cluster);
  }
};

TEST_F(Proxy, TunnelsTlsToTheServerThatItNames) {
  std::promise<std::string> asked;  // what a script uses outlives its server
  const test::server_tls behind{authority_.issue({.names = "DNS:api.example"}), {}, 0};
  scripted_server proxy;
  proxy.next([&asked, &behind](server_peer& peer) {
    const auto request = peer.read_request();
    asked.set_value(request->line + ' ' + request->header("proxy-authorization"));
    peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (peer.start_tls(behind)) {
      peer.serve("from behind");
    }
  });
  connect_through(proxy);
  EXPECT_EQ(outcome(), "200 from behind");
  EXPECT_EQ(asked.get_future().get(), "CONNECT api.example:6443 HTTP/1.1 Basic dTpw");
}

TEST_F(Proxy, VerifiesTheServerAndNotTheProxy) {
  const test::server_tls behind{authority_.issue({.names = "DNS:proxy.example"}), {}, 0};
  scripted_server proxy;
  proxy.next([&behind](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    peer.start_tls(behind);
  });
  connect_through(proxy);
  EXPECT_THAT(outcome(), HasSubstr("hostname mismatch"));
}

TEST_F(Proxy, ARefusalTellsItsStatus) {
  scripted_server proxy;
  proxy.next([](server_peer& peer) {
    static_cast<void>(peer.read_request());
    peer.answer(407, "who are you");
    peer.wait_closed();
  });
  connect_through(proxy);
  EXPECT_EQ(outcome(), "Unreachable: the proxy answers CONNECT with 407");
}

TEST_F(Proxy, ASilentProxyIsGivenUpAtTheDeadline) {
  scripted_server proxy;
  connect_through(proxy);
  EXPECT_THAT(outcome(a_get(), 200ms), StartsWith("RequestTimeout: proxy"));
}

TEST_F(Proxy, AProxyThatHangsUpIsALostConnection) {
  scripted_server proxy;
  proxy.next([](server_peer& peer) { static_cast<void>(peer.read_request()); });
  connect_through(proxy);
  EXPECT_THAT(outcome(), StartsWith("ConnectionLost: proxy"));
}

}  // namespace
}  // namespace btc::k8s::io
