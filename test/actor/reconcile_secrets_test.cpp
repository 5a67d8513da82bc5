#include "test/support/reconcile_fixture.hpp"

#include <string>

/// What no watch tells a reconcile actor: the credentials, and the Secret with bitcoin.conf.
namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using ReconcileSecrets = test::reconcile_fixture;

TEST_F(ReconcileSecrets, ReadsTheSecretsAndWritesNothingAfterARestart) {
  converge();

  restart();

  EXPECT_THAT(serve_all(), ElementsAre("get Secret"));
}

TEST_F(ReconcileSecrets, FindsAtItsNextReadingWhatBecameOfTheConfigurationWhileNobodyLooked) {
  converge();
  children.at("net-conf")["data"]["bitcoin.conf"] = k8s::encode_base64("theirs");
  restart();
  static_cast<void>(serve_all());

  advance(6min);

  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
}

TEST_F(ReconcileSecrets, ReadsTheSecretsAgainNowAndThen) {
  converge();

  advance(3min);
  EXPECT_EQ(api.waiting(), 0U);
  advance(3min);

  EXPECT_THAT(serve_all(), ElementsAre("get Secret", "get conf"));
  EXPECT_THAT(announced(), IsEmpty());
}

TEST_F(ReconcileSecrets, TakesNoAnswerForASecretThatTheSpecNamesNoLonger) {
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

TEST_F(ReconcileSecrets, TakesNoRefusalOfASecretThatTheSpecNamesNoLonger) {
  converge();
  advance(6min);
  const auto look_at_the_old = api.take();
  edit_spec({{"secret", nullptr}});

  refuse(look_at_the_old, 403, "Forbidden");

  EXPECT_THAT(serve_all(), Contains("create Secret"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileSecrets, TakesNoGeneratedSecretForTheOneThatTheSpecNamesNow) {
  network["spec"].erase("secret");
  load();
  serve(api.take());  // the Service
  const auto make = api.take();
  ASSERT_EQ(short_text(*make.request), "create Secret");
  edit_spec({{"secret", "credentials"}});

  succeed(make, test::stored(with_data(*make.request->body), next_version()));

  EXPECT_THAT(serve_all(), Contains("get Secret"));
}

TEST_F(ReconcileSecrets, FollowsARotationWithOneRollingRestart) {
  converge();
  const auto before = children["net-sts"]["spec"]["template"]["metadata"]["annotations"];

  rotate("another");
  advance(6min);

  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
  EXPECT_THAT(announced(), ElementsAre("Updated", "RollingRestart"));
  EXPECT_NE(children["net-sts"]["spec"]["template"]["metadata"]["annotations"], before);
}

TEST_F(ReconcileSecrets, RestartsNoPodForAConfigurationThatAProxySwallowed) {
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

TEST_F(ReconcileSecrets, ReadsTheSecretsAtOnceWhenANodeRefusesTheCredentials) {
  converge();

  rotate("another");
  tell(actor, credentials_refused{"uid-net"});

  EXPECT_THAT(serve_all(), Contains("apply conf"));
}

TEST_F(ReconcileSecrets, DoesNotReadThemForANodeOfANamesake) {
  converge();

  tell(actor, credentials_refused{"another-uid"});

  EXPECT_EQ(api.waiting(), 0U);
}

TEST_F(ReconcileSecrets, RestartsNoPodWhenTheSecretGoesAndTakesItWhenItIsBack) {
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

TEST_F(ReconcileSecrets, PutsTheConfigurationBackWhenItIsReadAgain) {
  converge();
  children["net-conf"]["data"]["bitcoin.conf"] = k8s::encode_base64("rpcallowip=::/0");

  advance(6min);

  // Any node may have started with what was there.
  EXPECT_THAT(serve_all(),
              ElementsAre("get Secret", "get conf", "apply conf", "apply StatefulSet"));
  EXPECT_THAT(announced(), ElementsAre("DriftCorrected", "RollingRestart"));
}

TEST_F(ReconcileSecrets, ReplacesNodesThatMayHaveStartedWithAConfigurationThatCameAndWent) {
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

TEST_F(ReconcileSecrets, WritesNoConfigurationThatSomebodyTookSinceItWasRead) {
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

TEST_F(ReconcileSecrets, MakesTheConfigurationAnewWhenItIsGone) {
  converge();
  children.erase("net-conf");

  advance(6min);

  EXPECT_THAT(serve_all(), ElementsAre("get Secret", "get conf", "create conf"));
}

TEST_F(ReconcileSecrets, LeavesAForeignConfigurationAlone) {
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

TEST_F(ReconcileSecrets, FindsTheConfigurationThatItMadeBeforeItWasKilled) {
  load();
  serve(api.take());
  serve(api.take());
  const auto create = api.take();
  children["net-conf"] = test::stored(*create.request->body, next_version());

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(), ElementsAre("get conf", "create StatefulSet", "patch BitcoinNetwork"));
}

TEST_F(ReconcileSecrets, ShowsNoByteOfThePasswordToAnybody) {
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
