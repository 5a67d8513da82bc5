#include "test/support/reconcile_fixture.hpp"

#include <string>
#include <string_view>
#include <utility>

/// What no watch tells a reconcile actor: Secrets, and what the nodes say.
namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReconcileNodes : public test::reconcile_fixture {
 protected:
  /// The controller is killed and starts again.
  void restart() {
    kill(actor);
    start();
    replay(k8s::kind::bitcoin_network, {network});
    replay(k8s::kind::stateful_set, {children["net-sts"]});
    replay(k8s::kind::service, {children["net-svc"]});
    replay(k8s::kind::pod, pods);
  }
  /// Somebody changes the password in the Secret.
  void rotate(std::string_view password) {
    secret["data"]["BC_RPC_PASSWORD"] = k8s::encode_base64(password);
  }
  /// The nodes of the spec are connected as the topology has it.
  void observe_chain(std::int64_t height, const std::string& uid = "uid-net") {
    const auto& spec = network["spec"];
    bitcoin::chain_report report;
    report.network_uid = uid;
    report.shape = bitcoin::parse_topology(spec.value("topology", "auto")).value();
    report.nodes_wanted = spec["nodes"];
    for (int i = 0; i < report.nodes_wanted; ++i) {
      report.nodes.push_back({i, "uid-net-sts-" + std::to_string(i), 0, true, 2, height});
    }
    report.view.height = height;
    report.view.peers_connected = {bitcoin::finding::truth::yes, "AllConnected", "as wanted"};
    report.view.chain_converged = {bitcoin::finding::truth::yes, "SameTip", "all the same"};
    tell(actor, chain_observed{std::make_shared<const bitcoin::chain_report>(std::move(report))});
  }
};

TEST_F(ReconcileNodes, ReadsTheSecretsAndWritesNothingAfterARestart) {
  converge();

  restart();

  EXPECT_THAT(serve_all(), ElementsAre("get Secret"));
}

TEST_F(ReconcileNodes, FindsAtItsNextReadingWhatBecameOfTheConfigurationWhileNobodyLooked) {
  converge();
  children.at("net-conf")["data"]["bitcoin.conf"] = k8s::encode_base64("theirs");
  restart();
  static_cast<void>(serve_all());

  advance(6min);

  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
}

// -- Secrets ---------------------------------------------------------------------------

TEST_F(ReconcileNodes, ReadsTheSecretsAgainNowAndThen) {
  converge();

  advance(3min);
  EXPECT_EQ(api.waiting(), 0U);
  advance(3min);

  EXPECT_THAT(serve_all(), ElementsAre("get Secret", "get conf"));
  EXPECT_THAT(announced(), IsEmpty());
}

TEST_F(ReconcileNodes, TakesNoAnswerForASecretThatTheSpecNamesNoLonger) {
  converge();
  advance(6min);
  const auto look_at_the_old = api.take();  // secrets_due
  edit_spec({{"secret", nullptr}});

  succeed(look_at_the_old, secret);

  EXPECT_THAT(serve_all(), Contains("create Secret"));  // net-rpc, which is not there yet
  const auto generated = children.at("net-rpc")["data"];
  edit_spec({{"secret", "credentials"}});
  EXPECT_THAT(serve_all(), Contains("get Secret"));
}

TEST_F(ReconcileNodes, TakesNoRefusalOfASecretThatTheSpecNamesNoLonger) {
  converge();
  advance(6min);
  const auto look_at_the_old = api.take();
  edit_spec({{"secret", nullptr}});

  refuse(look_at_the_old, 403, "Forbidden");

  EXPECT_THAT(serve_all(), Contains("create Secret"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileNodes, TakesNoGeneratedSecretForTheOneThatTheSpecNamesNow) {
  network["spec"].erase("secret");
  load();
  serve(api.take());  // the Service
  const auto make = api.take();
  ASSERT_EQ(short_text(*make.request), "create Secret");
  edit_spec({{"secret", "credentials"}});

  succeed(make, test::stored(with_data(*make.request->body), next_version()));

  EXPECT_THAT(serve_all(), Contains("get Secret"));
}

TEST_F(ReconcileNodes, FollowsARotationWithOneRollingRestart) {
  converge();
  const auto before = children["net-sts"]["spec"]["template"]["metadata"]["annotations"];

  rotate("another");
  advance(6min);

  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
  EXPECT_THAT(announced(), ElementsAre("Updated", "RollingRestart"));
  EXPECT_NE(children["net-sts"]["spec"]["template"]["metadata"]["annotations"], before);
}

TEST_F(ReconcileNodes, RestartsNoPodForAConfigurationThatAProxySwallowed) {
  converge();
  const auto before = children["net-sts"];

  rotate("another");
  advance(6min);
  serve(api.take());
  serve(api.take());
  const auto write = api.take();
  ASSERT_EQ(short_text(*write.request), "apply conf");
  k8s::result<k8s::payload> page{k8s::payload{"<html>Welcome to the proxy</html>", nullptr}};
  caf::anon_send(
      write.sender,
      api_answer{write.id, std::make_shared<const k8s::result<k8s::payload>>(std::move(page))});
  run();

  EXPECT_EQ(api.waiting(), 0U);
  EXPECT_EQ(children["net-sts"], before);

  advance(1min);
  EXPECT_THAT(serve_all(), ElementsAre("get conf", "apply conf", "apply StatefulSet"));
}

TEST_F(ReconcileNodes, ReadsTheSecretsAtOnceWhenANodeRefusesTheCredentials) {
  converge();

  rotate("another");
  tell(actor, credentials_refused{"uid-net"});

  EXPECT_THAT(serve_all(), Contains("apply conf"));
}

TEST_F(ReconcileNodes, DoesNotReadThemForANodeOfANamesake) {
  converge();

  tell(actor, credentials_refused{"another-uid"});

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, RestartsNoPodWhenTheSecretGoesAndTakesItWhenItIsBack) {
  converge();
  const auto before = children["net-sts"];

  advance(6min);
  refuse(api.take(), 404, "NotFound");
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True SecretInvalid");
  EXPECT_EQ(children["net-sts"], before);

  advance(1min);
  EXPECT_THAT(serve_all(), Each(testing::Not(HasSubstr("apply"))));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
  EXPECT_EQ(children["net-sts"], before);
}

TEST_F(ReconcileNodes, PutsTheConfigurationBackWhenItIsReadAgain) {
  converge();
  children["net-conf"]["data"]["bitcoin.conf"] = k8s::encode_base64("rpcallowip=::/0");

  advance(6min);

  // Any node may have started with what was there.
  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
  EXPECT_THAT(announced(), ElementsAre("DriftCorrected", "RollingRestart"));
}

TEST_F(ReconcileNodes, ReplacesNodesThatMayHaveStartedWithAConfigurationThatCameAndWent) {
  converge();
  const auto mark = [this] {
    return children["net-sts"]["spec"]["template"]["metadata"]["annotations"]
                   ["bitcoincontroller.christianb93.github.com/configuration"];
  };
  const auto before = mark();
  const auto first = secret;
  rotate("another");
  advance(6min);
  while (api.waiting() > 0) {
    const auto call = api.take();
    if (short_text(*call.request) == "apply StatefulSet") {
      refuse(call, 503, "ServiceUnavailable");  // the Secret is written, and the pods not told
      break;
    }
    serve(call);
  }
  secret = first;

  tell(actor, credentials_refused{"uid-net"});
  advance(1min);
  static_cast<void>(serve_all());

  EXPECT_NE(mark(), before);
}

TEST_F(ReconcileNodes, WritesNoConfigurationThatSomebodyTookSinceItWasRead) {
  converge();
  rotate("another");
  advance(6min);
  serve(api.take());
  serve(api.take());
  const auto apply = api.take();
  EXPECT_EQ(apply.request->body->at("metadata").at("resourceVersion"),
            children["net-conf"]["metadata"]["resourceVersion"]);

  children["net-conf"]["metadata"].erase("ownerReferences");
  const auto taken = children["net-conf"];
  refuse(apply, 409, "Conflict");

  EXPECT_THAT(serve_all(), ElementsAre("get conf", "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True ChildNotOwned");
  EXPECT_EQ(children["net-conf"], taken);
}

TEST_F(ReconcileNodes, MakesTheConfigurationAnewWhenItIsGone) {
  converge();
  children.erase("net-conf");

  advance(6min);

  EXPECT_THAT(serve_all(), ElementsAre("get Secret", "get conf", "create conf"));
}

TEST_F(ReconcileNodes, LeavesAForeignConfigurationAlone) {
  children["net-conf"] = {{"kind", "Secret"}, {"metadata", {{"name", "net-conf"}}}};
  load();
  for (auto waiting = api.waiting(); waiting > 0; waiting = api.waiting()) {
    const auto call = api.take();
    if (short_text(*call.request) == "create conf") {
      refuse(call, 409, "AlreadyExists");
    } else {
      serve(call);
    }
  }

  EXPECT_EQ(condition("Degraded"), "True ChildNotOwned");
  EXPECT_FALSE(children.contains("net-sts"));
  EXPECT_FALSE(children["net-conf"].contains("data"));
}

TEST_F(ReconcileNodes, FindsTheConfigurationThatItMadeBeforeItWasKilled) {
  load();
  serve(api.take());
  serve(api.take());
  const auto create = api.take();
  children["net-conf"] = test::stored(*create.request->body, next_version());

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(), ElementsAre("get conf", "create StatefulSet", "patch BitcoinNetwork"));
}

// -- the nodes -------------------------------------------------------------------------

TEST_F(ReconcileNodes, TellsThePeerActorOfPodsAndCredentials) {
  converge();
  change_pod(0, "10.0.0.1");
  static_cast<void>(serve_all());

  const auto target = peer.all<network_targets>().back().target;
  EXPECT_EQ(target->uid, "uid-net");
  EXPECT_EQ(target->nodes_wanted, 3);
  ASSERT_THAT(target->nodes, SizeIs(1));
  EXPECT_EQ(target->nodes[0].ip, "10.0.0.1");
  ASSERT_NE(target->credentials, nullptr);
  EXPECT_EQ(target->credentials->user.reveal(), "bitcoin-controller");
}

TEST_F(ReconcileNodes, TellsThePeerActorNothingTwice) {
  converge();
  const auto told = peer.count<network_targets>();

  change(k8s::kind::service, children["net-svc"]);
  edit_spec({{"image", "another"}});
  static_cast<void>(serve_all());
  advance(6min);
  static_cast<void>(serve_all());

  EXPECT_EQ(peer.count<network_targets>(), told);
}

TEST_F(ReconcileNodes, TellsThePeerActorNewCredentials) {
  converge();
  const auto told = peer.count<network_targets>();

  rotate("another");
  advance(6min);
  static_cast<void>(serve_all());

  EXPECT_EQ(peer.count<network_targets>(), told + 1);
}

TEST_F(ReconcileNodes, LetsThePeerActorForgetANetworkThatGoes) {
  converge();

  network["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  network["metadata"]["resourceVersion"] = next_version();
  change(k8s::kind::bitcoin_network, network);

  EXPECT_EQ(peer.count<network_gone>(), 1U);
}

TEST_F(ReconcileNodes, WritesWhatTheNodesSayOnce) {
  converge();
  have_nodes();
  static_cast<void>(serve_all());

  observe_chain(7);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["height"], 7);
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");

  observe_chain(7);
  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, KeepsWhatTheNodesSaidAcrossARestart) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());

  restart();
  EXPECT_THAT(serve_all(), ElementsAre("get Secret"));

  observe_chain(7);
  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, SaysThatItChecksWhatANewTopologyWants) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());
  recorder.got().clear();

  edit_spec({{"topology", "ring"}});
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("PeersConnected"), "Unknown Checking");
  EXPECT_EQ(condition("ChainConverged"), "True SameTip");

  observe_chain(7);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
  EXPECT_THAT(announced(), ElementsAre("PeersConnected"));

  edit_spec({{"mining", {{"intervalSeconds", 60}}}});
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
}

TEST_F(ReconcileNodes, ForgetsWhatTheNodesSaidWhenItCannotAskThem) {
  converge();
  have_nodes();
  observe_chain(7);
  static_cast<void>(serve_all());
  const auto stored_secret = std::exchange(secret, {{"data", nlohmann::json::object()}});

  restart();
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("Degraded"), "True SecretInvalid");
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");  // it may be back in a moment

  for (int i = 0; i < 3; ++i) {
    tell(actor, resync{});
    static_cast<void>(serve_all());
    advance(30s);
  }
  EXPECT_EQ(condition("PeersConnected"), "Unknown SecretInvalid");
  EXPECT_EQ(condition("ChainConverged"), "Unknown SecretInvalid");
  EXPECT_FALSE(network["status"].contains("height"));
  EXPECT_FALSE(network["status"]["nodes"][0].contains("peers"));

  secret = stored_secret;
  advance(30s);
  tell(actor, resync{});
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "Unknown Checking");

  observe_chain(7);
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("PeersConnected"), "True AllConnected");
}

TEST_F(ReconcileNodes, ForgetsWhatTheNodesSaidWhileItIsPausedWithoutASecret) {
  converge();
  have_nodes();
  observe_chain(7);
  edit_spec({{"paused", true}});
  static_cast<void>(serve_all());
  secret = {{"data", nlohmann::json::object()}};

  restart();
  for (int i = 0; i < 4; ++i) {
    static_cast<void>(serve_all());
    tell(actor, resync{});
    static_cast<void>(serve_all());
    advance(30s);
  }

  EXPECT_EQ(condition("PeersConnected"), "Unknown SecretInvalid");
  EXPECT_EQ(network["status"]["phase"], "Paused");
}

TEST_F(ReconcileNodes, IgnoresAReportOfANamesake) {
  converge();

  observe_chain(7, "another-uid");

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileNodes, ShowsNoByteOfThePasswordToAnybody) {
  secret["data"]["BC_RPC_PASSWORD"] = k8s::encode_base64("planted-marker");
  converge();
  rotate("another-marker");
  advance(6min);
  static_cast<void>(serve_all());

  for (const auto& line : log.lines()) {
    EXPECT_THAT(line, testing::Not(HasSubstr("marker")));
  }
  for (const auto& [name, child] : children) {
    EXPECT_THAT(child.dump(), testing::Not(HasSubstr("marker"))) << name;
  }
  EXPECT_THAT(network.dump(), testing::Not(HasSubstr("marker")));
}

}  // namespace
}  // namespace btc::actors
