"""Nodes find each other, and find each other again."""

from .support.case import BitcoinCase, LONG_S, restarts

APPLY = "last pod Ready → PeersConnected"
APPLY_TARGET_S = 5
HEAL = "killed bitcoind Ready again → PeersConnected"
HEAL_TARGET_S = 10


class PeeringTest(BitcoinCase):
    def test_three_nodes_find_each_other_and_agree(self):
        self.start_controller()
        self.create_network(nodes=3)

        self.wait_pods_ready(3)
        self.measure_connected(APPLY, APPLY_TARGET_S, 3)
        self.wait_true("ChainConverged")

        self.assert_topology(3)
        self.eventually("the status counts each node's peers", lambda: [2, 2, 2] == [
            node.get("peers") for node in self.network()["status"]["nodes"]], LONG_S)
        shown = self.kubectl("get", "btcnet/net", "-n", self.namespace).splitlines()
        self.assertEqual(["NAME", "NODES", "READY", "PEERS", "HEIGHT", "PHASE", "AGE"],
                         shown[0].split())
        self.assertEqual(["net", "3", "3"], shown[1].split()[:3])

    def test_network_grows_from_three_to_twelve_and_shrinks_to_two(self):
        self.start_controller()
        self.create_network(nodes=3)
        self.wait_pods_ready(3)
        self.wait_connected(3)

        for count in (12, 2):
            self.kubectl("scale", "-n", self.namespace, "btcnet/net", f"--replicas={count}")
            self.wait_pods_ready(count, timeout_s=2 * LONG_S)
            self.wait_connected(count)
            self.eventually_topology(count)

    def test_killed_bitcoind_finds_its_peers_again(self):
        self.start_controller()
        self.create_network(nodes=3)
        self.wait_pods_ready(3)
        self.wait_connected(3)
        before = self.pods()

        self.node.kill(self.namespace, "net-sts-1")
        pods = self.wait_pods_ready(3, more=lambda pods: restarts(pods["net-sts-1"]) == 1)
        self.measure_connected(HEAL, HEAL_TARGET_S, 3)

        self.assertEqual({name: pod["metadata"]["uid"] for name, pod in before.items()},
                         {name: pod["metadata"]["uid"] for name, pod in pods.items()})
        self.eventually_topology(3)

    def test_all_at_once_are_killed_and_find_each_other_again(self):
        self.start_controller()
        self.create_network(nodes=3)
        self.wait_pods_ready(3)
        self.wait_connected(3)

        for ordinal in range(3):
            self.node.kill(self.namespace, f"net-sts-{ordinal}")
        self.wait_pods_ready(3, more=lambda pods: all(restarts(p) == 1 for p in pods.values()))

        self.wait_connected(3)
        self.eventually_topology(3)

    def test_node_that_is_replaced_while_no_controller_runs_is_connected_later(self):
        controller = self.start_controller()
        self.create_network(nodes=3)
        before = self.wait_pods_ready(3)
        self.wait_connected(3)
        controller.kill()

        self.kubectl("delete", "-n", self.namespace, "pod/net-sts-1", "--wait=false")
        old = before["net-sts-1"]
        pods = self.wait_pods_ready(
            3, more=lambda pods: pods["net-sts-1"]["metadata"]["uid"] != old["metadata"]["uid"])
        self.assertNotEqual(old["status"]["podIP"], pods["net-sts-1"]["status"]["podIP"])
        self.start_controller()

        self.wait_connected(3)
        self.eventually_topology(3)


class SwapTest(BitcoinCase):
    def swapped_networks_stay_apart(self, *arguments):
        """Two networks whose pods change addresses: what the one's nodes remember of the other's
        address must not join them."""
        self.start_controller(*arguments)
        for name in ("red", "blue"):
            self.create_network(name, nodes=2)
        for name in ("red", "blue"):
            self.wait_pods_ready(2, name)
            self.wait_connected(2, name)
        pods = {name: self.pods(name)[f"{name}-sts-1"] for name in ("red", "blue")}

        for name, other in (("red", "blue"), ("blue", "red")):
            self.node.reserve(self.namespace, f"{name}-sts-1", pods[other]["status"]["podIP"])
        self.kubectl("delete", "-n", self.namespace, "pod/red-sts-1", "pod/blue-sts-1",
                     "--wait=false")
        for name in ("red", "blue"):
            uid = pods[name]["metadata"]["uid"]
            self.wait_pods_ready(2, name, more=lambda found, name=name, uid=uid:
                                 found[f"{name}-sts-1"]["metadata"]["uid"] != uid)
        self.assertEqual(pods["red"]["status"]["podIP"], self.address("blue-sts-1"))

        for name in ("red", "blue"):
            self.wait_connected(2, name)
            self.eventually(lambda name=name: f"{name} is whole and alone: {self.connections(name)}",
                            lambda name=name: self.is_alone(name), LONG_S)

    def connections(self, name):
        return {pod: self.peers(pod) for pod in (f"{name}-sts-0", f"{name}-sts-1")}

    def is_alone(self, name):
        first, second = f"{name}-sts-0", f"{name}-sts-1"
        return self.connections(name) == {first: [self.address(second)],
                                          second: [self.address(first)]}

    def test_networks_whose_pods_swap_addresses_stay_apart(self):
        self.swapped_networks_stay_apart()

    def test_networks_whose_pods_swap_addresses_stay_apart_without_dns(self):
        self.swapped_networks_stay_apart("--peer-address=ip")
