#include "test/support/reconcile_fixture.hpp"

#include <string>

/// Children that a write meets and no cache showed, or that somebody else has or takes.
namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;

class ReconcileConflicts : public test::reconcile_fixture {
 protected:
  /// Somebody edits the Service that we made by POST: first a JSON patch makes way for the apply.
  [[nodiscard]] api_call patch_that_makes_way() {
    converge();
    edit_child(
        k8s::kind::service,
        "net-svc",
        {{"spec", {{"selector", {{"app", "other"}}}}},
         {"metadata",
          {{"annotations", nullptr},
           {"managedFields", {{{"manager", "bitcoin-controller"}, {"operation", "Update"}}}}}}});
    return api.take();
  }
};

TEST_F(ReconcileConflicts, LooksAtAChildThatExistsThoughNoCacheShowsIt) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(),
              ElementsAre("get Service",
                          "get Secret",
                          "create conf",
                          "create StatefulSet",
                          "patch BitcoinNetwork"));
}

TEST_F(ReconcileConflicts, LooksAgainAtAChildThatNoWatchTellsOf) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  refuse(create, 409, "AlreadyExists");
  static_cast<void>(serve_all());

  children.erase("net-svc");
  advance(env.limits.refused_retry * 5 / 4);
  EXPECT_THAT(serve_all(), ElementsAre("get Service"));
  advance(1s);  // time for a deletion to be over

  EXPECT_THAT(serve_all(), Contains("create Service"));
}

TEST_F(ReconcileConflicts, LeavesAForeignChildAlone) {
  load();
  const auto create = api.take();
  auto& foreign = children["net-svc"] = test::stored(*create.request->body, next_version());
  foreign["metadata"].erase("ownerReferences");

  refuse(create, 409, "AlreadyExists");

  EXPECT_THAT(serve_all(), ElementsAre("get Service", "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True ChildNotOwned");
}

TEST_F(ReconcileConflicts, LooksAgainAtAForeignChildUntilItIsGone) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  children["net-svc"]["metadata"].erase("ownerReferences");
  refuse(create, 409, "AlreadyExists");
  static_cast<void>(serve_all());

  for (int i = 0; i < 60 && api.waiting() == 0; ++i) {
    advance(1s);
  }
  const auto look = api.take();
  ASSERT_EQ(short_text(*look.request), "get Service");
  refuse(look, 404, "NotFound");
  advance(30s);

  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileConflicts, FindsItsOwnWriteWhoseAnswerWasLost) {
  load();
  const auto create = api.take();
  children["net-svc"] = test::stored(*create.request->body, next_version());
  refuse(create, 0, std::string{k8s::reason_connection_lost});
  advance(1s);

  serve(api.take());  // the Secret or the Service, whatever comes first
  while (api.waiting() > 0) {
    const auto call = api.take();
    if (short_text(*call.request) == "create Service") {
      refuse(call, 409, "AlreadyExists");
    } else {
      serve(call);
    }
  }

  EXPECT_TRUE(children.contains("net-sts"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileConflicts, DoesNotSpinWhenAChildExistsAndCannotBeTaken) {
  const auto known = std::to_string(5'000);  // the store went back in time: what is there is older
  load();
  change(k8s::kind::service, test::a_child(k8s::kind::service, "net-svc", known), true);

  int calls = 0;
  for (; api.waiting() > 0 && calls < 50; ++calls) {
    const auto call = api.take();
    if (short_text(*call.request) == "create Service") {
      children["net-svc"] = test::stored(*call.request->body, next_version());
      refuse(call, 409, "AlreadyExists");
    } else {
      serve(call);
    }
  }

  EXPECT_LT(calls, 10);
  EXPECT_TRUE(report().next_retry_seconds.has_value());
}

TEST_F(ReconcileConflicts, DoesNotSpinWhenItsOwnershipCannotBeTaken) {
  network["spec"]["imagePullSecrets"] = {{{"name", "registry"}}};
  converge();
  edit_child(
      k8s::kind::stateful_set,
      "net-sts",
      {{"metadata",
        {{"managedFields", {{{"manager", "bitcoin-controller"}, {"operation", "Update"}}}}}}});
  static_cast<void>(serve_all());
  edit_spec({{"imagePullSecrets", nullptr}});

  int refused = 0;
  for (int calls = 0; api.waiting() > 0 && calls < 50; ++calls) {
    const auto call = api.take();
    if (short_text(*call.request) == "patch StatefulSet") {
      ++refused;
      refuse(call, 403, "Forbidden");
    } else {
      serve(call);
    }
  }

  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 5);
  EXPECT_EQ(condition("Degraded"), "True Forbidden");
}

TEST_F(ReconcileConflicts, AppliesNothingAfterAPatchThatAProxySwallowed) {
  const auto patch = patch_that_makes_way();
  ASSERT_EQ(short_text(*patch.request), "patch Service");

  succeed(patch, "everything is fine");

  advance(1s);
  EXPECT_EQ(short_text(*api.take().request), "patch Service");
}

TEST_F(ReconcileConflicts, AppliesToWhatItsPatchHasMadeAndToNothingElse) {
  const auto patch = patch_that_makes_way();
  ASSERT_EQ(short_text(*patch.request), "patch Service");
  auto made = children.at("net-svc");
  made["metadata"]["resourceVersion"] = "7001";
  auto taken = made;
  taken["metadata"]["resourceVersion"] = "7002";
  change(k8s::kind::service, taken);  // while the answer is on its way

  succeed(patch, made);

  const auto apply = api.take();
  EXPECT_EQ(short_text(*apply.request), "apply Service");
  EXPECT_EQ(apply.request->body->at("metadata").at("resourceVersion"), "7001");
}

}  // namespace
}  // namespace btc::actors
