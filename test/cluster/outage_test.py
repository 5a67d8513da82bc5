"""The API server goes away, forgets, or refuses; the controller stays and comes back."""

import signal
import time

from .support.case import ClusterCase

OUTAGE_S = 20
# A server that is away is tried every 5 s, one that refuses as it starts from 0.8 s on (docs/adr/0013).
RECOVERY_S = 20


class OutageTest(ClusterCase):
    def setUp(self):
        super().setUp()
        self.plane = self.need_own_server()

    def restart_server(self, outage_s=0):
        with self.plane.server_killed():
            # The length of the outage is what the case is about; nothing is awaited here.
            time.sleep(outage_s)

    def test_server_killed_for_twenty_seconds(self):
        controller = self.start_controller()
        self.create_network("before")
        self.wait_children("before")
        self.wait_at_rest("before")

        self.restart_server(OUTAGE_S)
        self.create_network("after")

        self.wait_children("after", RECOVERY_S)
        # Each watch has a back-off of its own, so the other's return tells nothing of this one's.
        self.patch("sts/before-sts", {"spec": {"replicas": 7}})
        self.wait_children("before", RECOVERY_S)
        self.assertTrue(controller.running)
        self.eventually("/healthz is 200", lambda: controller.get("/healthz")[0] == 200)

    def test_nothing_is_deleted_or_made_anew_by_an_outage(self):
        self.need_own_control_plane()
        self.start_controller()
        self.create_network()
        before = [child["metadata"]["uid"] for child in self.wait_children()]
        self.wait_at_rest()
        position = self.plane.audit.position()

        self.restart_server()
        self.create_network("probe")
        self.wait_children("probe", RECOVERY_S)
        self.wait_at_rest("probe")

        self.assertEqual(before, [child["metadata"]["uid"] for child in self.wait_children()])
        self.assertEqual([], [line for line in self.writes(position) if "/net" in line])

    def test_history_compacted_under_an_old_watch(self):
        """The controller is held while the history that its watches would need is forgotten."""
        controller = self.start_controller()
        self.create_network()
        self.wait_children()
        controller.signal(signal.SIGSTOP)

        self.create_network("missed")
        self.patch("btcnet/net", {"spec": {"nodes": 5}})
        self.plane.compact()
        self.restart_server()
        controller.signal(signal.SIGCONT)

        self.wait_children("missed", RECOVERY_S)
        self.wait_children("net", RECOVERY_S)

    def test_compaction_alone_disturbs_nobody(self):
        controller = self.start_controller()
        self.create_network()
        self.wait_children()

        self.plane.compact()
        self.patch("btcnet/net", {"spec": {"nodes": 4}})

        self.wait_children()
        self.assertEqual(0, controller.metric("bitcoin_controller_watch_restarts_total"))

    def test_controller_started_before_the_server(self):
        with self.plane.server_killed():
            controller = self.start_controller(ready=False)
            controller.wait_log(self.plane.server.removeprefix("https://"))
            self.assertEqual((True, 503), (controller.running, controller.get("/readyz")[0]))

        controller.wait_ready(RECOVERY_S)
