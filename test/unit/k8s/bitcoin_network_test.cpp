#include "k8s/bitcoin_network.hpp"

#include "k8s/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

[[nodiscard]] bitcoin_network with(json spec, const std::string& name = "net") {
  bitcoin_network out;
  out.meta.key = {"default", name};
  const json document{{"spec", std::move(spec)}};
  read_spec(json_view{document}, out);
  return out;
}

[[nodiscard]] network_status decoded(const json& document) {
  return network_status_of(json_view{document});
}

TEST(NetworkSpec, HasDefaultsForAllButNodes) {
  const auto network = with({{"nodes", 3}});
  EXPECT_THAT(network.problems, IsEmpty());
  EXPECT_EQ(network.spec.nodes, 3);
  EXPECT_EQ(network.spec.secret, "");
  EXPECT_EQ(network.spec.chain, "regtest");
  EXPECT_EQ(network.spec.image, default_image);
  EXPECT_EQ(network.spec.image_pull_policy, "IfNotPresent");
  EXPECT_EQ(network.spec.topology, "auto");
  EXPECT_FALSE(network.spec.storage);
  EXPECT_EQ(network.spec.mining_interval_seconds, 0);
  EXPECT_FALSE(network.spec.paused);
  EXPECT_TRUE(network.spec.resources.unpack().is_null());
}

TEST(NetworkSpec, ReadsEveryField) {
  const auto network = with(json::parse(R"({
    "nodes": 5, "secret": "credentials", "chain": "signet", "image": "i:1",
    "imagePullPolicy": "Never", "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
    "topology": "ring", "storage": {"size": "10Gi", "storageClassName": "fast", "whenDeleted": "Retain"},
    "resources": {"limits": {"cpu": 1}}, "mining": {"intervalSeconds": 10},
    "extraArgs": ["-a", "-b=1"], "pod": {"nodeSelector": {"x": "y"}}, "paused": true})"));
  const auto& spec = network.spec;
  EXPECT_THAT(network.problems, IsEmpty());
  EXPECT_EQ(spec.nodes, 5);
  EXPECT_EQ(spec.secret, "credentials");
  EXPECT_EQ(spec.chain, "signet");
  EXPECT_EQ(spec.image, "i:1");
  EXPECT_EQ(spec.image_pull_policy, "Never");
  EXPECT_THAT(spec.image_pull_secrets, ElementsAre("a", "b"));
  EXPECT_EQ(spec.topology, "ring");
  ASSERT_TRUE(spec.storage);
  EXPECT_EQ(spec.storage->size, "10Gi");
  EXPECT_EQ(spec.storage->storage_class, "fast");
  EXPECT_EQ(spec.storage->when_deleted, "Retain");
  EXPECT_EQ(spec.resources.unpack(), json::parse(R"({"limits": {"cpu": 1}})"));
  EXPECT_EQ(spec.mining_interval_seconds, 10);
  EXPECT_THAT(spec.extra_args, ElementsAre("-a", "-b=1"));
  EXPECT_EQ(spec.pod.unpack(), json::parse(R"({"nodeSelector": {"x": "y"}})"));
  EXPECT_TRUE(spec.paused);
}

TEST(NetworkSpec, AStorageSizeMayBeANumber) {
  EXPECT_EQ(with({{"nodes", 1}, {"storage", {{"size", 1'000'000}}}}).spec.storage->size, "1000000");
}

struct problem_case {
  const char* name;
  const char* spec;
  const char* problem;
};

class SpecProblem : public testing::TestWithParam<problem_case> {};

TEST_P(SpecProblem, NamesFieldValueAndRule) {
  EXPECT_THAT(with(json::parse(GetParam().spec)).problems,
              ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    SpecProblem,
    testing::Values(
        problem_case{"NoNodes", "{}", "spec.nodes is null; give a whole number from 0 to 500"},
        problem_case{"NegativeNodes", R"({"nodes": -1})", "spec.nodes is -1; give"},
        problem_case{"ManyNodes", R"({"nodes": 501})", "spec.nodes is 501; give"},
        problem_case{"HalfANode", R"({"nodes": 1.5})", "spec.nodes is 1.5; give"},
        problem_case{"NodesAsText", R"({"nodes": "3"})", "spec.nodes is \"3\"; give"},
        problem_case{
            "SecretNoText", R"({"nodes": 1, "secret": 5})", "spec.secret is 5; give a str"},
        problem_case{"EmptyImage", R"({"nodes": 1, "image": ""})", "spec.image is \"\"; give"},
        problem_case{"ImageNoText", R"({"nodes": 1, "image": []})", "spec.image is []; give"},
        problem_case{"Chain",
                     R"({"nodes": 1, "chain": "main"})",
                     "spec.chain is \"main\"; give one of regtest signet testnet4"},
        problem_case{"ChainNoText", R"({"nodes": 1, "chain": 1})", "spec.chain is 1; give one of"},
        problem_case{"Topology",
                     R"({"nodes": 1, "topology": "star"})",
                     "spec.topology is \"star\"; give one of auto mesh ring none"},
        problem_case{"PullPolicy",
                     R"({"nodes": 1, "imagePullPolicy": "always"})",
                     "give one of Always IfNotPresent Never"},
        problem_case{"PullSecretWithoutName",
                     R"({"nodes": 1, "imagePullSecrets": [{"name": "a"}, {}]})",
                     "spec.imagePullSecrets is [{\"name\":\"a\"},{}]; give each entry a name"},
        problem_case{"StorageWithoutSize",
                     R"({"nodes": 1, "storage": {}})",
                     "spec.storage.size is null; give a quantity"},
        problem_case{"StorageSizeOfAnOddType",
                     R"({"nodes": 1, "storage": {"size": []}})",
                     "spec.storage.size is []; give a quantity"},
        problem_case{"StorageClassNoText",
                     R"({"nodes": 1, "storage": {"size": "1Gi", "storageClassName": 1}})",
                     "spec.storage.storageClassName is 1; give a name"},
        problem_case{"MiningWithoutInterval",
                     R"({"nodes": 1, "mining": {}})",
                     "spec.mining.intervalSeconds is null; give a whole number from 1 to 86400"},
        problem_case{"MiningTooFast",
                     R"({"nodes": 1, "mining": {"intervalSeconds": 0}})",
                     "spec.mining.intervalSeconds is 0; give"},
        problem_case{"MiningTooSlow",
                     R"({"nodes": 1, "mining": {"intervalSeconds": 86401}})",
                     "spec.mining.intervalSeconds is 86401; give"},
        problem_case{"ArgumentsNoList",
                     R"({"nodes": 1, "extraArgs": "-rpcpassword=x"})",
                     "spec.extraArgs is not a list of strings; give one for each argument"},
        problem_case{"ArgumentNoText",
                     R"({"nodes": 1, "extraArgs": ["-a", 1]})",
                     "spec.extraArgs is not a list of strings"},
        problem_case{"ResourcesNoObject",
                     R"({"nodes": 1, "resources": "big"})",
                     "spec.resources is \"big\"; give an object"},
        problem_case{
            "PodNoObject", R"({"nodes": 1, "pod": []})", "spec.pod is []; give an object"}),
    [](const auto& row) { return row.param.name; });

TEST(SpecProblems, DoNotHideEachOther) {
  const auto network = with({{"nodes", -1}, {"chain", "main"}, {"topology", "star"}}, "Bad_Name");
  EXPECT_THAT(network.problems, SizeIs(4));
}

TEST(SpecProblems, ShowALongValueInShort) {
  const auto problems = with({{"nodes", std::string(1'000, 'x')}}).problems;
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_LT(problems[0].size(), 200U);
  EXPECT_THAT(problems[0], HasSubstr("…"));
}

TEST(SpecProblems, NeverShowAnArgument) {
  for (const auto& problem : with({{"nodes", 1}, {"extraArgs", {1, "secret"}}}).problems) {
    EXPECT_THAT(problem, testing::Not(HasSubstr("secret")));
  }
}

TEST(SpecProblems, AMissingSpecIsOne) {
  bitcoin_network out;
  out.meta.key = {"default", "net"};
  const auto document = json::object();
  read_spec(json_view{document}, out);
  EXPECT_THAT(out.problems, ElementsAre(HasSubstr("spec.nodes is null")));
}

struct name_case {
  const char* name;
  std::string network;
  const char* problem;  ///< empty: the name is good
};

class NetworkName : public testing::TestWithParam<name_case> {};

TEST_P(NetworkName, MustDoForAServiceAndForPodLabels) {
  const auto problems = with({{"nodes", 1}}, GetParam().network).problems;
  if (*GetParam().problem == '\0') {
    EXPECT_THAT(problems, IsEmpty());
  } else {
    EXPECT_THAT(problems, ElementsAre(HasSubstr(GetParam().problem)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    NetworkName,
    testing::Values(name_case{"Short", "a", ""},
                    name_case{"WithDigits", "net-1-x2", ""},
                    name_case{"AsLongAsMayBe", std::string(48, 'a'), ""},
                    name_case{"TooLong", std::string(49, 'a'), "; give at most 48 characters"},
                    name_case{"LeadingDigit", "1net", "start with a lower case letter"},
                    name_case{"UpperCase", "Net", "start with a lower case letter"},
                    name_case{"Dot", "a.b", R"(use only a-z, 0-9 and "-")"},
                    name_case{"TrailingDash", "net-", "metadata.name is \"net-\""}),
    [](const auto& row) { return row.param.name; });

// -- status -------------------------------------------------------------------------------------

[[nodiscard]] network_status a_status() {
  network_status status;
  status.observed_generation = 4;
  status.phase = "Progressing";
  status.replicas = 2;
  status.ready_nodes = 1;
  status.selector = "app=net";
  status.peers = 1;
  status.height = 101;
  status.nodes = {{0, true, "10.0.0.1", "worker", "net-sts-0.net-svc", 1, 101},
                  {1, false, "", "", ""}};
  status.conditions = {{"Ready", "False", "NodesNotReady", "1 of 2", 4, "2024-01-01T00:00:00Z"},
                       {"Degraded", "False", "AsExpected", "", 4, "2024-01-01T00:00:00Z"}};
  return status;
}

TEST(NetworkStatus, ComesBackAsItWasWritten) {
  EXPECT_EQ(decoded({{"status", to_json(a_status())}}), a_status());
  EXPECT_EQ(decoded({{"status", to_json({})}}), network_status{});
}

TEST(NetworkStatus, OfWhichOnlySomeFieldsChangedIsWrittenInPart) {
  const auto before = a_status();
  auto after = before;
  EXPECT_EQ(changed_fields(&before, after), nlohmann::json::object());
  after.height = 4242;
  after.peers.reset();
  EXPECT_EQ(changed_fields(&before, after), (nlohmann::json{{"height", 4242}, {"peers", nullptr}}));

  after = before;
  after.nodes.pop_back();
  after.conditions.front().message += "!";
  const auto written = changed_fields(&before, after);
  EXPECT_EQ(written.size(), 2U);
  EXPECT_EQ(written.at("nodes").size(), after.nodes.size());
  EXPECT_EQ(written.at("conditions"), to_json(after).at("conditions"));
}

TEST(NetworkStatus, IsWrittenUnderTheNamesOfTheCrd) {
  const auto written = to_json(a_status());
  EXPECT_EQ(written.at("nodes").at(0),
            json::parse(R"({"ordinal": 0, "ready": true, "ip": "10.0.0.1", "nodeName": "worker",
                            "dnsName": "net-sts-0.net-svc", "peers": 1, "height": 101})"));
  EXPECT_FALSE(written.at("nodes").at(1).contains("height"));
  EXPECT_EQ(written.at("conditions").at(1).at("lastTransitionTime"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(written.at("readyNodes"), 1);
  EXPECT_EQ(written.at("height"), 101);
}

TEST(NetworkStatus, TakesOutANumberThatIsNotKnownAnyMore) {
  EXPECT_EQ(to_json({}).at("height"), nullptr);
  EXPECT_EQ(to_json({}).at("peers"), nullptr);
}

class OddStatus : public testing::TestWithParam<const char*> {};

TEST_P(OddStatus, ReadsAsNoStatus) {
  EXPECT_EQ(decoded(json::parse(GetParam())), network_status{});
}

INSTANTIATE_TEST_SUITE_P(Table,
                         OddStatus,
                         testing::Values("{}",
                                         "[]",
                                         R"({"status": null})",
                                         R"({"status": "text"})",
                                         R"({"status": {"nodes": {}, "conditions": "x",
                                             "replicas": "2", "phase": 1}})"));

TEST(NetworkStatus, AnOddNodeIsOneWithoutOrdinal) {
  const auto status = decoded(json::parse(R"({"status": {"nodes": [1, {}]}})"));
  ASSERT_THAT(status.nodes, SizeIs(2));
  EXPECT_EQ(status.nodes[0].ordinal, -1);
}

TEST(NetworkStatus, FindsAConditionByItsType) {
  const auto status = a_status();
  ASSERT_NE(find_condition(status, "Degraded"), nullptr);
  EXPECT_EQ(find_condition(status, "Degraded")->reason, "AsExpected");
  EXPECT_EQ(find_condition(status, "Progressing"), nullptr);
}

}  // namespace
}  // namespace btc::k8s
