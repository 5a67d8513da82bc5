#include "test/sim/serve/pod_log.hpp"

#include "test/sim/cluster/target.hpp"

#include <gtest/gtest.h>

#include <string>

namespace btc::sim {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds noon{seconds{1'800'000'000}};
constexpr std::uint64_t start_lines = 8;

node_facts facts(std::int64_t height, int connections, sys_seconds started = noon) {
  return {"regtest", started, "hash" + std::to_string(height), height, connections};
}

log_options options(const std::string& query) {
  const auto where = parse_target("/api/v1/namespaces/n/pods/p/log?" + query);
  return std::get<log_options>(parse_log_options(where.value(), noon));
}

TEST(PodJournal, WritesTheStartAndThenOnlyWhatChanges) {
  pod_journal journal;
  journal.observe("u", facts(0, 0), noon);
  journal.observe("u", facts(0, 0), noon + seconds{1});
  EXPECT_EQ(journal.find("u")->current.end(), start_lines);
  journal.observe("u", facts(1, 2), noon + seconds{2});
  const auto text = log_text(journal.find("u")->current, options("tailLines=3"));
  EXPECT_NE(text.find("UpdateTip: new best=hash1 height=1"), std::string::npos) << text;
  EXPECT_NE(text.find("connections: 2\n"), std::string::npos) << text;
}

TEST(PodJournal, ARestartBeginsANewLogAndKeepsTheOld) {
  pod_journal journal;
  journal.observe("u", facts(0, 0), noon);
  EXPECT_FALSE(journal.find("u")->previous);
  journal.observe("u", facts(0, 0, noon + seconds{9}), noon + seconds{9});
  EXPECT_EQ(journal.find("u")->run, 2U);
  EXPECT_EQ(journal.find("u")->current.end(), start_lines);
  EXPECT_TRUE(journal.find("u")->previous);
}

TEST(PodJournal, ForgetsThePodsThatAreGone) {
  pod_journal journal;
  journal.observe("u", facts(0, 0), noon);
  journal.keep_only({"other"});
  EXPECT_EQ(journal.find("u"), nullptr);
}

TEST(PodJournal, KeepsABoundedNumberOfLines) {
  pod_journal journal;
  for (int i = 0; i < 5'000; ++i) {
    journal.observe("u", facts(i, 0), noon);
  }
  const auto& lines = journal.find("u")->current;
  EXPECT_EQ(lines.end() - lines.first(), 2'000U);
  EXPECT_NE(lines.at(lines.end() - 1).text.find("height=4999"), std::string::npos);
}

TEST(PodLog, GivesWhatIsAskedFor) {
  journal_lines lines;
  for (int i = 0; i < 4; ++i) {
    lines.add(noon - seconds{30 - 10 * i}, std::string(1, static_cast<char>('a' + i)));
  }
  EXPECT_EQ(log_text(lines, options("tailLines=1")), "2027-01-15T08:00:00Z d\n");
  EXPECT_EQ(log_text(lines, options("tailLines=0")), "");
  EXPECT_EQ(log_text(lines, options("tailLines=99")).size(), 4U * 23);
  EXPECT_EQ(log_text(lines, options("sinceSeconds=10")).size(), 2U * 23);
  EXPECT_EQ(log_text(lines, options("sinceTime=2027-01-15T08:00:00Z")).size(), 23U);
  EXPECT_EQ(log_text(lines, options("limitBytes=5")), "2027-");
  EXPECT_EQ(log_text(lines, options("tailLines=1&timestamps=true")),
            "2027-01-15T08:00:00Z 2027-01-15T08:00:00Z d\n");
}

TEST(PodLog, NamesWhatItCannotRead) {
  for (const char* query :
       {"tailLines=x", "tailLines=-1", "limitBytes=0", "sinceSeconds=0", "sinceTime=yesterday"}) {
    const auto where = parse_target(std::string{"/api/v1/namespaces/n/pods/p/log?"} + query);
    const auto parsed = parse_log_options(where.value(), noon);
    ASSERT_TRUE(std::holds_alternative<std::string>(parsed)) << query;
    EXPECT_NE(std::get<std::string>(parsed).find("; give "), std::string::npos) << query;
  }
}

TEST(PodLog, IsFollowedUntilTheContainerEnds) {
  pod_journal journal;
  journal.observe("u", facts(0, 0), noon);
  const auto follower = follow_log(journal, "u", options("tailLines=1"));
  const auto now = std::chrono::steady_clock::time_point{};
  EXPECT_EQ(follower->next(now), "2027-01-15T08:00:00Z init message: Done loading\n");
  EXPECT_FALSE(follower->next(now));
  EXPECT_FALSE(follower->ended(now));
  journal.observe("u", facts(1, 0), noon);
  EXPECT_TRUE(follower->next(now));
  journal.running_are({}, noon);
  EXPECT_FALSE(follower->ended(now));
  EXPECT_EQ(follower->next(now), "2027-01-15T08:00:00Z Shutdown: done\n");
  EXPECT_TRUE(follower->ended(now));
}

}  // namespace
}  // namespace btc::sim
