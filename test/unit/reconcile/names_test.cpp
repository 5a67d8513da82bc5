#include "actors/reconcile/names.hpp"

#include "test/support/reconcile_builders.hpp"

#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;

const k8s::object_key net{"default", "net"};
const k8s::object_key nobody{};

TEST(OwnerKey, OfANetworkIsItsOwn) {
  EXPECT_EQ(owner_key(*an_observation().build().network), net);
}

TEST(OwnerKey, OfAChildIsTheNetworkInItsName) {
  auto o = an_observation().at_rest();
  (*o.service)["metadata"]["labels"]["app"] = "misleading";
  (*o.stateful_set)["metadata"]["ownerReferences"][0]["name"] = "misleading";
  const auto seen = o.build();

  EXPECT_EQ(owner_key(*seen.service), net);
  EXPECT_EQ(owner_key(*seen.stateful_set), net);
  EXPECT_EQ(owner_key(*seen.pods[0]), net);
}

TEST(OwnerKey, OfAnObjectOfAnotherNameIsNobody) {
  auto o = an_observation().with_children();
  (*o.stateful_set)["metadata"]["name"] = "other";

  EXPECT_EQ(owner_key(*o.build().stateful_set), nobody);
}

// A Service whose owner and labels a user had taken away was deleted, and its network never heard:
// it said ChildNotOwned for ever (simulation, spec-18, seed 267).
TEST(OwnerKey, OfAChildIsKeptWhateverUsersTakeAway) {
  auto o = an_observation().at_rest();
  for (auto* object : {&*o.service, &*o.stateful_set, &o.pods[0]}) {
    (*object)["metadata"].erase("labels");
    (*object)["metadata"].erase("ownerReferences");
  }
  const auto seen = o.build();

  EXPECT_EQ(owner_key(*seen.service), net);
  EXPECT_EQ(owner_key(*seen.stateful_set), net);
  EXPECT_EQ(owner_key(*seen.pods[0]), net);
}

TEST(OwnerKey, OfWhatHasNoSuchNameIsNobody) {
  for (const auto* name : {"svc", "-svc", "net-sts", "net-svc-0", "net"}) {
    auto o = an_observation().with_children();
    (*o.service)["metadata"] = {{"name", name}, {"namespace", "default"}};
    EXPECT_EQ(owner_key(*o.build().service), nobody) << name;
  }
  for (const auto* name : {"net-sts", "net-sts-", "net-sts-x", "net-0", "-sts-0", "7"}) {
    auto o = an_observation().at_rest();
    o.pods[0]["metadata"] = {{"name", name}, {"namespace", "default"}};
    EXPECT_EQ(owner_key(*o.build().pods[0]), nobody) << name;
  }
}

TEST(Names, AreThoseOfTheGoController) {
  EXPECT_EQ(service_name("net"), "net-svc");
  EXPECT_EQ(stateful_set_name("net"), "net-sts");
  EXPECT_EQ(rpc_secret_name("net"), "net-rpc");
}

TEST(Names, SelectorFindsWhatTheManifestsLabel) {
  const auto wanted = an_observation().wanted();

  const auto labels = wanted.service()->json["metadata"]["labels"];
  EXPECT_EQ(std::string{label_managed_by} + '='
                + labels[std::string{label_managed_by}].get<std::string>(),
            managed_selector);
}

}  // namespace
}  // namespace btc::reconcile
