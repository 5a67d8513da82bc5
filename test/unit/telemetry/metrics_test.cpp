#include "actors/telemetry/metrics.hpp"

#include "test/support/source_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace btc::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr metrics::time_point start{1h};

struct Metrics : testing::Test {
  metrics m{{"1.2.3", "10.0.0.1:6443", 10}};

  [[nodiscard]] std::string text(metrics::time_point now = start) const { return m.expose(now); }

  /// Value of one series, by its whole name with labels.
  [[nodiscard]] std::string value(const std::string& series) const {
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind(series + ' ', 0) == 0) {
        return line.substr(series.size() + 1);
      }
    }
    return "no such series";
  }
};

TEST_F(Metrics, ShowZeroForWhatHasNotHappenedYet) {
  EXPECT_EQ(
      value(R"(controller_runtime_reconcile_total{controller="bitcoinnetwork",result="error"})"),
      "0");
  EXPECT_EQ(
      value(R"(rest_client_requests_total{code="<error>",host="10.0.0.1:6443",method="PATCH"})"),
      "0");
  EXPECT_EQ(value(R"(bitcoin_controller_watch_restarts_total{cause="gone",kind="Pod"})"), "0");
  EXPECT_EQ(value(R"(bitcoin_controller_events_total{result="dropped"})"), "0");
}

TEST_F(Metrics, ShowWhatTheyWereMadeWith) {
  EXPECT_EQ(value(R"(controller_runtime_max_concurrent_reconciles{controller="bitcoinnetwork"})"),
            "10");
  EXPECT_THAT(text(), HasSubstr(R"(version="1.2.3"} 1)"));
}

TEST_F(Metrics, CountAnErrorAlsoAsAReconciliation) {
  m.reconciled(reconcile_result::error, 20ms);
  m.reconciled(reconcile_result::success, 2s);

  const std::string of = R"({controller="bitcoinnetwork"})";
  EXPECT_EQ(value("controller_runtime_reconcile_errors_total" + of), "1");
  EXPECT_EQ(
      value(R"(controller_runtime_reconcile_total{controller="bitcoinnetwork",result="error"})"),
      "1");
  EXPECT_EQ(value("controller_runtime_reconcile_time_seconds_count" + of), "2");
  EXPECT_EQ(value("controller_runtime_reconcile_time_seconds_sum" + of), "2.02");
}

TEST_F(Metrics, FollowTheQueueFromDueToDone) {
  const std::string of = R"({controller="bitcoinnetwork",name="bitcoinnetwork"})";
  m.queue_added();
  m.queue_added();
  EXPECT_EQ(value("workqueue_depth" + of), "2");

  m.work_started(50ms, start);
  EXPECT_EQ(value("workqueue_depth" + of), "1");
  EXPECT_EQ(value(R"(controller_runtime_active_workers{controller="bitcoinnetwork"})"), "1");
  EXPECT_THAT(text(start + 3s), HasSubstr("workqueue_unfinished_work_seconds" + of + " 3\n"));
  EXPECT_THAT(text(start + 3s),
              HasSubstr("workqueue_longest_running_processor_seconds" + of + " 3\n"));

  m.work_ended(start, start + 4s);
  m.queue_abandoned();
  EXPECT_EQ(value("workqueue_depth" + of), "0");
  EXPECT_EQ(value("workqueue_adds_total" + of), "2");
  EXPECT_EQ(value("workqueue_work_duration_seconds_sum" + of), "4");
  EXPECT_EQ(value("workqueue_queue_duration_seconds_sum" + of), "0.05");
  EXPECT_EQ(value("workqueue_unfinished_work_seconds" + of), "0");
}

TEST_F(Metrics, BoundTheCodesOfRequests) {
  const auto requests = [this](const std::string& code) {
    return value("rest_client_requests_total{code=\"" + code
                 + R"(",host="10.0.0.1:6443",method="GET"})");
  };
  m.request_answered(k8s::method::get, 200);
  m.request_answered(k8s::method::get, 0);
  m.request_answered(k8s::method::get, 418);
  m.request_answered(k8s::method::get, -1);

  EXPECT_EQ(requests("200"), "1");
  EXPECT_EQ(requests("<error>"), "1");
  EXPECT_EQ(requests("other"), "2");
}

TEST_F(Metrics, IgnoreWhatHasNoSeries) {
  m.wrote(k8s::kind::pod, write_verb::apply);
  m.drift_corrected(k8s::kind::event);
  m.set_cache(k8s::kind::secret, 3, true);

  m.wrote(k8s::kind::secret, write_verb::patch);
  m.request_answered(k8s::method::del, 200);
  m.request_took(k8s::method::put, 1s);

  EXPECT_THAT(text(), Not(HasSubstr(R"(kind="Pod",verb)")));
  EXPECT_THAT(text(), Not(HasSubstr(R"(kind="Secret",verb="patch")")));
  EXPECT_THAT(text(), Not(HasSubstr("DELETE")));
  EXPECT_THAT(text(), Not(HasSubstr("PUT")));
}

TEST_F(Metrics, CountTheRestByKind) {
  m.wrote(k8s::kind::service, write_verb::create);
  m.drift_corrected(k8s::kind::stateful_set);
  m.set_cache(k8s::kind::pod, 3, true);
  m.watch_event_received(k8s::kind::pod, watch_event::bookmark);
  m.decode_failed(k8s::kind::bitcoin_network);
  m.actor_restarted(actor_kind::event);

  const std::string ours = "bitcoin_controller_";
  EXPECT_EQ(value(ours + R"(writes_total{kind="Service",verb="create"})"), "1");
  EXPECT_EQ(value(ours + R"(drift_corrections_total{kind="StatefulSet"})"), "1");
  EXPECT_EQ(value(ours + R"(cache_objects{kind="Pod"})"), "3");
  EXPECT_EQ(value(ours + R"(cache_synced{kind="Pod"})"), "1");
  EXPECT_EQ(value(ours + R"(watch_events_total{kind="Pod",type="bookmark"})"), "1");
  EXPECT_EQ(value(ours + R"(decode_errors_total{kind="BitcoinNetwork"})"), "1");
  EXPECT_EQ(value(ours + R"(actor_restarts_total{actor="event"})"), "1");
}

/// The rows "| `name` | type | labels | …" of docs/metrics.md as "name type labels".
std::vector<std::string> documented_families() {
  std::ifstream file(test::source_path("docs/metrics.md"));
  const std::regex row(R"(^\| `(\w+)` \| (\w+) \| ([\w, ]*?) *\|.*)");
  std::vector<std::string> result;
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, match, row)) {
      result.push_back(match[1].str() + ' ' + match[2].str() + ' ' + match[3].str());
    }
  }
  return result;
}

TEST_F(Metrics, AreThoseOfTheirDocument) {
  std::vector<std::string> shown;
  for (const auto& f : m.families()) {
    shown.push_back(f.name + ' ' + f.type + ' ' + f.labels);
    EXPECT_FALSE(f.help.empty()) << f.name;
  }

  EXPECT_THAT(shown, testing::UnorderedElementsAreArray(documented_families()));
}

}  // namespace
}  // namespace btc::telemetry
