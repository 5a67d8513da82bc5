#include "actors/reconcile/list_keys.hpp"
#include "test/support/plan_matchers.hpp"
#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;
using testing::HasSubstr;

/// One field that we own, and how the Event calls it.
struct owned_field {
  k8s::kind kind{};
  json::json_pointer pointer{};
  std::string path{};
};

/// Fields whose change makes the child somebody else's, or that are immutable, or of our own.
bool is_settled_elsewhere(const std::string& pointer) {
  static constexpr std::array<const char*, 9> others{"/apiVersion",
                                                     "/kind",
                                                     "/metadata/name",
                                                     "/metadata/ownerReferences",
                                                     "/metadata/annotations",
                                                     "/spec/clusterIP",
                                                     "/spec/serviceName",
                                                     "/spec/podManagementPolicy",
                                                     "/spec/selector/matchLabels"};
  return std::any_of(
      others.begin(), others.end(), [&](const char* other) { return pointer.starts_with(other); });
}

std::string member_path(const std::string& path, const std::string& key) {
  return key.find('.') != std::string::npos ? path + '[' + key + ']' : path + '.' + key;
}

/// Every leaf of a manifest, in order.
void collect(k8s::kind kind,
             const json& value,
             const json::json_pointer& pointer,
             const std::string& path,
             const std::string& list,
             std::vector<owned_field>& out) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      collect(kind, inner, pointer / key, path.empty() ? key : member_path(path, key), key, out);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto identity = identity_of(list, value[i]);
      const auto index = '[' + (identity.empty() ? std::to_string(i) : identity) + ']';
      collect(kind, value[i], pointer / i, path + index, {}, out);
    }
  } else if (!is_settled_elsewhere(pointer.to_string())) {
    out.push_back({kind, pointer, path});
  }
}

observation a_rich_network() {
  return an_observation().with_spec(test::a_rich_spec()).at_rest();
}

std::vector<owned_field> owned_fields() {
  const auto wanted = a_rich_network().wanted();
  std::vector<owned_field> out;
  collect(k8s::kind::service, wanted.service()->json, json::json_pointer{}, "", "", out);
  collect(k8s::kind::stateful_set, wanted.stateful_set()->json, json::json_pointer{}, "", "", out);
  return out;
}

json& document_of(observation& o, k8s::kind kind) {
  return kind == k8s::kind::service ? *o.service : *o.stateful_set;
}

/// Another value of the same type.
json another(const json& value) {
  if (value.is_boolean()) {
    return !value.get<bool>();
  }
  return value.is_string() ? json(value.get<std::string>() + "x") : json(value.get<int>() + 1);
}

/// Where the difference shows: the entry itself when the field is what tells it apart, and the
/// whole list when it is one value.
bool names(const std::string& message, const std::string& path) {
  const auto entry = path.substr(0, path.rfind(']') + 1);
  const auto list = path.ends_with(']') ? path.substr(0, path.rfind('[')) : path;
  return message.find(path) != std::string::npos || message.find(list + " [") != std::string::npos
         || (!entry.empty() && message.find(entry + " absent") != std::string::npos);
}

class DecideDrift : public testing::TestWithParam<owned_field> {
 protected:
  void expect_put_back(const observation& o) {
    const auto plan = decide(o.build());

    const auto applies = test::actions_of<apply_child>(plan);
    ASSERT_EQ(applies.size(), 1U) << to_string(plan);
    EXPECT_EQ(applies[0].kind, GetParam().kind);
    EXPECT_TRUE(applies[0].drift);
    EXPECT_PRED2(names, applies[0].done.message, GetParam().path);
    EXPECT_EQ(applies[0].done.reason, "DriftCorrected");
  }
};

TEST_P(DecideDrift, PutsBackAnEditedField) {
  auto o = a_rich_network();
  auto& field = document_of(o, GetParam().kind).at(GetParam().pointer);
  field = another(field);

  expect_put_back(o);
}

TEST_P(DecideDrift, PutsBackAFieldThatWasRemoved) {
  auto o = a_rich_network();
  const auto& pointer = GetParam().pointer;
  auto& parent = document_of(o, GetParam().kind).at(pointer.parent_pointer());
  if (parent.is_array()) {
    parent.erase(std::stoul(pointer.back()));
  } else {
    parent.erase(pointer.back());
  }

  expect_put_back(o);
}

/// The annotation that says what a child was written as is still there, and so is the knowledge of
/// the last comparison: neither stands for the fields.
TEST_P(DecideDrift, PutsBackAnEditedFieldOfAChildThatWasInPlace) {
  auto o = a_rich_network();
  const auto wanted = o.wanted();
  o.settled_service = settled_write{"svc-uid", "10", wanted.service()->digest.content, {}};
  o.settled_stateful_set = settled_write{"sts-uid", "1", wanted.stateful_set()->digest.content, {}};
  auto& document = document_of(o, GetParam().kind);
  auto& field = document.at(GetParam().pointer);
  field = another(field);
  document["metadata"]["resourceVersion"] = "11";
  if (GetParam().pointer.to_string().starts_with("/spec")
      && document["metadata"].contains("generation")) {
    document["metadata"]["generation"] = 2;
  }

  expect_put_back(o);
}

std::string name_of(const testing::TestParamInfo<owned_field>& row) {
  auto name = std::string{k8s::info(row.param.kind).name} + row.param.pointer.to_string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EveryOwnedField, DecideDrift, testing::ValuesIn(owned_fields()), name_of);

// -- members that somebody added to a value which is ours as a whole -----------------------

struct addition {
  const char* name;
  k8s::kind kind;
  const char* pointer;
  json value;
  const char* message;
};

class DecideAddition : public testing::TestWithParam<addition> {};

TEST_P(DecideAddition, IsTakenOut) {
  auto o = a_rich_network();
  document_of(o, GetParam().kind)[json::json_pointer{GetParam().pointer}] = GetParam().value;

  const auto applies = test::actions_of<apply_child>(decide(o.build()));

  ASSERT_EQ(applies.size(), 1U);
  EXPECT_THAT(applies[0].done.message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideAddition,
    testing::Values(addition{"KeyOfTheServicesSelector",
                             k8s::kind::service,
                             "/spec/selector/pod",
                             "0",
                             "spec.selector.pod \"0\" → absent"},
                    addition{"KeyOfTheNodeSelector",
                             k8s::kind::stateful_set,
                             "/spec/template/spec/nodeSelector/zone",
                             "a",
                             "spec.template.spec.nodeSelector.zone \"a\" → absent"},
                    addition{"FieldOfAToleration",
                             k8s::kind::stateful_set,
                             "/spec/template/spec/tolerations/0/effect",
                             "NoExecute",
                             "spec.template.spec.tolerations[0].effect \"NoExecute\" → absent"},
                    addition{"Toleration",
                             k8s::kind::stateful_set,
                             "/spec/template/spec/tolerations/1",
                             {{"key", "other"}},
                             "spec.template.spec.tolerations [{"},
                    addition{"ModeOfTheFile",
                             k8s::kind::stateful_set,
                             "/spec/template/spec/volumes/0/secret/items/0/mode",
                             511,
                             "volumes[conf].secret.items[0].mode 511 → absent"},
                    addition{"Argument",
                             k8s::kind::stateful_set,
                             "/spec/template/spec/containers/0/args/2",
                             "-connect=0",
                             "containers[bitcoind].args ["}),
    [](const auto& row) { return row.param.name; });

// -- entries that took the place of ours ---------------------------------------------------

struct displacement {
  const char* name;
  k8s::kind kind;
  const char* pointer;
  json value;
  const char* removed;
};

class DecideDisplaced : public testing::TestWithParam<displacement> {};

TEST_P(DecideDisplaced, EntryIsRemovedBeforeOursIsPutBack) {
  auto o = a_rich_network();
  document_of(o, GetParam().kind).at(json::json_pointer{GetParam().pointer}) = GetParam().value;

  const auto plan = decide(o.build());

  const auto child = std::string{k8s::info(GetParam().kind).name};
  EXPECT_EQ(to_string(plan), "own " + child + ", apply " + child);
  const auto operations = test::actions_of<take_ownership>(plan).at(0).operations;
  ASSERT_EQ(operations.size(), 3U);
  EXPECT_EQ(operations[0]["path"], "/metadata/resourceVersion");
  EXPECT_EQ(operations[1]["op"], "test");
  EXPECT_EQ(operations[2], (json{{"op", "remove"}, {"path", GetParam().removed}}));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecideDisplaced,
    testing::Values(
        displacement{
            "PortOfTheService", k8s::kind::service, "/spec/ports/0/port", 1, "/spec/ports/0"},
        displacement{"PortOfTheContainer",
                     k8s::kind::stateful_set,
                     "/spec/template/spec/containers/0/ports/1/containerPort",
                     1,
                     "/spec/template/spec/containers/0/ports/1"},
        displacement{"PullSecret",
                     k8s::kind::stateful_set,
                     "/spec/template/spec/imagePullSecrets/0/name",
                     "other",
                     "/spec/template/spec/imagePullSecrets/0"},
        displacement{"SpreadConstraint",
                     k8s::kind::stateful_set,
                     "/spec/template/spec/topologySpreadConstraints/0/topologyKey",
                     "host",
                     "/spec/template/spec/topologySpreadConstraints/0"}),
    [](const auto& row) { return row.param.name; });

TEST(DecideDriftTest, LeavesARenamedContainerAsSidecar) {
  auto o = a_rich_network();
  o.with_stateful_set_field("/spec/template/spec/containers/0/name", "other");

  EXPECT_EQ(to_string(decide(o.build())), "apply StatefulSet");
}

}  // namespace
}  // namespace btc::reconcile
