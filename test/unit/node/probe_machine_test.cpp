#include "test/node/probe_machine.hpp"

#include <gtest/gtest.h>

#include <string>

namespace btc::node {
namespace {

using std::chrono::seconds;

constexpr time_point start{};

/// Runs the probe at its due times with these results ('+' or '-'); what it says after each.
[[nodiscard]] std::string verdicts(const probe_spec& spec, const std::string& results) {
  probe_machine probe{spec, start};
  std::string out;
  for (const char result : results) {
    const auto due = probe.due();
    probe.launched();
    probe.ended(result == '+', due.value_or(start));
    const auto says = probe.result();
    out += says == verdict::unknown ? '.' : says == verdict::success ? '+' : '-';
  }
  return out;
}

TEST(ProbeMachine, ChangesItsVerdictAtTheThresholds) {
  struct row {
    int success;
    int failure;
    const char* results;
    const char* expected;
  };
  for (const auto& r : std::initializer_list<row>{{1, 3, "+", "+"},
                                                  {1, 3, "--", ".."},
                                                  {1, 3, "---", "..-"},
                                                  {1, 3, "--+", "..+"},
                                                  {1, 3, "+--+---", "++++++-"},
                                                  {2, 1, "+", "."},
                                                  {2, 1, "++-+", ".+--"},
                                                  {2, 1, "++-++", ".+--+"}}) {
    const probe_spec spec{.success_threshold = r.success, .failure_threshold = r.failure};
    EXPECT_EQ(r.expected, verdicts(spec, r.results)) << r.results;
  }
}

TEST(ProbeMachine, IsFirstDueAfterTheInitialDelay) {
  const probe_machine probe{{.initial_delay = seconds{7}}, start};
  EXPECT_EQ(start + seconds{7}, probe.due());
}

TEST(ProbeMachine, IsNotDueWhileItRuns) {
  probe_machine probe{{}, start};
  probe.launched();
  EXPECT_EQ(std::nullopt, probe.due());
}

TEST(ProbeMachine, KeepsItsPeriodWhenAnActionIsSlow) {
  probe_machine probe{{.period = seconds{5}}, start};
  probe.launched();
  probe.ended(true, start + seconds{3});
  EXPECT_EQ(start + seconds{5}, probe.due());
}

TEST(ProbeMachine, RunsAtOnceWhenAnActionTookLongerThanThePeriod) {
  probe_machine probe{{.period = seconds{5}}, start};
  probe.launched();
  probe.ended(true, start + seconds{12});
  EXPECT_EQ(start + seconds{12}, probe.due());
}

}  // namespace
}  // namespace btc::node
