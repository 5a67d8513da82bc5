#include "actors/reconcile/secret_check.hpp"

#include "actors/reconcile/conf_file.hpp"
#include "k8s/base64.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

k8s::payload payload_of(json document) {
  k8s::payload body;
  body.document = std::make_shared<const json>(std::move(document));
  return body;
}

json a_secret(std::string_view user, std::string_view password) {
  return {{"kind", "Secret"},
          {"metadata", {{"name", "credentials"}}},
          {"data",
           {{"BC_RPC_USER", k8s::encode_base64(user)},
            {"BC_RPC_PASSWORD", k8s::encode_base64(password)}}}};
}

secret_view check(json document, bool must_be_ours = false) {
  return check_secret(
      payload_of(std::move(document)), *an_observation().build().network, must_be_ours);
}

json owned(json document, const char* uid) {
  document["metadata"]["ownerReferences"] = {
      {{"kind", "BitcoinNetwork"}, {"name", "net"}, {"uid", uid}, {"controller", true}}};
  return document;
}

// -- credentials ---------------------------------------------------------------------------

TEST(CheckSecret, GivesTheCredentialsAndTheControllersOwn) {
  const auto view = check(a_secret("user", std::string_view{"\0\xff:$\n", 5}));

  ASSERT_EQ(view.is, secret_view::state::usable);
  EXPECT_EQ(view.credentials->user.user.reveal(), "user");
  EXPECT_EQ(view.credentials->user.password.reveal(), (std::string_view{"\0\xff:$\n", 5}));
  EXPECT_EQ(view.credentials->controller.user.reveal(), "bitcoin-controller");
}

TEST(CheckSecret, GivesEqualCredentialsForEqualBytes) {
  const auto once = check(a_secret("user", "password"));
  const auto again = check(a_secret("user", "password"));

  EXPECT_EQ(once.credentials->controller, again.credentials->controller);
}

struct incomplete_case {
  const char* name;
  json data;
  std::vector<std::string> keys;
};

class IncompleteSecret : public testing::TestWithParam<incomplete_case> {};

TEST_P(IncompleteSecret, IsToldByItsKeys) {
  const auto view = check({{"metadata", {{"name", "x"}}}, {"data", GetParam().data}});

  EXPECT_EQ(view.is, secret_view::state::incomplete);
  EXPECT_EQ(view.problems, GetParam().keys);
  EXPECT_EQ(view.credentials, nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    IncompleteSecret,
    testing::Values(
        incomplete_case{"NoData", nullptr, {"BC_RPC_USER", "BC_RPC_PASSWORD"}},
        incomplete_case{"NoPassword", {{"BC_RPC_USER", "dQ=="}}, {"BC_RPC_PASSWORD"}},
        incomplete_case{
            "EmptyUser", {{"BC_RPC_USER", ""}, {"BC_RPC_PASSWORD", "cA=="}}, {"BC_RPC_USER"}},
        incomplete_case{
            "NoBase64", {{"BC_RPC_USER", "%"}, {"BC_RPC_PASSWORD", "cA=="}}, {"BC_RPC_USER"}},
        incomplete_case{
            "NoText", {{"BC_RPC_USER", 5}, {"BC_RPC_PASSWORD", "cA=="}}, {"BC_RPC_USER"}}),
    [](const auto& row) { return row.param.name; });

struct refused_case {
  const char* name;
  std::string user;
  std::string password;
  const char* problem;
};

class RefusedSecret : public testing::TestWithParam<refused_case> {};

TEST_P(RefusedSecret, IsToldByKeyAndRuleButNotByItsValue) {
  const auto view = check(a_secret(GetParam().user, GetParam().password));

  EXPECT_EQ(view.is, secret_view::state::refused);
  EXPECT_THAT(view.problems,
              ElementsAre(AllOf(HasSubstr(GetParam().problem), Not(HasSubstr("marker")))));
  EXPECT_EQ(view.credentials, nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    RefusedSecret,
    testing::Values(
        refused_case{"UserWithColon", "marker:x", "p", "BC_RPC_USER has one of the characters"},
        refused_case{"UserWithDollar", "marker$", "p", "BC_RPC_USER has one of the characters"},
        refused_case{"UserWithNewline", "marker\n", "p", "BC_RPC_USER has a character that is not"},
        refused_case{"UserOfTheController", "bitcoin-controller", "p", "BC_RPC_USER is the name"},
        refused_case{"LongPassword",
                     "user",
                     std::string(4100, 'x') + "marker",
                     "BC_RPC_PASSWORD is longer than 4096"},
        refused_case{"LongUser", std::string(129, 'x'), "p", "BC_RPC_USER is longer than 128"}),
    [](const auto& row) { return row.param.name; });

TEST(CheckSecret, UsesNoNamedSecretThatWasMadeForAnotherNetwork) {
  auto document = owned(a_secret("user", "password"), "other-uid");
  document["metadata"]["ownerReferences"][0]["name"] = "other";
  const auto view = check(document);

  EXPECT_EQ(view.is, secret_view::state::of_another);
  EXPECT_THAT(view.problems, ElementsAre("other"));
  EXPECT_EQ(view.credentials, nullptr);
}

TEST(CheckSecret, UsesANamedSecretThatWasMadeForThisNetworkOrBelongsToAnotherKind) {
  EXPECT_EQ(check(owned(a_secret("user", "password"), "net-uid")).is, secret_view::state::usable);
  EXPECT_EQ(check(owned(a_secret("user", "password"), "old")).is, secret_view::state::predecessor);
  auto sealed = owned(a_secret("user", "password"), "other-uid");
  sealed["metadata"]["ownerReferences"][0]["kind"] = "SealedSecret";
  EXPECT_EQ(check(sealed).is, secret_view::state::usable);
}

TEST(CheckSecret, UsesNoGeneratedSecretThatIsNotOurs) {
  const auto document = a_secret("user", "password");

  EXPECT_EQ(check(document, true).is, secret_view::state::foreign);
  EXPECT_EQ(check(owned(document, "old"), true).is, secret_view::state::predecessor);
  EXPECT_EQ(check(owned(document, "net-uid"), true).is, secret_view::state::usable);
}

// -- bitcoin.conf --------------------------------------------------------------------------

conf_view check_conf_of(json document) {
  return check_conf(payload_of(std::move(document)), *an_observation().build().network);
}

TEST(CheckConf, FindsWhatWasWrittenInPlace) {
  const auto wanted = an_observation().wanted();

  const auto view = check_conf_of(wanted.conf()->json);

  EXPECT_EQ(view.is, conf_view::state::present);
  EXPECT_EQ(view.file, wanted.configuration());
  EXPECT_EQ(view.applied, to_string(wanted.conf()->digest));
  EXPECT_TRUE(view.labelled);
}

TEST(CheckConf, TellsAnotherFileAndMissingLabels) {
  const auto wanted = an_observation().wanted();
  auto document = wanted.conf()->json;
  document["data"]["bitcoin.conf"] = "eA==";
  document["metadata"]["labels"].erase("app");

  const auto view = check_conf_of(document);

  EXPECT_EQ(view.file, file_digest("x"));
  EXPECT_FALSE(view.labelled);
}

TEST(CheckConf, TellsOfAWriteOnlyWhatItsAnswerShows) {
  const auto wanted = an_observation().wanted();
  const auto network = an_observation().build().network;
  auto document = wanted.conf()->json;
  const auto seen = [&] { return check_conf(payload_of(document), *network, &wanted).file; };

  EXPECT_EQ(seen(), wanted.configuration());
  document["data"]["bitcoin.conf"] = "eA==";
  EXPECT_EQ(seen(), file_digest("x"));
  document.erase("data");
  EXPECT_EQ(seen(), "");
}

TEST(CheckConf, TellsWhoseItIs) {
  auto document = an_observation().wanted().conf()->json;
  document["metadata"]["ownerReferences"][0]["uid"] = "old";
  EXPECT_EQ(check_conf_of(document).is, conf_view::state::predecessor);

  document["metadata"].erase("ownerReferences");
  EXPECT_EQ(check_conf_of(document).is, conf_view::state::foreign);
}

TEST(CheckConf, HoldsNoPassword) {
  const auto file =
      conf_file(*an_observation().build().network, test::observation::some_credentials()->user);

  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(std::string{file->reveal()},
              AllOf(HasSubstr("rpcauth=user:"), Not(HasSubstr("password"))));
}

// -- sizes follow the limits -----------------------------------------------------------------

struct limit_case {
  const char* name;
  json limits;
  const char* line;
};

class ConfLimits : public testing::TestWithParam<limit_case> {};

TEST_P(ConfLimits, SizeTheNode) {
  const auto o =
      an_observation().with_spec({{"resources", {{"limits", GetParam().limits}}}}).build();

  const auto file = conf_file(*o.network, test::observation::some_credentials()->user);

  EXPECT_THAT(std::string{file.value().reveal()}, HasSubstr(GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ConfLimits,
    testing::Values(limit_case{"Memory", {{"memory", "2Gi"}}, "dbcache=512\n"},
                    limit_case{"MemoryAsNumber", {{"memory", 1073741824}}, "dbcache=256\n"},
                    limit_case{"MemoryBeyondAnyMachine", {{"memory", "9e30"}}, "dbcache=16384\n"},
                    limit_case{"NoQuantity", {{"memory", "much"}}, "dbcache=128\n"},
                    limit_case{"Cores", {{"cpu", "2"}}, "rpcthreads=8\n"},
                    limit_case{"Millicores", {{"cpu", "500m"}}, "rpcthreads=2\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
