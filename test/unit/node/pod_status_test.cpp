#include "test/node/pod_status.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace btc::node {
namespace {

using json = nlohmann::json;
using std::chrono::seconds;

const wall_time noon{seconds{1'764'000'000}};

[[nodiscard]] pod_spec spec() {
  pod_spec out;
  out.uid = "u1";
  out.container = "bitcoin-node";
  out.image = "bitcoin/bitcoin:29.0";
  return out;
}

[[nodiscard]] pod_state running() {
  pod_state out;
  out.phase = pod_phase::running;
  out.ip = "10.0.0.2";
  out.accepted = noon;
  out.container = running_state{noon};
  out.started = out.ready = true;
  return out;
}

[[nodiscard]] json condition(const json& status, const char* type) {
  for (const auto& c : status["conditions"]) {
    if (c["type"] == type) {
      return c;
    }
  }
  return nullptr;
}

TEST(PodStatus, TimestampsAreAsTheApiWantsThem) {
  EXPECT_EQ("2025-11-24T16:00:00Z", timestamp(noon));
}

TEST(PodStatus, OfARunningPodNamesAddressAndConditions) {
  const auto status = pod_status(spec(), running(), "10.0.0.1", nullptr, noon);

  EXPECT_EQ("Running", status["phase"]);
  EXPECT_EQ("10.0.0.2", status["podIP"]);
  EXPECT_EQ(json::array({{{"ip", "10.0.0.2"}}}), status["podIPs"]);
  EXPECT_EQ("10.0.0.1", status["hostIP"]);
  for (const auto* type : {"PodScheduled", "Initialized", "ContainersReady", "Ready"}) {
    EXPECT_EQ("True", condition(status, type)["status"]) << type;
  }
  const auto& container = status["containerStatuses"][0];
  EXPECT_EQ(true, container["ready"]);
  EXPECT_EQ("2025-11-24T16:00:00Z", container["state"]["running"]["startedAt"]);
}

TEST(PodStatus, OfAPodThatWaitsNamesTheReason) {
  pod_state state;
  state.container = waiting_state{"ErrImagePull", "not there"};

  const auto status = pod_status(spec(), state, "10.0.0.1", nullptr, noon);

  EXPECT_EQ("Pending", status["phase"]);
  EXPECT_FALSE(status.contains("podIP"));
  EXPECT_EQ("False", condition(status, "Ready")["status"]);
  EXPECT_EQ("ContainersNotReady", condition(status, "Ready")["reason"]);
  EXPECT_EQ((json{{"reason", "ErrImagePull"}, {"message", "not there"}}),
            status["containerStatuses"][0]["state"]["waiting"]);
}

TEST(PodStatus, TellsHowTheLastRunEnded) {
  auto state = running();
  state.restarts = 1;
  state.last = terminated_state{0, SIGKILL, noon, noon, 0};

  const auto container = pod_status(spec(), state, "h", nullptr, noon)["containerStatuses"][0];

  EXPECT_EQ(1, container["restartCount"]);
  const auto& last = container["lastState"]["terminated"];
  EXPECT_EQ(137, last["exitCode"]);
  EXPECT_EQ("Error", last["reason"]);
  EXPECT_NE(last["containerID"], container["containerID"]);
}

TEST(PodStatus, OfAnEndedPodIsTerminated) {
  auto state = running();
  state.phase = pod_phase::succeeded;
  state.ready = state.started = false;
  state.container = terminated_state{0, 0, noon, noon, 0};

  const auto status = pod_status(spec(), state, "h", nullptr, noon);

  EXPECT_EQ("Succeeded", status["phase"]);
  const auto& ended = status["containerStatuses"][0]["state"]["terminated"];
  EXPECT_EQ("Completed", ended["reason"]);
  EXPECT_FALSE(ended.contains("signal"));
}

TEST(PodStatus, AConditionThatStandsKeepsItsTime) {
  auto state = running();
  const auto before = pod_status(spec(), state, "h", nullptr, noon);
  state.ready = false;

  const auto after = pod_status(spec(), state, "h", before, noon + seconds{60});

  EXPECT_EQ("2025-11-24T16:00:00Z", condition(after, "Initialized")["lastTransitionTime"]);
  EXPECT_EQ("2025-11-24T16:01:00Z", condition(after, "Ready")["lastTransitionTime"]);
}

TEST(PodStatus, WithoutAChangeIsTheSame) {
  const auto before = pod_status(spec(), running(), "h", nullptr, noon);
  EXPECT_EQ(before, pod_status(spec(), running(), "h", before, noon + seconds{60}));
}

}  // namespace
}  // namespace btc::node
