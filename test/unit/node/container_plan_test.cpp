#include "test/node/container.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace btc::node {
namespace {

using testing::Contains;
using testing::ElementsAre;

[[nodiscard]] container_plan plan(const std::string& programs) {
  pod_spec pod;
  pod.user = 101;
  pod.group = 102;
  pod.fs_group = 103;
  pod.read_only_root = true;
  pod.arguments = {"bitcoind", "-datadir=/data"};
  pod.environment = {{"A", "b"}};
  pod.mounts = {{"data", "/data", false}, {"conf", "/etc/bitcoin", true}, {"other", "/x", false}};
  return plan_container(pod,
                        {.folder = "/state/pods/a",
                         .etc = "/state/etc",
                         .programs = programs,
                         .net_namespace = "/run/netns/btn-x-2",
                         .volumes = {{"data", "/state/data"}, {"conf", "/state/conf"}}});
}

[[nodiscard]] std::vector<std::string> binds(const container_plan& p) {
  std::vector<std::string> out;
  for (const auto& b : p.binds) {
    out.push_back(b.from + (b.read_only ? " => " : " -> ") + b.to);
  }
  return out;
}

TEST(ContainerPlan, MountsParentsBeforeChildren) {
  EXPECT_THAT(binds(plan("/home/me/bitcoin/bin")),
              ElementsAre("/usr => /usr",
                          "/state/etc => /etc",
                          "/state/data -> /data",
                          "/state/conf => /etc/bitcoin",
                          "/home/me/bitcoin => /home/me/bitcoin"));
}

TEST(ContainerPlan, NeedsNoMountForProgramsOfTheSystem) {
  EXPECT_THAT(binds(plan("/usr/bin")),
              ElementsAre("/usr => /usr",
                          "/state/etc => /etc",
                          "/state/data -> /data",
                          "/state/conf => /etc/bitcoin"));
}

TEST(ContainerPlan, FindsBitcoindByItsName) {
  const auto environment = plan("/opt/btc/bin").environment;
  EXPECT_EQ("PATH=/opt/btc/bin:/usr/local/bin:/usr/bin:/bin", environment.at(0));
  EXPECT_THAT(environment, Contains("A=b"));
}

TEST(ContainerPlan, SurvivesItsFile) {
  const auto before = plan("/opt/btc/bin");
  EXPECT_EQ(to_json(before), to_json(plan_from(to_json(before))));
}

}  // namespace
}  // namespace btc::node
