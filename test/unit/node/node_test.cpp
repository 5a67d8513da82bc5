#include "test/node/node.hpp"

#include "test/node/node_names.hpp"
#include "test/node/node_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace btc::node {
namespace {

TEST(Node, NamesEveryPodInHosts) {
  EXPECT_EQ(
      "127.0.0.1 localhost\n"
      "10.0.0.2 a-0.a.ns.svc a-0.a.ns.svc.cluster.local\n",
      hosts_text({{"10.0.0.2", "a-0.a.ns.svc"}}));
}

TEST(Node, TakesAPodOnlyWhenItsSelectorFits) {
  pod_spec pod;
  EXPECT_TRUE(selects(pod, "n"));
  pod.node_selector = {{"kubernetes.io/hostname", "n"}, {"kubernetes.io/os", "linux"}};
  EXPECT_TRUE(selects(pod, "n"));
  EXPECT_FALSE(selects(pod, "m"));
  pod.node_selector = {{"disk", "ssd"}};
  EXPECT_FALSE(selects(pod, "n"));
}

TEST(Node, RefusesAnIdThatMakesNoInterfaceName) {
  for (const auto* id : {"", "A", "a-b", "a/b", "123456789"}) {
    EXPECT_THROW((void)names_of(id), std::invalid_argument) << id;
  }
  const auto names = names_of("12345678");
  EXPECT_LE(names.cable(4095).size(), 15U) << "IFNAMSIZ";
  EXPECT_LE(names.bridge().size(), 15U);
}

TEST(Node, RemovesOnlyThePodThatItRan) {
  pod_spec pod;
  pod.key = {"ns", "a-0"};
  pod.uid = "u1";
  const auto request = remove_pod_object(pod);
  EXPECT_EQ("/api/v1/namespaces/ns/pods/a-0?fieldManager=bitcoin-test-node", request.target);
  EXPECT_EQ("u1", (*request.body)["preconditions"]["uid"]);
  EXPECT_EQ(0, (*request.body)["gracePeriodSeconds"]);
}

}  // namespace
}  // namespace btc::node
