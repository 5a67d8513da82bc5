"""The controller dies, and the next one goes on."""

import random
import signal

from controlplane import wait

from .support.case import ClusterCase

SEED = 20261123
KILLS = 5
MANY = 300


class CrashTest(ClusterCase):
    def test_killed_between_the_two_creates(self):
        self.need_kind("resourcequotas")
        # A quota that lets no StatefulSet in holds the first controller between its creates.
        self.kubectl("create", "quota", "none", "-n", self.namespace,
                     "--hard=count/statefulsets.apps=0")
        self.kubectl("wait", "quota/none", "-n", self.namespace, "--timeout=30s",
                     "--for=jsonpath={.status.hard}")
        controller = self.start_controller()
        self.create_network()
        service = self.eventually("the Service", lambda: self.uid("svc/net-svc"))
        self.assertIsNone(self.get("sts/net-sts"))

        controller.kill()
        self.kubectl("delete", "quota", "none", "-n", self.namespace)
        self.start_controller()

        self.wait_children()
        self.wait_recovered()
        self.assertEqual(service, self.uid("svc/net-svc"))

    def test_killed_again_and_again_while_networks_are_created(self):
        """Where it is killed is left to chance, so this case tells its seed."""
        chance = random.Random(SEED)
        names = [f"net{number}" for number in range(20)]
        for kill in range(KILLS):
            controller = self.start_controller()
            batch = names[kill * 4:kill * 4 + 4]
            self.create_networks(batch)
            victim = chance.choice(batch)
            self.eventually(f"a child of {victim} (seed {SEED})",
                            lambda: self.get(f"svc/{victim}-svc"))
            controller.kill()

        self.start_controller()

        self.wait_all_children(len(names))
        for name in names:
            self.wait_recovered(name)

    def test_sigterm_drains_the_writes_in_flight(self):
        plane = self.need_own_control_plane()
        self.create_networks([f"net{number}" for number in range(MANY)])
        controller = self.start_controller(ready=False)
        wait.until("a tenth of the writes", lambda: len(self.writes()) > MANY * 3 // 10, 30,
                   interval_s=0.001)

        controller.signal(signal.SIGTERM)
        self.assertEqual(0, controller.wait(30), controller.log())

        # The API server notes a request that its client gave up with another code, or none.
        written = self.writes()
        self.assertLess(len(written), MANY * 3, "it was not stopped in the middle")
        self.assertEqual([], [line for line in written if not line.endswith((" 200", " 201"))])
        position = plane.audit.position()
        self.start_controller()
        self.wait_all_children(MANY)
        self.assertNotEqual([], self.writes(position))

    def test_sigterm_ends_an_idle_controller_at_once(self):
        controller = self.start_controller()
        controller.signal(signal.SIGTERM)
        self.assertEqual(0, controller.wait(5), controller.log())
