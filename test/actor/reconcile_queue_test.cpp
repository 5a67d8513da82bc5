#include "test/support/reconcile_fixture.hpp"

#include <string>

/// controller-runtime's figures of work: what waits for a timer is not in the queue.
namespace btc::actors {
namespace {

using namespace messages;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;

using ReconcileQueue = test::reconcile_fixture;

constexpr const char* queue_depth =
    "workqueue_depth{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";
constexpr const char* queue_seconds =
    "workqueue_queue_duration_seconds_sum{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";
constexpr const char* queue_retries =
    "workqueue_retries_total{controller=\"bitcoinnetwork\",name=\"bitcoinnetwork\"}";

TEST_F(ReconcileQueue, CountsItsWorkOnceWhateverItLooksAt) {
  const std::string active = "controller_runtime_active_workers{controller=\"bitcoinnetwork\"}";
  converge();
  ASSERT_EQ(metric(active), 0);
  change_pod(0, "10.0.0.1");
  EXPECT_EQ(metric(active), 1);
  static_cast<void>(serve_all());
  EXPECT_EQ(metric(active), 0);
}

TEST_F(ReconcileQueue, IsNotInTheWorkQueueWhileItBacksOff) {
  load();
  change_pod(0, "10.0.0.1");  // while a request is under way
  EXPECT_EQ(metric(queue_depth), 1);
  auto busy = k8s::api_error{429, "TooManyRequests", "slow down"};
  busy.with_retry_after(5s);
  test::api_probe::refuse(api.take(), busy);
  run();
  EXPECT_EQ(metric(queue_depth), 0);

  change_pod(0, "10.0.0.2");
  EXPECT_EQ(metric(queue_depth), 0);
  EXPECT_EQ(metric(queue_retries), 1);

  advance(5s);
  EXPECT_THAT(serve_all(), Contains("create StatefulSet"));
  EXPECT_EQ(metric(queue_depth), 0);
  EXPECT_LT(metric(queue_seconds), 1);
}

TEST_F(ReconcileQueue, IsNotInTheWorkQueueWhileAStatusThatIsRefusedWaits) {
  converge();
  change_pod(0, "10.0.0.1");
  const auto patch = api.take();
  change_pod(0, "10.0.0.2");
  refuse(patch, 403, "Forbidden");

  EXPECT_EQ(metric(queue_depth), 0);
  advance(40s);
  EXPECT_THAT(serve_all(), ElementsAre("patch BitcoinNetwork"));
  EXPECT_EQ(network["status"]["nodes"][0]["ip"], "10.0.0.2");
}

}  // namespace
}  // namespace btc::actors
