"""What stands in a network's way is told, and the network recovers by itself when it is gone."""

from .support import networks
from .support.case import ClusterCase
from .support.loose import TOO_MANY, LooseSchemaCase


class DegradedTest(ClusterCase):
    def test_foreign_children_are_left_alone(self):
        foreign = {
            "sts/net-sts": {
                "apiVersion": "apps/v1", "kind": "StatefulSet",
                "spec": {"serviceName": "x", "replicas": 0,
                         "selector": {"matchLabels": {"x": "y"}},
                         "template": {"metadata": {"labels": {"x": "y"}}, "spec": {"containers": [
                             {"name": "c", "image": "example/x"}]}}}},
            "svc/net-svc": {"apiVersion": "v1", "kind": "Service",
                            "spec": {"ports": [{"port": 80}]}},
        }
        self.start_controller()
        for target, document in foreign.items():
            with self.subTest(target):
                kind, name = target.split("/")
                network = f"{name.partition('-')[0]}"
                document["metadata"] = {"name": name, "namespace": self.namespace}
                self.kubectl.create(document)
                before = self.without_status(target)
                self.create_network(network)

                self.assertIn(name, self.wait_degraded(network, "ChildNotOwned")["message"])
                self.eventually("an Event", lambda: self.events("ChildNotOwned"))
                self.assertEqual(before, self.without_status(target))

                self.kubectl("delete", "-n", self.namespace, target)
                self.wait_recovered(network)
                self.wait_children(network)
                self.kubectl("delete", "-n", self.namespace, f"btcnet/{network}")
                for child in foreign:
                    self.eventually(f"{child} goes", lambda: self.get(child) is None, 60)

    def without_status(self, target):
        """The object as it was made; its status and version belong to the built-in controllers."""
        found = self.get(target)
        found.pop("status")
        found["metadata"].pop("resourceVersion")
        return found

    def test_missing_secret_is_waited_for(self):
        self.start_controller()
        self.create_network(secret="later")

        self.assertIn("later", self.wait_degraded("net", "SecretInvalid")["message"])
        self.assertIsNone(self.get("sts/net-sts"))
        self.kubectl.create(networks.secret(self.namespace, "later"))

        self.wait_recovered()
        self.wait_children()

    def test_secret_without_password_is_told_by_its_key(self):
        self.start_controller()
        self.kubectl.create(networks.secret(self.namespace, "half", BC_RPC_USER="user"))
        self.create_network(secret="half")

        message = self.wait_degraded("net", "SecretInvalid")["message"]
        self.assertIn("BC_RPC_PASSWORD", message)
        self.kubectl.apply(networks.secret(self.namespace, "half"))

        self.wait_recovered()
        self.wait_children()

    def test_bad_network_delays_no_other(self):
        self.start_controller()
        for number in range(5):
            self.create_network(f"bad{number}", secret="missing")
        self.wait_degraded("bad4", "SecretInvalid")

        self.create_network("good")

        self.wait_children("good", timeout_s=5)

    def test_refused_child_is_told_with_the_servers_reason(self):
        self.start_controller()
        # The schema leaves the content of affinity to the StatefulSet's own validation.
        self.create_network(pod={"affinity": {"nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1000}]}}})

        def refused():
            found = self.condition("net", "Degraded")
            return found and found["status"] == "True" and found
        message = self.eventually("the refusal is told", refused)["message"]
        self.assertIn("weight", message)

        self.patch("btcnet/net", {"spec": {"pod": None}})
        self.wait_recovered()
        self.wait_children()


class InvalidSpecTest(LooseSchemaCase):
    def test_invalid_network_is_told_and_recovers(self):
        self.start_controller()
        self.create_network(nodes=TOO_MANY)

        self.assertIn("spec.nodes", self.wait_degraded("net", "InvalidSpec")["message"])
        self.eventually("an Event", lambda: self.events("InvalidSpec"))
        self.assertIsNone(self.get("sts/net-sts"))
        self.patch("btcnet/net", {"spec": {"nodes": 2}})

        self.wait_recovered()
        self.wait_children()

    def test_running_network_stays_as_it_is_while_its_spec_is_invalid(self):
        self.start_controller()
        self.create_network(nodes=2)
        self.wait_children()

        self.patch("btcnet/net", {"spec": {"nodes": TOO_MANY}})

        self.wait_degraded("net", "InvalidSpec")
        self.assertEqual(2, self.get("sts/net-sts")["spec"]["replicas"])
        self.patch("btcnet/net", {"spec": {"nodes": 3}})
        self.wait_children()
        self.wait_recovered()
