"""What an operator sees of a running controller."""

import json

from .support.case import ClusterCase


class AdminTest(ClusterCase):
    def test_healthy_controller_says_so(self):
        controller = self.start_controller()
        for path in ("/healthz", "/livez", "/readyz", "/metrics", "/status", "/"):
            with self.subTest(path):
                self.assertEqual(200, controller.get(path)[0])
        self.assertEqual(404, controller.get("/nothing-here")[0])

    def test_status_tells_why_a_network_is_not_ready(self):
        controller = self.start_controller()
        self.create_network("lacking", secret="missing")
        self.wait_degraded("lacking", "SecretInvalid")

        self.eventually(
            lambda: f"the reason in /status: {controller.get('/status')[1]}",
            lambda: "SecretInvalid" in self.about(controller.status(), "lacking"))

    def about(self, report, name):
        """All that the report says of the network."""
        entries = [entry for entry in report["networks"] if name in json.dumps(entry)]
        return json.dumps(entries)

    def test_log_is_one_json_object_per_line_when_asked_for(self):
        controller = self.start_controller("--log-format=json")
        self.create_network()
        self.wait_children()
        controller.wait_log("net-sts")
        controller.stop()

        for line in controller.log().splitlines():
            self.assertLessEqual({"ts", "level", "event", "msg"}, set(json.loads(line)))

    def test_secrets_appear_nowhere(self):
        controller = self.start_controller("--log-level=debug")
        self.create_network(secret="")
        self.wait_children()
        data = self.get("secret/net-rpc")["data"]
        with open(self.cluster.account.token_path, encoding="ascii") as file:
            token = file.read()

        shown = controller.log() + controller.get("/status")[1] + controller.get("/metrics")[1]

        self.assertNotIn(token, shown)
        self.assertNotIn(data["BC_RPC_PASSWORD"], shown)
