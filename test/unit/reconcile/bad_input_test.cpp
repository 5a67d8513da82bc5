#include "actors/reconcile/secret_check.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"
#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A row of the table that tier 5 walks through on a real control plane too.
struct bad_input {
  std::string name{};
  json row{};

  [[nodiscard]] std::string reason() const { return row["reason"]; }
};

void PrintTo(const bad_input& input, std::ostream* out) {
  *out << input.name;
}

[[nodiscard]] std::vector<bad_input> table() {
  std::ifstream file{test::source_path("test/cluster/bad_input_cases.json")};
  std::vector<bad_input> rows;
  for (const auto& row : json::parse(file)) {
    rows.push_back({row["name"], row});
  }
  return rows;
}

[[nodiscard]] std::string identifier(const testing::TestParamInfo<bad_input>& info) {
  std::string out = std::to_string(info.index) + '_';
  for (const char c : info.param.name) {
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return out;
}

/// The API server's answer to the controller's question for the Secret.
void offer_secret(observation& o, const bad_input& input) {
  if (input.row.contains("secret")) {
    k8s::payload body;
    body.document = std::make_shared<const json>(
        json{{"kind", "Secret"}, {"metadata", {{"name", "x"}}}, {"data", input.row["secret"]}});
    const auto credentials = o.secret.credentials;
    o.secret = check_secret(body, *o.build().network, false);
    o.secret.credentials = credentials;
  } else if (input.reason() == "SecretInvalid") {
    o.with_secret(secret_view::state::absent);
  }
}

/// The edit is made, and what follows from it without us has happened.
[[nodiscard]] observation after(observation o, const bad_input& input) {
  o.with_spec(input.row.value("spec", json::object()));
  if (input.row.contains("waits")) {
    // The StatefulSet has followed, and its last pod is another one.
    const auto children = an_observation().with_spec(input.row["spec"]).with_children();
    o.stateful_set = children.stateful_set;
    auto& pod = o.pods.back();
    pod["status"]["conditions"][0]["status"] = "False";
    pod["status"]["containerStatuses"] = {
        {{"name", "bitcoind"}, {"state", {{"waiting", {{"reason", input.row["waits"]}}}}}}};
  }
  offer_secret(o, input);
  return o;
}

void expect_no_write_to_children(const plan& p) {
  EXPECT_THAT(test::actions_of<create_child>(p), IsEmpty());
  EXPECT_THAT(test::actions_of<apply_child>(p), IsEmpty());
  EXPECT_THAT(test::actions_of<take_ownership>(p), IsEmpty());
  EXPECT_THAT(test::actions_of<create_secret>(p), IsEmpty());
}

void expect_told(const plan& p, const bad_input& input) {
  const auto condition = test::told_condition(p, "Degraded");
  EXPECT_THAT(condition, StartsWith("True " + input.reason() + ": "));
  for (const auto& part : input.row["says"]) {
    EXPECT_THAT(condition, HasSubstr(part.get<std::string>()));
  }
  for (const auto& part : input.row.value("hides", json::array())) {
    EXPECT_THAT(to_string(p) + condition, Not(HasSubstr(part.get<std::string>())));
  }
  const auto event = "Warning " + condition.substr(std::string{"True "}.size());
  EXPECT_THAT(test::events_of(p), ElementsAre(event)) << "one Event, and it says the same";
}

/// As the API server stores the status that the plan writes.
[[nodiscard]] observation with_status_of(observation o, const plan& p) {
  for (const auto& patch : test::actions_of<patch_status>(p)) {
    o.network.merge_patch(patch.patch);
  }
  return o;
}

class BadInput : public testing::TestWithParam<bad_input> {};

TEST_P(BadInput, IsToldAndTouchesNoRunningNetwork) {
  const auto p = decide(after(an_observation().at_rest(), GetParam()).build());

  expect_no_write_to_children(p);
  expect_told(p, GetParam());
}

TEST_P(BadInput, IsToldOnce) {
  const auto given = after(an_observation().at_rest(), GetParam());
  const auto told = with_status_of(given, decide(given.build()));

  const auto again = decide(told.build());

  EXPECT_THAT(again.actions, IsEmpty()) << to_string(again);
}

TEST_P(BadInput, IsForgottenAfterTheNextValidEdit) {
  const auto given = after(an_observation().at_rest(), GetParam());
  auto told = with_status_of(given, decide(given.build()));
  const auto sound = an_observation().at_rest();
  told.network["spec"] = sound.network["spec"];
  told.stateful_set = sound.stateful_set;
  told.pods = sound.pods;
  told.secret = sound.secret;

  const auto p = decide(told.build());

  expect_no_write_to_children(p);
  EXPECT_EQ(test::told_condition(p, "Degraded"), "False AsExpected: ");
  EXPECT_THAT(test::events_of(p), IsEmpty());
}

TEST_P(BadInput, MakesNoChildrenOfANewNetwork) {
  if (GetParam().row.contains("waits")) {
    return;  // only pods show it
  }
  const auto p = decide(after(an_observation(), GetParam()).build());

  expect_no_write_to_children(p);
  expect_told(p, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Table, BadInput, testing::ValuesIn(table()), identifier);

TEST(BadInputTable, IsThere) {
  EXPECT_GT(table().size(), 35U);
}

}  // namespace
}  // namespace btc::reconcile
