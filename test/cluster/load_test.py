"""Many networks at once, and no write that nobody needs."""

from .support import networks
from .support.case import ClusterCase

NAMESPACES = 5
NETWORKS_EACH = 40


class LoadTest(ClusterCase):
    def test_two_hundred_networks_in_five_namespaces(self):
        namespaces = [self.make_namespace() for _ in range(NAMESPACES)]
        self.kubectl.create(*(networks.secret(namespace) for namespace in namespaces))
        self.start_controller()

        self.kubectl.create(*(networks.network(namespace, f"net{number}", nodes=1)
                              for number in range(NETWORKS_EACH) for namespace in namespaces))

        for namespace in namespaces:
            self.wait_all_children(NETWORKS_EACH, namespace)
            self.eventually(f"all statuses in {namespace}",
                            lambda: self.answered(namespace) == NETWORKS_EACH, 60)

    def answered(self, namespace):
        listed = self.kubectl("get", "btcnet", "-n", namespace,
                              "-o", "jsonpath={.items[*].status.observedGeneration}")
        return len(listed.split())


class QuietTest(ClusterCase):
    """What was written is read from the API server's audit log."""

    NAMES = ("a", "b", "c")

    def setUp(self):
        super().setUp()
        self.plane = self.need_own_control_plane()

    def create_and_rest(self):
        for name in self.NAMES:
            self.create_network(name, nodes=2)
        for name in self.NAMES:
            self.wait_at_rest(name)

    def test_nothing_is_written_over_two_resyncs(self):
        controller = self.start_controller(resync="2s")
        self.create_and_rest()
        self.wait_resyncs(controller, 1)  # whatever was under way has ended
        position = self.plane.audit.position()

        self.wait_resyncs(controller, 2)

        self.assertEqual([], self.writes(position))

    def wait_resyncs(self, controller, rounds):
        """`rounds` resyncs have begun since now, and one more, so that these have ended."""
        def resyncs():
            return controller.metric("bitcoin_controller_resyncs_total")
        goal = resyncs() + rounds + 1
        self.eventually(lambda: f"{goal} resyncs; there were {resyncs()}",
                        lambda: resyncs() >= goal, 60)

    def test_nothing_is_written_after_a_restart(self):
        self.start_controller()
        self.create_and_rest()
        self.controllers[0].stop()
        position = self.plane.audit.position()

        controller = self.start_controller()
        self.eventually("every network has been looked at", lambda: controller.metric(
            "controller_runtime_reconcile_total") >= len(self.NAMES))
        self.create_network("probe")  # its writes come after all that the start would have caused
        self.wait_at_rest("probe")

        self.assertEqual([], [line for line in self.writes(position) if "/probe" not in line])

    def test_new_network_takes_four_writes_until_its_pods_come(self):
        self.start_controller()
        position = self.plane.audit.position()
        self.create_network(nodes=0)  # no pods, so the first status says all of them
        self.wait_at_rest()

        written = sorted(" ".join(line.split()[:2]) for line in self.writes(position))
        self.assertEqual(["create secrets", "create services", "create statefulsets",
                          "patch bitcoinnetworks/status"], written[:4])
        # At most one more, which says what is heard of the nodes.
        self.assertIn(written[4:], ([], ["patch bitcoinnetworks/status"]))

    def test_correction_takes_no_more_than_two_writes(self):
        self.start_controller()
        self.create_network(nodes=0)
        self.wait_at_rest()
        self.patch("svc/net-svc", {"spec": {"publishNotReadyAddresses": False}})
        self.wait_put_back()
        position = self.plane.audit.position()

        self.patch("svc/net-svc", {"spec": {"publishNotReadyAddresses": False}})
        self.wait_put_back()

        self.create_network("probe", nodes=0)
        self.wait_at_rest("probe")
        self.assertEqual(["patch services"], [" ".join(line.split()[:2])
                                              for line in self.writes(position)
                                              if "/probe" not in line])

    def wait_put_back(self):
        self.eventually("the Service is put back",
                        lambda: self.get("svc/net-svc")["spec"].get("publishNotReadyAddresses"))
