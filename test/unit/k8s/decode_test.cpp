#include "k8s/decode.hpp"

#include "k8s/bitcoin_network.hpp"
#include "k8s/objects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace btc::k8s {
namespace {

using json = nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

/// An object of that kind with this beside its metadata.
[[nodiscard]] json an_object(kind k, json rest = json::object()) {
  rest["kind"] = info(k).name;
  rest["metadata"] = {{"name", "x"}, {"namespace", "ns"}, {"resourceVersion", "7"}};
  return rest;
}

template <class T>
[[nodiscard]] std::shared_ptr<const T> decoded(json rest = json::object()) {
  const auto out = as<T>(decode_object(T{}.kind, an_object(T{}.kind, std::move(rest))).value());
  EXPECT_NE(out, nullptr);
  return out;
}

[[nodiscard]] payload text_of(const json& document) {
  return {document.dump(), nullptr};
}

[[nodiscard]] payload text(std::string bytes) {
  return {std::move(bytes), nullptr};
}

// -- each kind ------------------------------------------------------------------------------

TEST(DecodeService, KeepsItsSpec) {
  const json spec{{"clusterIP", "None"}, {"ports", json::array({{{"port", 8332}}})}};
  EXPECT_EQ(decoded<service>({{"spec", spec}})->spec.unpack(), spec);
  EXPECT_TRUE(decoded<service>()->spec.unpack().is_null());
}

TEST(DecodeStatefulSet, KeepsItsSpecAndCounts) {
  const auto set = decoded<stateful_set>({{"spec", {{"replicas", 3}}},
                                          {"status",
                                           {{"replicas", 3},
                                            {"updatedReplicas", 1},
                                            {"observedGeneration", 9},
                                            {"updateRevision", "r2"}}}});
  EXPECT_EQ(set->spec.unpack().at("replicas"), 3);
  EXPECT_EQ(set->replicas, 3);
  EXPECT_EQ(set->updated_replicas, 1);
  EXPECT_EQ(set->observed_generation, 9);
  EXPECT_EQ(set->update_revision, "r2");
}

TEST(DecodeStatefulSet, CountsNothingWhereNothingIsSaid) {
  const auto set = decoded<stateful_set>({{"status", {{"replicas", "three"}}}});
  EXPECT_EQ(set->replicas, 0);
  EXPECT_EQ(set->observed_generation, 0);
  EXPECT_EQ(decoded<stateful_set>()->updated_replicas, 0);
}

TEST(DecodePod, KeepsWhereItRunsAndWhetherItIsReady) {
  const auto p = decoded<pod>({{"spec", {{"nodeName", "worker-1"}}},
                               {"status",
                                {{"podIP", "10.0.0.1"},
                                 {"conditions",
                                  {{{"type", "Initialized"}, {"status", "False"}},
                                   {{"type", "Ready"}, {"status", "True"}}}}}}});
  EXPECT_EQ(p->node_name, "worker-1");
  EXPECT_EQ(p->ip, "10.0.0.1");
  EXPECT_TRUE(p->ready);
  EXPECT_EQ(p->waiting_reason, "");
}

TEST(DecodePod, SaysWhyTheFirstContainerWaits) {
  const auto p = decoded<pod>(json::parse(R"({"status": {"containerStatuses": [
    {"state": {"running": {}}},
    {"state": {"waiting": {"reason": "ErrImagePull"}}},
    {"state": {"waiting": {"reason": "Other"}}}]}})"));
  EXPECT_EQ(p->waiting_reason, "ErrImagePull");
}

TEST(DecodePod, TellsWhyTheSchedulerFindsNoPlace) {
  const auto reason = [](const std::string& message) {
    const json condition{{"type", "PodScheduled"},
                         {"status", "False"},
                         {"reason", "Unschedulable"},
                         {"message", message}};
    const json document{
        {"kind", "Pod"}, {"metadata", {{"name", "p"}}}, {"status", {{"conditions", {condition}}}}};
    return as<pod>(decode_object(kind::pod, document).value())->waiting_reason;
  };
  EXPECT_EQ(reason(""), "Unschedulable");
  EXPECT_EQ(reason("no room. preemption: none"), "Unschedulable: no room");
  // Cut, but not within a character.
  EXPECT_EQ(reason("a" + std::string(158, 'b') + "\u00e4c"),
            "Unschedulable: a" + std::string(158, 'b'));
}

TEST(DecodePod, CountsTheRestartsOfTheNodesContainer) {
  const auto p = decoded<pod>(json::parse(R"({"status": {"containerStatuses": [
      {"name": "sidecar", "restartCount": 7}, {"name": "bitcoind", "restartCount": 2}]}})"));
  EXPECT_EQ(p->restarts, 2);
}

TEST(DecodePod, HasNoRestartsWithoutTheNodesContainer) {
  for (const auto* status : {R"({})",
                             R"({"containerStatuses": {}})",
                             R"({"containerStatuses": [1, {"name": "other", "restartCount": 1}]})",
                             R"({"containerStatuses": [{"name": "bitcoind"}]})"}) {
    EXPECT_EQ(decoded<pod>({{"status", json::parse(status)}})->restarts, 0) << status;
  }
}

struct pod_case {
  const char* name;
  const char* status;
};

class PodThatIsNotReady : public testing::TestWithParam<pod_case> {};

TEST_P(PodThatIsNotReady, IsNotReady) {
  const auto p = decoded<pod>({{"status", json::parse(GetParam().status)}});
  EXPECT_FALSE(p->ready);
  EXPECT_EQ(p->waiting_reason, "");
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PodThatIsNotReady,
    testing::Values(
        pod_case{"Empty", "{}"},
        pod_case{"NoObject", "[]"},
        pod_case{"NoConditions", R"({"conditions": {}, "containerStatuses": {}})"},
        pod_case{"OtherConditions",
                 R"({"conditions": [{"type": "Initialized", "status": "True"}]})"},
        pod_case{"False", R"({"conditions": [{"type": "Ready", "status": "False"}]})"},
        pod_case{"Unknown", R"({"conditions": [{"type": "Ready", "status": "Unknown"}]})"},
        pod_case{"ABoolean", R"({"conditions": [{"type": "Ready", "status": true}]})"},
        pod_case{"OddEntries", R"({"conditions": [1], "containerStatuses": [1, {"state": 2}]})"}),
    [](const auto& row) { return row.param.name; });

TEST(DecodeNetwork, ReadsSpecAndStatus) {
  const auto network = decoded<bitcoin_network>(
      {{"spec", {{"nodes", 3}}}, {"status", {{"phase", "Ready"}, {"readyNodes", 2}}}});
  EXPECT_EQ(network->spec.nodes, 3);
  EXPECT_EQ(network->status.phase, "Ready");
  EXPECT_EQ(network->status.ready_nodes, 2);
}

// -- what is no such object -------------------------------------------------------------------

struct refused_case {
  const char* name;
  kind of;
  const char* document;
  const char* message;
};

class Refused : public testing::TestWithParam<refused_case> {};

TEST_P(Refused, IsAnErrorThatSaysWhatIsWrong) {
  const auto object = decode_object(GetParam().of, text(GetParam().document));
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().reason(), reason_malformed);
  EXPECT_THAT(object.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Refused,
    testing::Values(
        refused_case{"OtherKind",
                     kind::service,
                     R"({"kind": "Pod", "metadata": {"name": "x"}})",
                     "kind is \"Pod\", expected \"Service\""},
        refused_case{"NoName", kind::pod, R"({"kind": "Pod", "metadata": {}})", "Pod without"},
        refused_case{"EmptyObject", kind::pod, "{}", "without metadata.name"},
        refused_case{"NoObject", kind::pod, "[1, 2]", "without metadata.name"},
        refused_case{"Secret", kind::secret, R"({"metadata": {"name": "x"}})", "never cached"},
        refused_case{"Event", kind::event, R"({"metadata": {"name": "x"}})", "never cached"},
        refused_case{"NoJson", kind::pod, "hello", "not JSON at byte"},
        refused_case{"Truncated", kind::pod, R"({"metadata": {"na)", "not JSON at byte"},
        refused_case{"Nothing", kind::pod, "", "not JSON at byte"}),
    [](const auto& row) { return row.param.name; });

TEST(Decode, AnItemOfAListNeedsNoKind) {
  auto item = an_object(kind::pod);
  item.erase("kind");
  EXPECT_TRUE(decode_object(kind::pod, item));
}

// -- the filter -------------------------------------------------------------------------------

TEST(Parse, LeavesADocumentThatIsOneAlreadyAsItIs) {
  const auto document = std::make_shared<const json>(an_object(kind::pod));
  EXPECT_EQ(parse({{}, document}, kind::pod).value(), document);
}

TEST(Parse, DropsFieldSetsInEveryKind) {
  const auto source = json::parse(R"({"metadata": {"name": "x",
    "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"},
    "managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {"f:x": [{}, 1.5, null]}}},
                      {"manager": "n"}]}})");
  const auto expected = json::parse(R"({"metadata": {"name": "x", "annotations": {"a": "b"},
    "managedFields": [{"manager": "m"}, {"manager": "n"}]}})");
  for (const auto k : {kind::bitcoin_network, kind::service, kind::pod, kind::event}) {
    EXPECT_EQ(*parse(text_of(source), k).value(), expected);
  }
}

TEST(Parse, DropsContainersOfPodsButNotOfStatefulSets) {
  const json source{{"spec",
                     {{"containers", json::array({{{"name", "c"}}})},
                      {"volumes", json::array()},
                      {"tolerations", nullptr},
                      {"nodeName", "w"}}}};
  EXPECT_EQ(*parse(text_of(source), kind::pod).value(), (json{{"spec", {{"nodeName", "w"}}}}));
  EXPECT_EQ(*parse(text_of(source), kind::stateful_set).value(), source);
}

TEST(Parse, KeepsEveryKindOfValue) {
  const auto source = json::parse(
      R"([null, true, false, -1, 18446744073709551615, 2.5, "text", [], {}, [[1]], {"a": {}}])");
  EXPECT_EQ(*parse(text_of(source), kind::service).value(), source);
}

TEST(Parse, RefusesADocumentThatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return text(std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_TRUE(parse(nested(128), kind::pod));
  const auto deeper = parse(nested(129), kind::pod);
  ASSERT_FALSE(deeper);
  EXPECT_THAT(deeper.error().message(), HasSubstr("deeper than 128"));
}

TEST(Parse, NestingInsideADroppedValueCostsNothing) {
  EXPECT_TRUE(
      parse(text(R"({"fieldsV1": )" + std::string(10'000, '[') + std::string(10'000, ']') + "}"),
            kind::pod));
}

// -- lists --------------------------------------------------------------------------------------

[[nodiscard]] json a_list(json items, const std::string& version = "42") {
  return {{"kind", "PodList"},
          {"metadata", {{"resourceVersion", version}, {"continue", "token"}}},
          {"items", std::move(items)}};
}

TEST(DecodeList, GivesItemsVersionAndToken) {
  const auto list =
      decode_list(kind::pod, text_of(a_list({an_object(kind::pod), an_object(kind::pod)}))).value();
  EXPECT_THAT(list.items, SizeIs(2));
  EXPECT_EQ(list.resource_version, "42");
  EXPECT_EQ(list.continue_token, "token");
  EXPECT_EQ(list.undecodable, 0U);
}

TEST(DecodeList, LeavesOutWhatDoesNotDecodeAndCountsIt) {
  const auto list =
      decode_list(
          kind::pod,
          text_of(a_list({1, an_object(kind::service), an_object(kind::pod), json::object()})))
          .value();
  EXPECT_THAT(list.items, SizeIs(1));
  EXPECT_EQ(list.undecodable, 3U);
}

TEST(DecodeList, AnEmptyListIsOneWithItemsNullToo) {
  for (const auto& items : {json::array(), json{}}) {
    const auto list = decode_list(kind::pod, text_of(a_list(items)));
    ASSERT_TRUE(list);
    EXPECT_THAT(list->items, SizeIs(0));
  }
}

class NoList : public testing::TestWithParam<const char*> {};

/// "All gone" must never be a guess: it would delete what users own.
TEST_P(NoList, IsAnErrorAndNotAnEmptyList) {
  const auto list = decode_list(kind::pod, text(GetParam()));
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason(), reason_malformed);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         NoList,
                         testing::Values("",
                                         "{}",
                                         "[]",
                                         "null",
                                         "{\"items\": []}",
                                         R"({"metadata": {}, "items": []})",
                                         R"({"metadata": {"resourceVersion": ""}, "items": []})",
                                         R"({"metadata": {"resourceVersion": 5}, "items": []})",
                                         R"({"metadata": {"resourceVersion": "5"}})",
                                         R"({"kind": "PodList", "items": [)"));

// -- watch events -------------------------------------------------------------------------------

[[nodiscard]] result<watch_event> event_of(const std::string& type, json object) {
  return decode_watch_event(kind::pod, text_of({{"type", type}, {"object", std::move(object)}}));
}

TEST(DecodeWatchEvent, CarriesTheObjectAndItsVersion) {
  for (const auto& [name, type] : {std::pair{"ADDED", event_type::added},
                                   std::pair{"MODIFIED", event_type::modified},
                                   std::pair{"DELETED", event_type::deleted}}) {
    const auto event = event_of(name, an_object(kind::pod)).value();
    EXPECT_EQ(event.type, type);
    EXPECT_EQ(event.resource_version, "7");
    EXPECT_EQ(event.object->meta.key.name, "x");
  }
}

TEST(DecodeWatchEvent, ABookmarkNeedsOnlyAVersion) {
  const auto event = event_of("BOOKMARK", {{"metadata", {{"resourceVersion", "99"}}}}).value();
  EXPECT_EQ(event.type, event_type::bookmark);
  EXPECT_EQ(event.resource_version, "99");
  EXPECT_FALSE(event.initial_events_end);
  EXPECT_EQ(event_of("BOOKMARK", json::object())->resource_version, "");
}

TEST(DecodeWatchEvent, KnowsTheBookmarkThatEndsTheInitialEvents) {
  const auto ends = [](const char* value) {
    return event_of("BOOKMARK",
                    {{"metadata",
                      {{"resourceVersion", "99"},
                       {"annotations", {{"k8s.io/initial-events-end", value}}}}}})
        ->initial_events_end;
  };
  EXPECT_TRUE(ends("true"));
  EXPECT_FALSE(ends("false"));
}

TEST(DecodeWatchEvent, AnErrorCarriesItsStatus) {
  const auto event = event_of("ERROR", {{"code", 410}, {"reason", "Expired"}}).value();
  EXPECT_EQ(event.type, event_type::error);
  EXPECT_EQ(classify(event.error), error_class::gone);
  EXPECT_EQ(event_of("ERROR", json::object())->error.code(), 500);
}

struct line_case {
  const char* name;
  const char* line;
  const char* message;
};

class OddLine : public testing::TestWithParam<line_case> {};

TEST_P(OddLine, IsAnError) {
  const auto event = decode_watch_event(kind::pod, text(GetParam().line));
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().reason(), reason_malformed);
  EXPECT_THAT(event.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    OddLine,
    testing::Values(
        line_case{"NoJson", "<html>", "not JSON"},
        line_case{"NoObject", "5", "not a watch event"},
        line_case{"NoType", R"({"object": {}})", "not a watch event"},
        line_case{"ObjectMissing", R"({"type": "ADDED"})", "not a watch event"},
        line_case{"UnknownType", R"({"type": "RENAMED", "object": {}})", "\"RENAMED\""},
        line_case{"OtherKind",
                  R"({"type": "ADDED", "object": {"kind": "Node", "metadata": {"name": "n"}}})",
                  "kind is \"Node\""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::k8s
