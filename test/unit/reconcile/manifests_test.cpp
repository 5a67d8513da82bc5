#include "actors/reconcile/manifests.hpp"

#include "actors/reconcile/names.hpp"
#include "k8s/decode.hpp"
#include "test/support/reconcile_builders.hpp"
#include "test/support/source_dir.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace btc::reconcile {
namespace {

using test::a_rich_spec;
using test::an_observation;
using test::json;

json template_of(const desired_children& children) {
  return children.stateful_set()->json.at("spec").at("template");
}

json container_of(const desired_children& children) {
  return template_of(children).at("spec").at("containers").at(0);
}

// -- golden texts --------------------------------------------------------------------------

struct golden_case {
  const char* name;  ///< of the file golden/<name>.json
  json spec;
};

class ManifestsGolden : public testing::TestWithParam<golden_case> {
 protected:
  static std::string path() {
    return test::source_path("test/unit/reconcile/golden/" + std::string{GetParam().name}
                             + ".json");
  }
  static std::string read() {
    std::ostringstream text;
    text << std::ifstream{path()}.rdbuf();
    return text.str();
  }
};

/// With UPDATE_GOLDEN set in the environment the texts are written anew: look at the difference.
TEST_P(ManifestsGolden, RenderTheTextOfTheFile) {
  const auto children = an_observation().with_spec(GetParam().spec).wanted();
  const auto text =
      json{{"service", children.service()->json}, {"statefulSet", children.stateful_set()->json}}
          .dump(2)
      + '\n';
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream{path()} << text;
  }

  EXPECT_EQ(text, read());
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ManifestsGolden,
    testing::Values(golden_case{"minimal", json::object()},
                    golden_case{"rich", a_rich_spec()},
                    golden_case{"generated_secret", {{"secret", ""}}},
                    golden_case{"storage",
                                {{"storage", {{"size", "10Gi"}, {"storageClassName", "fast"}}},
                                 {"extraArgs", {"-txindex"}}}},
                    golden_case{"signet", {{"chain", "signet"}}}),
    [](const auto& row) { return row.param.name; });

// -- rules -----------------------------------------------------------------------------------

TEST(Manifests, KeepTheClaimsOfANetworkWhoseUserWantsThat) {
  const auto policy = [](const json& storage) {
    const auto o = an_observation().with_spec({{"storage", storage}});
    return o.wanted().stateful_set()->json["spec"]["persistentVolumeClaimRetentionPolicy"]
                                          ["whenDeleted"];
  };
  EXPECT_EQ(policy({{"size", "1Gi"}}), "Delete");
  EXPECT_EQ(policy({{"size", "1Gi"}, {"whenDeleted", "Retain"}}), "Retain");
}

TEST(Manifests, AreTheSameBytesEachTime) {
  const auto o = an_observation().with_spec(a_rich_spec());

  EXPECT_EQ(o.wanted().stateful_set()->json.dump(), o.wanted().stateful_set()->json.dump());
  EXPECT_EQ(o.wanted().stateful_set()->digest, o.wanted().stateful_set()->digest);
}

TEST(Manifests, AreTheSameWhenTheyAreMadeAgain) {
  const auto o = an_observation().with_spec(a_rich_spec()).build();
  const auto& wanted = *o.desired;
  const std::array before{wanted.service(), wanted.stateful_set(), wanted.conf()};

  wanted.rest(o.network);

  EXPECT_EQ(wanted.stateful_set_digest(), before[1]->digest);
  const std::array after{wanted.service(), wanted.stateful_set(), wanted.conf()};
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NE(after.at(i), before.at(i));
    EXPECT_EQ(after.at(i)->json, before.at(i)->json);
  }
}

TEST(Manifests, TakeOverWhatOtherCredentialsDoNotChange) {
  const auto o = an_observation().build();
  const auto service = o.desired->service();
  const auto set = o.desired->stateful_set();
  const auto other = test::observation::some_credentials("another password");

  const desired_children rotated{o.network, {other, &other->user}, {}, o.desired.get()};

  EXPECT_EQ(rotated.service(), service);
  EXPECT_NE(rotated.stateful_set()->digest, set->digest);
  EXPECT_NE(rotated.conf()->digest, o.desired->conf_digest());
}

TEST(Manifests, KnowTheCredentialsTheyAreFor) {
  const auto o = an_observation().build();

  EXPECT_TRUE(o.desired->is_for(o.secret.credentials->user));
  EXPECT_FALSE(o.desired->is_for(test::observation::some_credentials("another password")->user));
}

TEST(Manifests, CarryTheirDigest) {
  const auto wanted = an_observation().wanted();

  for (const auto& child : {wanted.service(), wanted.stateful_set(), wanted.conf()}) {
    EXPECT_EQ(child->json["metadata"]["annotations"][std::string{applied_annotation}],
              to_string(child->digest));
  }
}

TEST(Manifests, ChangeNothingButReplicasWithTheNodes) {
  const auto before = an_observation().with_nodes(3).wanted();
  const auto after = an_observation().with_nodes(4).wanted();

  EXPECT_EQ(before.service()->json, after.service()->json);
  EXPECT_EQ(template_of(before), template_of(after));
  EXPECT_EQ(after.stateful_set()->json["spec"]["replicas"], 4);
}

TEST(Manifests, NeverDependOnTheGeneration) {
  const auto o = an_observation();

  EXPECT_EQ(o.wanted().stateful_set()->json,
            an_observation().with_spec(json::object()).wanted().stateful_set()->json);
}

struct ports_case {
  const char* chain;
  int rpc;
  int p2p;
};

class ManifestsPorts : public testing::TestWithParam<ports_case> {};

TEST_P(ManifestsPorts, AreThoseOfTheChain) {
  const auto wanted = an_observation().with_spec({{"chain", GetParam().chain}}).wanted();

  const auto& service = wanted.service()->json["spec"]["ports"];
  const auto container = container_of(wanted)["ports"];
  EXPECT_EQ(service[0]["port"], GetParam().rpc);
  EXPECT_EQ(service[1]["port"], GetParam().p2p);
  EXPECT_EQ(container[0]["containerPort"], GetParam().rpc);
  EXPECT_EQ(container[1]["containerPort"], GetParam().p2p);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         ManifestsPorts,
                         testing::Values(ports_case{"regtest", 18443, 18444},
                                         ports_case{"signet", 38332, 38333},
                                         ports_case{"testnet4", 48332, 48333}),
                         [](const auto& row) { return std::string{row.param.chain}; });

TEST(Manifests, LetNoUserLabelOverrideOurs) {
  const auto wanted =
      an_observation()
          .with_spec(
              {{"pod",
                {{"labels",
                  {{"app", "evil"}, {"app.kubernetes.io/managed-by", "evil"}, {"team", "red"}}}}}})
          .wanted();

  const auto labels = template_of(wanted)["metadata"]["labels"];
  EXPECT_EQ(labels["app"], "net");
  EXPECT_EQ(labels["app.kubernetes.io/managed-by"], "bitcoin-controller");
  EXPECT_EQ(labels["team"], "red");
}

TEST(Manifests, SelectThePodsThatTheTemplateMakes) {
  const auto wanted = an_observation().with_spec(a_rich_spec()).wanted();

  const auto labels = template_of(wanted)["metadata"]["labels"];
  const auto& spec = wanted.stateful_set()->json["spec"];
  for (const auto& [key, value] : spec["selector"]["matchLabels"].items()) {
    EXPECT_EQ(labels[key], value);
  }
  EXPECT_EQ(wanted.service()->json["spec"]["selector"], spec["selector"]["matchLabels"]);
}

TEST(Manifests, LeaveOutWhatTheSpecLeavesOut) {
  const auto pod = template_of(an_observation().wanted());

  EXPECT_EQ(pod["metadata"]["annotations"].size(), 1U) << "only the configuration";
  for (const auto* field : {"imagePullSecrets", "nodeSelector", "tolerations", "affinity"}) {
    EXPECT_FALSE(pod["spec"].contains(field)) << field;
  }
}

TEST(Manifests, AreOwnedByTheNetworkSoThatGarbageCollectionRemovesThem) {
  const auto wanted = an_observation().wanted();

  const auto owner = wanted.service()->json["metadata"]["ownerReferences"];
  EXPECT_EQ(owner, wanted.stateful_set()->json["metadata"]["ownerReferences"]);
  EXPECT_EQ(owner, json::parse(R"([{"apiVersion": "bitcoincontroller.christianb93.github.com/v1",
                             "kind": "BitcoinNetwork", "name": "net", "uid": "net-uid",
                             "controller": true, "blockOwnerDeletion": true}])"));
}

TEST(Manifests, FitTheLimitsOfTheLongestName) {
  auto o = an_observation();
  o.network["metadata"]["name"] = std::string(k8s::network_name_bytes_max, 'a');

  const auto wanted = o.wanted();

  // The StatefulSet controller appends "-" and a hash of at most 10 characters to make a label.
  constexpr std::size_t label_value_bytes_max = 63;
  const auto name = wanted.stateful_set()->json["metadata"]["name"].get<std::string>();
  EXPECT_LE(name.size() + 11, label_value_bytes_max);
}

TEST(Manifests, MakeASecretWithGeneratedCredentials) {
  const auto o = an_observation().with_spec({{"secret", ""}}).build();

  const auto secret = rpc_secret_manifest(*o.network, "a-password");

  EXPECT_EQ(secret["metadata"]["name"], "net-rpc");
  EXPECT_EQ(secret["metadata"]["ownerReferences"],
            o.desired->service()->json["metadata"]["ownerReferences"]);
  EXPECT_EQ(secret["stringData"],
            (json{{"BC_RPC_USER", "bitcoin"}, {"BC_RPC_PASSWORD", "a-password"}}));
}

}  // namespace
}  // namespace btc::reconcile
