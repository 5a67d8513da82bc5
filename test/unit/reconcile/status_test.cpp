#include "actors/reconcile/status.hpp"

#include "test/support/reconcile_builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace btc::reconcile {
namespace {

using test::an_observation;
using test::json;
using test::observation;

/// "Ready False NodesNotReady: message", one line per condition, behind the phase. Those of peers
/// and chain have tables of their own: status_chain_test.cpp.
std::string text_of(const k8s::network_status& s) {
  std::string text = s.phase;
  for (const auto& c : s.conditions) {
    if (c.type == condition_peers || c.type == condition_chain) {
      continue;
    }
    text += '\n' + c.type + ' ' + c.status + ' ' + c.reason
            + (c.message.empty() ? "" : ": " + c.message);
  }
  return text;
}

struct status_case {
  const char* name;
  observation given;
  degradation degraded;
  const char* text;
};

class Status : public testing::TestWithParam<status_case> {};

TEST_P(Status, TellsPhaseAndConditions) {
  EXPECT_EQ(text_of(status_of(GetParam().given.build(), GetParam().degraded)), GetParam().text);
}

observation changed(observation o, const std::function<void(observation&)>& change) {
  change(o);
  return o;
}

json& status_of_set(observation& o) {
  return (*o.stateful_set)["status"];
}

/// A pod that is not ready, and why.
void stop(json& pod, const json& waiting = nullptr) {
  pod["status"].erase("conditions");
  if (!waiting.is_null()) {
    pod["status"]["containerStatuses"] =
        json::array({{{"state", {{"waiting", {{"reason", waiting}}}}}}});
  }
}

INSTANTIATE_TEST_SUITE_P(
    Life,
    Status,
    testing::Values(
        status_case{"NewNetwork",
                    an_observation(),
                    {},
                    "Pending\n"
                    "Ready False Pending: the StatefulSet does not exist yet\n"
                    "Progressing True Creating: the children are being created\n"
                    "Degraded False AsExpected"},
        status_case{"ChildrenJustCreated",
                    changed(an_observation().with_children(),
                            [](auto& o) { o.stateful_set->erase("status"); }),
                    {},
                    "Progressing\n"
                    "Ready False NodesNotReady: 0 of 3 nodes are ready; 3 pods do not exist yet, "
                    "`kubectl describe sts net-sts` tells what holds them up\n"
                    "Progressing True Scaling: from 0 to 3 nodes\n"
                    "Degraded False AsExpected"},
        status_case{"AllReady",
                    an_observation().at_rest(),
                    {},
                    "Ready\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing False UpToDate: nothing is under way\n"
                    "Degraded False AsExpected"},
        status_case{"NoNodesAtAll",
                    an_observation().with_nodes(0).at_rest(),
                    {},
                    "Ready\n"
                    "Ready True AllNodesReady: 0 of 0 nodes are ready\n"
                    "Progressing False UpToDate: nothing is under way\n"
                    "Degraded False AsExpected"},
        status_case{"ScalingUp",
                    an_observation().at_rest().with_nodes(5),
                    {},
                    "Progressing\n"
                    "Ready False NodesNotReady: 3 of 5 nodes are ready; 2 pods do not exist yet, "
                    "`kubectl describe sts net-sts` tells what holds them up\n"
                    "Progressing True Scaling: from 3 to 5 nodes\n"
                    "Degraded False AsExpected"},
        status_case{"ScalingDown",
                    an_observation().with_nodes(5).at_rest().with_nodes(3),
                    {},
                    "Progressing\n"
                    "Ready False NodesNotReady: 3 of 3 nodes are ready; scaling down from 5\n"
                    "Progressing True Scaling: from 5 to 3 nodes\n"
                    "Degraded False AsExpected"},
        status_case{"RollingOut",
                    changed(an_observation().at_rest(),
                            [](auto& o) { status_of_set(o)["updatedReplicas"] = 1; }),
                    {},
                    "Ready\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing True RollingOut: pods are being replaced by new ones\n"
                    "Degraded False AsExpected"},
        status_case{"SetNotSeenByItsControllerYet",
                    changed(an_observation().at_rest(),
                            [](auto& o) { status_of_set(o)["observedGeneration"] = 0; }),
                    {},
                    "Ready\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing True RollingOut: pods are being replaced by new ones\n"
                    "Degraded False AsExpected"}),
    [](const auto& row) { return row.param.name; });

observation with_pod(const std::function<void(json&)>& change) {
  return changed(an_observation().at_rest(), [&](auto& o) { change(o.pods[1]); });
}

struct waiting_case {
  const char* name;
  observation given;
  const char* message;
};

class StatusWaiting : public testing::TestWithParam<waiting_case> {};

TEST_P(StatusWaiting, NamesWhatTheNetworkWaitsFor) {
  const auto s = status_of(GetParam().given.build(), {});

  EXPECT_EQ(k8s::find_condition(s, condition_ready)->message, GetParam().message);
  EXPECT_EQ(k8s::find_condition(s, condition_progressing)->reason, "WaitingForNodes");
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    StatusWaiting,
    testing::Values(
        waiting_case{"PodThatDoesNotSayWhy",
                     with_pod([](json& pod) { stop(pod); }),
                     "2 of 3 nodes are ready; waiting for net-sts-1"},
        waiting_case{"PodThatCrashes",
                     with_pod([](json& pod) { stop(pod, "CrashLoopBackOff"); }),
                     "2 of 3 nodes are ready; waiting for net-sts-1 (CrashLoopBackOff; "
                     "`kubectl logs net-sts-1 --previous` tells why)"},
        waiting_case{"ImageThatCannotBePulled",
                     with_pod([](json& pod) { stop(pod, "ErrImagePull"); }),
                     "2 of 3 nodes are ready; waiting for net-sts-1 (ImagePullBackOff)"},
        waiting_case{"PodWithoutAPlace",
                     with_pod([](json& pod) {
                       stop(pod);
                       pod["status"]["conditions"].push_back(
                           {{"type", "PodScheduled"},
                            {"status", "False"},
                            {"reason", "Unschedulable"},
                            {"message",
                             "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 "
                             "nodes are available: 1 No preemption victims found."}});
                     }),
                     "2 of 3 nodes are ready; waiting for net-sts-1 (Unschedulable: 0/1 nodes are "
                     "available: 1 Insufficient memory)"},
        waiting_case{"TerminatingPod",
                     with_pod([](json& pod) { pod["metadata"]["deletionTimestamp"] = "now"; }),
                     "2 of 3 nodes are ready; waiting for net-sts-1 (Terminating)"},
        waiting_case{"MissingPod",
                     changed(an_observation().at_rest(), [](auto& o) { o.pods.pop_back(); }),
                     "2 of 3 nodes are ready; 1 pod does not exist yet, `kubectl describe sts "
                     "net-sts` tells what holds them up"},
        waiting_case{"FirstOfSeveralPods",
                     changed(an_observation().at_rest(),
                             [](auto& o) {
                               stop(o.pods[2], "First");
                               stop(o.pods[0], "Second");
                               std::reverse(o.pods.begin(), o.pods.end());
                             }),
                     "1 of 3 nodes are ready; waiting for net-sts-0 (Second)"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Degraded,
    Status,
    testing::Values(
        status_case{"BlockedBeforeTheChildren",
                    an_observation(),
                    {"SecretInvalid", "Secret x does not exist"},
                    "Degraded\n"
                    "Ready False Pending: the StatefulSet does not exist yet\n"
                    "Progressing False SecretInvalid: nothing is done until the cause of Degraded "
                    "is gone\n"
                    "Degraded True SecretInvalid: Secret x does not exist"},
        status_case{"InvalidSpecOfARunningNetwork",
                    an_observation().at_rest().with_spec({{"nodes", -1}}),
                    {"InvalidSpec", "spec.nodes is -1"},
                    "Degraded\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing False InvalidSpec: nothing is done until the cause of Degraded is "
                    "gone\n"
                    "Degraded True InvalidSpec: spec.nodes is -1"},
        status_case{"ImmutableFieldStopsNothingElse",
                    an_observation().at_rest(),
                    {"ImmutableField", "spec.serviceName", false},
                    "Degraded\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing False UpToDate: nothing is under way\n"
                    "Degraded True ImmutableField: spec.serviceName"},
        status_case{"Paused",
                    an_observation().at_rest().paused(),
                    {},
                    "Paused\n"
                    "Ready True AllNodesReady: 3 of 3 nodes are ready\n"
                    "Progressing False Paused: spec.paused is true: nothing but the status is "
                    "written\n"
                    "Degraded False AsExpected"},
        status_case{"PausedWhileInvalid",
                    an_observation().paused().with_spec({{"nodes", -1}}),
                    {"InvalidSpec", "spec.nodes is -1"},
                    "Paused\n"
                    "Ready False Pending: the StatefulSet does not exist yet\n"
                    "Progressing False Paused: spec.paused is true: nothing but the status is "
                    "written\n"
                    "Degraded True InvalidSpec: spec.nodes is -1"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace btc::reconcile
