#include "k8s/request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using std::chrono_literals::operator""s;

struct request_case {
  const char* name;
  request made;
  const char* line;  ///< method and target
  const char* content_type;
  const char* verb;
};

[[nodiscard]] std::shared_ptr<const json> a_manifest() {
  return std::make_shared<const json>(
      json{{"metadata", {{"name", "net-svc"}, {"namespace", "team"}}}});
}

class Request : public testing::TestWithParam<request_case> {};

TEST_P(Request, HasPathQueryAndVerb) {
  const auto& row = GetParam();
  EXPECT_EQ(std::string{to_string(row.made.method)} + ' ' + row.made.target, row.line);
  EXPECT_EQ(row.made.content_type, row.content_type);
  EXPECT_EQ(row.made.verb, row.verb);
  EXPECT_EQ(row.made.body == nullptr, row.made.content_type.empty());
}

const scope everything{};
const scope one_namespace{"team", ""};
const scope labelled{"", "app.kubernetes.io/managed-by=bitcoin-controller"};
const object_key network_key{"team", "net"};
const auto network_kind = kind::bitcoin_network;

#define NETWORKS "/apis/bitcoincontroller.christianb93.github.com/v1/"

INSTANTIATE_TEST_SUITE_P(
    Table,
    Request,
    testing::Values(
        request_case{"Get",
                     get_request(kind::secret, {"team", "credentials"}),
                     "GET /api/v1/namespaces/team/secrets/credentials",
                     "",
                     "get"},
        request_case{"ListOfEverything",
                     list_request(network_kind, everything, {}),
                     "GET " NETWORKS "bitcoinnetworks",
                     "",
                     "list"},
        request_case{"ListOfOneNamespaceByPages",
                     list_request(kind::stateful_set, one_namespace, {.limit = 500}),
                     "GET /apis/apps/v1/namespaces/team/statefulsets?limit=500",
                     "",
                     "list"},
        request_case{"ListNotOlderThan",
                     list_request(kind::service, everything, {.resource_version = "42"}),
                     "GET /api/v1/services?resourceVersion=42&resourceVersionMatch=NotOlderThan",
                     "",
                     "list"},
        request_case{"ListFromAnyCacheNamesNoMatch",
                     list_request(kind::service, everything, {.resource_version = "0"}),
                     "GET /api/v1/services?resourceVersion=0",
                     "",
                     "list"},
        request_case{"ListThatContinuesNamesNoVersion",
                     list_request(kind::pod, labelled, {500, "42", "to/ken=="}),
                     "GET /api/v1/pods?labelSelector=app.kubernetes.io%2Fmanaged-by%3D"
                     "bitcoin-controller&limit=500&continue=to%2Fken%3D%3D",
                     "",
                     "list"},
        request_case{"Watch",
                     watch_request(kind::pod, one_namespace, {"42", 200s, false}),
                     "GET /api/v1/namespaces/team/pods?watch=true&allowWatchBookmarks=true"
                     "&timeoutSeconds=200&resourceVersion=42",
                     "",
                     "watch"},
        request_case{"WatchList",
                     watch_request(kind::pod, everything, {"", 200s, true}),
                     "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=200"
                     "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
                     "",
                     "watch"},
        request_case{"Create",
                     create_request(kind::service, a_manifest()),
                     "POST /api/v1/namespaces/team/services?fieldManager=bitcoin-controller"
                     "&fieldValidation=Strict",
                     "application/json",
                     "create"},
        request_case{"Apply",
                     apply_request(kind::service, a_manifest()),
                     "PATCH /api/v1/namespaces/team/services/net-svc?force=true"
                     "&fieldManager=bitcoin-controller",
                     "application/apply-patch+yaml",
                     "apply"},
        request_case{"JsonPatch",
                     json_patch_request(kind::service, {"team", "net-svc"}, json::array()),
                     "PATCH /api/v1/namespaces/team/services/net-svc"
                     "?fieldManager=bitcoin-controller",
                     "application/json-patch+json",
                     "patch"},
        request_case{"MergePatch",
                     merge_patch_request(network_kind, network_key, json::object()),
                     "PATCH " NETWORKS "namespaces/team/bitcoinnetworks/net"
                     "?fieldManager=bitcoin-controller",
                     "application/merge-patch+json",
                     "patch"},
        request_case{"StatusPatch",
                     status_patch_request(network_kind, network_key, json::object()),
                     "PATCH " NETWORKS "namespaces/team/bitcoinnetworks/net/status"
                     "?fieldManager=bitcoin-controller",
                     "application/merge-patch+json",
                     "patch"},
        request_case{"NamesThatNeedEncoding",
                     get_request(kind::pod, {"a b", "x/../y?z"}),
                     "GET /api/v1/namespaces/a%20b/pods/x%2F..%2Fy%3Fz",
                     "",
                     "get"}),
    [](const auto& row) { return row.param.name; });

TEST(RequestBody, OfACreateAndAnApplyIsTheManifestItselfUncopied) {
  const auto manifest = a_manifest();
  EXPECT_EQ(create_request(kind::service, manifest).body, manifest);
  EXPECT_EQ(apply_request(kind::service, manifest).body, manifest);
}

TEST(RequestBody, OfAPatchIsWhatWasGiven) {
  const json operations = json::array({{{"op", "remove"}, {"path", "/metadata/labels/a"}}});
  EXPECT_EQ(*json_patch_request(kind::pod, network_key, operations).body, operations);
}

TEST(RequestBody, OfAManifestWithoutNamespaceGoesToTheClustersCollection) {
  const auto manifest = std::make_shared<const json>(json{{"metadata", {{"name", "x"}}}});
  EXPECT_EQ(create_request(kind::service, manifest).target,
            "/api/v1/services?fieldManager=bitcoin-controller&fieldValidation=Strict");
}

TEST(Method, HasTheNameThatGoesOverTheWire) {
  EXPECT_EQ(to_string(method::get), "GET");
  EXPECT_EQ(to_string(method::post), "POST");
  EXPECT_EQ(to_string(method::patch), "PATCH");
  EXPECT_EQ(to_string(method::put), "PUT");
  EXPECT_EQ(to_string(method::del), "DELETE");
}

}  // namespace
}  // namespace btc::k8s
