"""The first walk: what a user does on the first day, and what is then to be seen."""

import json

from controlplane import binaries

from .support import networks
from .support.case import ClusterCase


class WalkTest(ClusterCase):
    def test_sample_network_gets_its_children(self):
        controller = self.start_controller()
        for sample in ("secret.yaml", "testNetwork.yaml"):
            self.kubectl("apply", "-n", self.namespace, "-f", binaries.manifest(sample))

        service, stateful_set = self.wait_children("my-network")

        self.assertEqual("None", service["spec"]["clusterIP"])
        self.assertEqual({"app": "my-network"}, service["spec"]["selector"])
        self.assertEqual("my-network-svc", stateful_set["spec"]["serviceName"])
        self.assertEqual(3, stateful_set["spec"]["replicas"])
        for name in ("my-network-svc", "my-network-sts"):
            controller.wait_log(name)
        listed = self.kubectl("get", "btcnet,sts,svc", "-n", self.namespace)
        for name in ("my-network", "my-network-svc", "my-network-sts"):
            self.assertIn(f"/{name} ", listed)

    def test_children_are_owned_and_labelled(self):
        self.start_controller()
        self.create_network()
        owner = self.uid("btcnet/net")

        for child in self.wait_children():
            reference = child["metadata"]["ownerReferences"]
            self.assertEqual([("BitcoinNetwork", "net", owner, True, True)],
                             [(r["kind"], r["name"], r["uid"], r["controller"],
                               r["blockOwnerDeletion"]) for r in reference])
            labels = child["metadata"]["labels"]
            self.assertEqual("net", labels["app"])
            self.assertEqual("bitcoin-controller", labels["app.kubernetes.io/managed-by"])

    def test_events_tell_what_was_created(self):
        self.start_controller()
        self.create_network()
        self.wait_children()

        self.eventually("an Event", lambda: self.events("SuccessfulCreate"))

        self.assertEqual(["Created Service net-svc; Created Secret net-conf; "
                          "Created StatefulSet net-sts"], self.events("SuccessfulCreate"))

    def test_status_follows_the_pods(self):
        self.need_own_control_plane()  # nobody but us may play kubelet
        self.start_controller()
        self.create_network(nodes=2)
        self.wait_at_rest()
        self.assertEqual("False", self.condition("net", "Ready")["status"])

        for ordinal in (0, 1):
            self.become_ready(f"net-sts-{ordinal}", f"10.1.0.{ordinal + 1}")
        self.kubectl("wait", "-n", self.namespace, "btcnet/net", "--for=condition=Ready",
                     "--timeout=15s")

        status = self.get("btcnet/net")["status"]
        self.assertEqual((2, "Ready"), (status["readyNodes"], status["phase"]))
        self.assertEqual([(0, True, "10.1.0.1", "net-sts-0.net-svc"),
                          (1, True, "10.1.0.2", "net-sts-1.net-svc")],
                         [(n["ordinal"], n["ready"], n["ip"], n["dnsName"].split("." + self.namespace)[0])
                          for n in status["nodes"]])
        self.eventually("Progressing ends",
                        lambda: self.condition("net", "Progressing")["status"] == "False")

    def become_ready(self, pod, ip):
        """What a kubelet would report."""
        self.eventually(f"{pod} exists", lambda: self.get(f"pod/{pod}"), 60)
        self.patch(f"pod/{pod}", {"status": {
            "phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}],
            "conditions": [{"type": "Ready", "status": "True"}]}}, "--subresource=status")

    def test_network_can_be_scaled_by_kubectl(self):
        self.start_controller()
        self.create_network(nodes=1)
        self.wait_children()

        self.kubectl("scale", "-n", self.namespace, "btcnet/net", "--replicas=4")

        self.wait_children()
        self.assertEqual(4, self.get("sts/net-sts")["spec"]["replicas"])

    def test_secret_is_generated_once_when_none_is_named(self):
        controller = self.start_controller()
        self.create_network(secret="")
        self.wait_children()
        generated = self.get("secret/net-rpc")
        self.assertEqual({"BC_RPC_USER", "BC_RPC_PASSWORD"}, set(generated["data"]))
        controller.stop()

        self.start_controller()
        self.patch("btcnet/net", {"spec": {"nodes": 5}})
        self.wait_children()

        self.assertEqual(generated["data"], self.get("secret/net-rpc")["data"])
        self.assertNotIn(generated["data"]["BC_RPC_PASSWORD"],
                         json.dumps([self.get("sts/net-sts"), self.get("btcnet/net")]))

    def test_go_controllers_stateful_set_is_taken_over(self):
        """It has no labels of ours and OrderedReady, which cannot be changed in place."""
        self.create_network(nodes=2)
        self.kubectl.create(networks.stateful_set_like_the_go_controllers(
            self.namespace, self.get("btcnet/net")))
        before = self.uid("sts/net-sts")
        self.start_controller()

        message = self.wait_degraded("net", "ImmutableField")["message"]
        self.assertIn("spec.podManagementPolicy", message)
        self.wait_children()
        self.assertEqual(before, self.uid("sts/net-sts"))

        self.kubectl("delete", "-n", self.namespace, "sts/net-sts", "--cascade=orphan")
        self.wait_recovered()
        _, stateful_set = self.wait_children()
        self.assertEqual("Parallel", stateful_set["spec"]["podManagementPolicy"])
