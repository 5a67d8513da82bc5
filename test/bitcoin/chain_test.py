"""Blocks are mined, spread, and kept."""

from .support.case import BitcoinCase, LONG_S, identities

PACE = "--rpc-interval=1s"


class ChainTest(BitcoinCase):
    def test_blocks_are_mined_and_all_nodes_follow_while_the_controller_is_replaced(self):
        controller = self.start_controller(PACE)
        self.create_network(nodes=3, mining={"intervalSeconds": 1})
        before = identities(self.wait_pods_ready(3))
        self.wait_heights(3)

        controller.kill()
        self.start_controller(PACE)
        self.wait_heights(min(self.heights(3)) + 3)

        self.assertEqual(before, identities(self.pods()), "no pod and no container is another one")
        self.wait_true("ChainConverged")
        self.assertGreaterEqual(self.network()["status"]["height"], 3)

    def test_no_block_is_mined_unless_asked_for(self):
        self.start_controller(PACE)
        self.create_network(nodes=2)
        self.wait_pods_ready(2)
        self.wait_connected(2)
        self.wait_true("ChainConverged")
        self.assertEqual([0, 0], self.heights(2))

    def test_chain_on_a_claim_outlives_its_pod(self):
        self.start_controller(PACE)
        self.create_network(nodes=2, storage={"size": "1Gi"})
        before = self.wait_pods_ready(2)
        self.wait_connected(2)
        self.rpc("net-sts-0", "generatetodescriptor", 3, "raw(51)#8lvh9jxk")
        self.wait_heights(3, count=2)

        self.kubectl("delete", "-n", self.namespace, "pods", "-l", "app=net", "--wait=false")
        old = {pod["metadata"]["uid"] for pod in before.values()}
        self.wait_pods_ready(2, more=lambda pods: not old & {
            pod["metadata"]["uid"] for pod in pods.values()})

        self.assertEqual([3, 3], self.heights(2))

    def wait_heights(self, at_least, count=3):
        def reached():
            try:
                return min(self.heights(count)) >= at_least
            except OSError:
                return False
        self.eventually(lambda: f"height {at_least} on all nodes; they are at {self.heights(count)}",
                        reached, LONG_S)
