#include "actors/reconcile/pod_template.hpp"

#include "actors/bitcoin/chain_params.hpp"
#include "actors/reconcile/names.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using testing::HasSubstr;
using testing::Not;

json template_of(const json& spec, std::string_view configuration = "digest") {
  return pod_template(*an_observation().with_spec(spec).build().network, configuration);
}

json container_of(const json& spec) {
  return template_of(spec)["spec"]["containers"][0];
}

// Kubernetes, "Pod Security Standards", profile "restricted", each rule that concerns a pod of
// ours.
TEST(PodTemplate, MeetsThePodSecurityStandardRestricted) {
  const auto spec = template_of(test::a_rich_spec())["spec"];
  const auto& container = spec["containers"][0];

  for (const auto* field : {"hostNetwork", "hostPID", "hostIPC"}) {
    EXPECT_FALSE(spec.contains(field)) << field;
  }
  for (const auto& volume : spec["volumes"]) {
    EXPECT_TRUE(volume.contains("secret") || volume.contains("emptyDir")) << volume;
  }
  for (const auto& port : container["ports"]) {
    EXPECT_FALSE(port.contains("hostPort"));
  }
  EXPECT_EQ(spec["securityContext"]["runAsNonRoot"], true);
  EXPECT_NE(spec["securityContext"]["runAsUser"], 0);
  EXPECT_EQ(spec["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
  EXPECT_EQ(container["securityContext"]["allowPrivilegeEscalation"], false);
  EXPECT_EQ(container["securityContext"]["capabilities"], (json{{"drop", {"ALL"}}}));
  EXPECT_FALSE(container["securityContext"].contains("privileged"));
}

TEST(PodTemplate, GivesTheContainerNothingItDoesNotNeed) {
  const auto spec = template_of(json::object())["spec"];

  EXPECT_EQ(spec["automountServiceAccountToken"], false);
  EXPECT_EQ(spec["enableServiceLinks"], false);
  EXPECT_EQ(spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
  EXPECT_FALSE(spec["containers"][0].contains("env"));
  EXPECT_FALSE(spec["containers"][0].contains("envFrom"));
}

TEST(PodTemplate, RunsBitcoindPastTheImagesEntrypoint) {
  const auto container = container_of(json::object());

  EXPECT_EQ(container["command"], json::array({"bitcoind"}));
  EXPECT_EQ(container["args"], json::array({"-conf=/etc/bitcoin/bitcoin.conf", "-datadir=/data"}));
}

TEST(PodTemplate, AddsTheUsersArgumentsBehindItsOwn) {
  const auto container = container_of({{"extraArgs", {"-txindex", "-uacomment=a b"}}});

  EXPECT_EQ(
      container["args"],
      json::array(
          {"-conf=/etc/bitcoin/bitcoin.conf", "-datadir=/data", "-txindex", "-uacomment=a b"}));
}

/// What the kubelet makes of an argument: k8s.io/kubernetes/third_party/forked/golang/expansion.
std::string expanded(const std::string& argument) {
  std::string out;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    if (argument[i] == '$' && i + 1 < argument.size()) {
      if (argument[i + 1] == '$') {
        ++i;
      } else if (argument[i + 1] == '(') {
        ADD_FAILURE() << "a variable is expanded in " << argument;
      }
    }
    out += argument[i];
  }
  return out;
}

TEST(PodTemplate, LetsTheKubeletExpandNothing) {
  for (const auto* argument :
       {"-uacomment=$(HOME)", "-uacomment=$$(HOME)", "-uacomment=$", "-a=$$$(x)$$", "-a=$x"}) {
    const auto args = container_of({{"extraArgs", {argument}}})["args"];
    EXPECT_EQ(expanded(args[2].get<std::string>()), argument);
  }
}

TEST(PodTemplate, MountsTheConfigurationForReadingOnly) {
  const auto spec = template_of(json::object())["spec"];

  EXPECT_EQ(spec["volumes"][0]["secret"]["secretName"], "net-conf");
  const auto& mount = spec["containers"][0]["volumeMounts"][1];
  EXPECT_EQ(mount, (json{{"name", "conf"}, {"mountPath", "/etc/bitcoin"}, {"readOnly", true}}));
}

TEST(PodTemplate, KeepsDataInThePodWithoutStorage) {
  const auto spec = template_of(json::object())["spec"];

  EXPECT_EQ(spec["volumes"][1], (json{{"name", "data"}, {"emptyDir", json::object()}}));
  EXPECT_EQ(spec["terminationGracePeriodSeconds"], grace_seconds);
  EXPECT_TRUE(volume_claim_templates(*an_observation().build().network).is_null());
}

TEST(PodTemplate, KeepsDataInAClaimWithStorage) {
  const auto o =
      an_observation().with_spec({{"storage", {{"size", "10Gi"}, {"storageClassName", "fast"}}}});
  const auto held = o.build().network;
  const auto& network = *held;

  EXPECT_EQ(pod_template(network, "")["spec"]["volumes"].size(), 1U);
  EXPECT_EQ(pod_template(network, "")["spec"]["terminationGracePeriodSeconds"],
            grace_seconds_with_storage);
  EXPECT_EQ(volume_claim_templates(network),
            json::parse(R"([{"metadata": {"name": "data"}, "spec": {
    "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
    "resources": {"requests": {"storage": "10Gi"}}}}])"));
}

TEST(PodTemplate, LeavesTheStorageClassToTheCluster) {
  const auto o = an_observation().with_spec({{"storage", {{"size", 1'000'000}}}});
  const auto claim = volume_claim_templates(*o.build().network)[0]["spec"];

  EXPECT_FALSE(claim.contains("storageClassName"));
  EXPECT_EQ(claim["resources"]["requests"]["storage"], "1000000");
}

TEST(PodTemplate, ProbesAskBitcoindOfTheChain) {
  for (const auto& chain : bitcoin::all_chains()) {
    const auto container = container_of({{"chain", chain.name}});
    for (const auto* probe : {"startupProbe", "readinessProbe"}) {
      const auto command = container[probe]["exec"]["command"].dump();
      EXPECT_THAT(command, HasSubstr("-chain=" + std::string{chain.name}));
      EXPECT_THAT(command, HasSubstr("-datadir=/data"));
      EXPECT_THAT(command, Not(HasSubstr("-rpcwait")));
    }
    EXPECT_EQ(container["livenessProbe"]["tcpSocket"]["port"], "rpc");
  }
}

TEST(PodTemplate, CarriesWhatItWasConfiguredWith) {
  const auto key = std::string{configuration_annotation};

  EXPECT_EQ(template_of(json::object(), "a")["metadata"]["annotations"][key], "a");
  EXPECT_NE(template_of(json::object(), "a"), template_of(json::object(), "b"));
  const json theirs{{"pod", {{"annotations", {{key, "theirs"}, {"note", "x"}}}}}};
  EXPECT_EQ(template_of(theirs, "a")["metadata"]["annotations"], (json{{key, "a"}, {"note", "x"}}));
}

}  // namespace
}  // namespace btc::reconcile
