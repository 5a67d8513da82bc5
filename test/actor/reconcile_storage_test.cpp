#include "test/support/reconcile_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* get_claim = "get PersistentVolumeClaim";
constexpr const char* patch_claim = "patch PersistentVolumeClaim";
constexpr const char* get_class = "get StorageClass";

class ReconcileStorage : public test::reconcile_fixture {
 protected:
  /// Three nodes with a bound claim of 10Gi each, at rest.
  void converge_with_storage() {
    network["spec"]["storage"] = {{"size", "10Gi"}, {"storageClassName", "fast"}};
    for (int i = 0; i < 3; ++i) {
      children[claim_name(i)] = {
          {"kind", "PersistentVolumeClaim"},
          {"metadata", {{"name", claim_name(i)}}},
          {"spec",
           {{"storageClassName", "fast"}, {"resources", {{"requests", {{"storage", "10Gi"}}}}}}},
          {"status", {{"phase", "Bound"}}}};
    }
    converge();
  }
  static std::string claim_name(int ordinal) { return "data-net-sts-" + std::to_string(ordinal); }
  void grow_to(const char* size) { edit_spec({{"storage", {{"size", size}}}}); }
  void bind(int ordinal, bool is_bound) {
    children[claim_name(ordinal)]["status"]["phase"] = is_bound ? "Bound" : "Pending";
  }
  std::vector<std::string> sizes() {
    std::vector<std::string> out;
    for (int i = 0; i < 3; ++i) {
      out.push_back(children[claim_name(i)]["spec"]["resources"]["requests"]["storage"]);
    }
    return out;
  }
  /// Serves all requests but those of this kind, which the server refuses.
  std::vector<std::string> serve_all_but(const char* refused, int code, const char* reason) {
    served.clear();
    for (int calls = 0; api.waiting() > 0 && calls < 100; ++calls) {
      const auto call = api.take();
      if (short_text(*call.request) == refused) {
        served.emplace_back(refused);
        refuse(call, code, reason);
      } else {
        serve(call);
      }
    }
    return served;
  }
  /// 200, and not from the API server.
  void answer_as_a_proxy(const messages::api_call& call) {
    k8s::result<k8s::payload> body{k8s::payload{"<html>Welcome to the proxy</html>", nullptr}};
    caf::anon_send(
        call.sender,
        api_answer{call.id, std::make_shared<const k8s::result<k8s::payload>>(std::move(body))});
    run();
  }
  /// The scheduler finds no place for the first node's pod.
  void leave_without_a_place() {
    auto pod = test::a_child(k8s::kind::pod, "net-sts-0", next_version());
    pod["metadata"]["ownerReferences"][0] = {
        {"kind", "StatefulSet"}, {"name", "net-sts"}, {"uid", "uid-net-sts"}, {"controller", true}};
    pod["status"] = {
        {"conditions",
         {{{"type", "PodScheduled"}, {"status", "False"}, {"reason", "Unschedulable"}}}}};
    change(k8s::kind::pod, pod);
  }
};

TEST_F(ReconcileStorage, LooksAtNoClaimWhileTheSizeIsAsItWas) {
  converge_with_storage();

  edit_spec({{"storage", {{"size", "10240Mi"}}}});

  EXPECT_THAT(serve_all(), Not(Contains(HasSubstr("Claim"))));
}

TEST_F(ReconcileStorage, LetsEveryClaimGrowAndTellsOfEach) {
  converge_with_storage();

  grow_to("20Gi");

  EXPECT_THAT(serve_all(),
              ElementsAre("apply StatefulSet",
                          get_claim,
                          get_claim,
                          get_claim,
                          patch_claim,
                          patch_claim,
                          patch_claim,
                          "patch BitcoinNetwork"));
  EXPECT_THAT(sizes(), Each("20Gi"));
  EXPECT_THAT(announced(), ElementsAre("Updated", "StorageGrown", "StorageGrown", "StorageGrown"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");

  advance(10min);
  EXPECT_THAT(serve_all(), Not(Contains(HasSubstr("Claim")))) << "and then leaves them alone";
}

TEST_F(ReconcileStorage, TellsOfAClaimThatMayNotGrowAndTriesAgain) {
  converge_with_storage();

  grow_to("20Gi");
  const auto asked = serve_all_but(patch_claim, 403, "Forbidden");

  EXPECT_EQ(std::count(asked.begin(), asked.end(), patch_claim), 1) << "one answer is enough";
  EXPECT_EQ(condition("Degraded"), "True StorageNotGrown");
  EXPECT_THAT(announced(), Contains("StorageNotGrown").Times(1));
  EXPECT_THAT(sizes(), Each("10Gi"));

  advance(1min);  // the class allows it now
  EXPECT_THAT(serve_all(), Contains(patch_claim).Times(3));
  EXPECT_THAT(sizes(), Each("20Gi"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileStorage, TakesNoClaimForGrownThatTheAnswerDoesNotShow) {
  converge_with_storage();

  grow_to("20Gi");
  for (int i = 0; i < 4; ++i) {
    serve(api.take());
  }
  answer_as_a_proxy(api.take());
  EXPECT_THAT(serve_all(), IsEmpty()) << "tried again later, not at once";

  advance(1min);
  EXPECT_THAT(serve_all(), Contains(patch_claim).Times(3));
  EXPECT_THAT(sizes(), Each("20Gi"));
  EXPECT_THAT(announced(), Contains("StorageGrown").Times(3));
}

TEST_F(ReconcileStorage, WaitsForAClaimThatHasNoVolumeYet) {
  converge_with_storage();
  bind(2, false);

  grow_to("20Gi");
  EXPECT_THAT(serve_all(), Contains(patch_claim).Times(2));
  EXPECT_THAT(sizes(), ElementsAre("20Gi", "20Gi", "10Gi"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");

  bind(2, true);
  advance(1min);
  EXPECT_THAT(serve_all(), Contains(patch_claim).Times(1));
  EXPECT_THAT(sizes(), Each("20Gi"));
}

TEST_F(ReconcileStorage, GoesOnWhereABadMomentOfTheServerStoppedIt) {
  converge_with_storage();

  grow_to("20Gi");
  for (int i = 0; i < 5; ++i) {
    serve(api.take());
  }
  refuse(api.take(), 503, "ServiceUnavailable");
  EXPECT_THAT(sizes(), ElementsAre("20Gi", "10Gi", "10Gi"));

  advance(1min);
  EXPECT_THAT(serve_all(), Contains(patch_claim).Times(2));
  EXPECT_THAT(sizes(), Each("20Gi"));
}

TEST_F(ReconcileStorage, TouchesNothingWhenTheSizeShrinks) {
  converge_with_storage();

  grow_to("5Gi");

  EXPECT_THAT(serve_all(), Not(Contains(HasSubstr("Claim"))));
  EXPECT_EQ(condition("Degraded"), "True ImmutableField");
  EXPECT_THAT(announced(), Contains("ImmutableField").Times(1));
  grow_to("10Gi");
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

// -- a class that is not there ---------------------------------------------------------

TEST_F(ReconcileStorage, TellsOfAMissingClassUntilItIsThere) {
  converge_with_storage();
  bind(0, false);

  leave_without_a_place();
  EXPECT_THAT(serve_all(), ElementsAre(get_claim, get_class, "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "True StorageClassMissing");
  EXPECT_THAT(announced(), ElementsAre("StorageClassMissing"));

  advance(1min);
  EXPECT_THAT(serve_all(), Contains(get_class));
  EXPECT_THAT(announced(), ElementsAre("StorageClassMissing")) << "once";

  children["fast"] = {{"kind", "StorageClass"}, {"metadata", {{"name", "fast"}}}};
  advance(10min);
  static_cast<void>(serve_all());
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

TEST_F(ReconcileStorage, IsContentWhenItMaySeeNoClass) {
  converge_with_storage();
  bind(0, false);

  leave_without_a_place();
  static_cast<void>(serve_all_but(get_class, 403, "Forbidden"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
  EXPECT_THAT(condition("Ready"), HasSubstr("False"));

  advance(3min);
  EXPECT_THAT(serve_all(), IsEmpty());
}

TEST_F(ReconcileStorage, LooksAtNoClassOfAClaimThatHasItsVolume) {
  converge_with_storage();

  leave_without_a_place();

  EXPECT_THAT(serve_all(), ElementsAre(get_claim, "patch BitcoinNetwork"));
  EXPECT_EQ(condition("Degraded"), "False AsExpected");
}

}  // namespace
}  // namespace btc::actors
