"""Volumes: growth where the class allows it, and what the API server's answers are told as.

No volume is ever made: a claim is bound by a patch of its status, as a provisioner would have it."""

import secrets

from controlplane.binaries import manifest

from .support.case import ClusterCase
from .support.loose import LooseSchemaCase

PROVISIONER = "example.org/nobody"


class StorageCase(ClusterCase):
    def make_class(self, name=None, grows=None):
        """A StorageClass of no provisioner, by a name that no other case uses."""
        self.need_kind("storageclasses")
        name = name or f"class-{secrets.token_hex(3)}"
        document = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                    "metadata": {"name": name}, "provisioner": PROVISIONER}
        if grows is not None:
            document["allowVolumeExpansion"] = grows
        self.kubectl.create(document)
        self.addCleanup(self.kubectl.attempt, "delete", "storageclass", name)
        return name

    def claims(self, name="net"):
        """By name, with the size that each asks for."""
        listed = self.kubectl.json("get", "pvc", "-n", self.namespace, "-l", f"app={name}")
        return {claim["metadata"]["name"]: claim["spec"]["resources"]["requests"]["storage"]
                for claim in listed["items"]}

    def bind(self, *names):
        for name in names:
            self.patch(f"pvc/{name}", {"status": {
                "phase": "Bound", "accessModes": ["ReadWriteOnce"],
                "capacity": {"storage": "1Gi"}}}, "--subresource=status")

    def make_network(self, storage_class, nodes=2, bound=True):
        storage = {"size": "1Gi"} | ({"storageClassName": storage_class} if storage_class else {})
        self.create_network(nodes=nodes, storage=storage)
        self.eventually("the claims are made", lambda: len(self.claims()) == nodes, 30)
        if bound:
            self.bind(*self.claims())
        self.wait_at_rest()

    def grow(self, size="2Gi"):
        self.patch("btcnet/net", {"spec": {"storage": {"size": size}}})

    def wait_sizes(self, *sizes, timeout_s=30.0):
        self.eventually(lambda: f"sizes {sizes}; they are {self.claims()}",
                        lambda: sorted(self.claims().values()) == sorted(sizes), timeout_s)


class GrowthTest(StorageCase):
    def test_claims_grow_where_their_class_allows_it(self):
        self.start_controller()
        self.make_network(self.make_class(grows=True))
        pods = self.kubectl("get", "pods", "-n", self.namespace, "-o", "name")
        template = self.get("sts/net-sts")["spec"]["volumeClaimTemplates"]

        self.grow()

        self.wait_sizes("2Gi", "2Gi")
        self.eventually("an Event each", lambda: len(self.events("StorageGrown")) == 2)
        self.wait_recovered()
        self.assertEqual(template, self.get("sts/net-sts")["spec"]["volumeClaimTemplates"])
        self.assertEqual(pods, self.kubectl("get", "pods", "-n", self.namespace, "-o", "name"))

    def test_claim_of_a_node_that_is_added_later_grows_once_it_is_bound(self):
        self.start_controller()
        self.make_network(self.make_class(grows=True), nodes=1)
        self.grow()
        self.wait_sizes("2Gi")

        self.patch("btcnet/net", {"spec": {"nodes": 2}})
        self.wait_sizes("1Gi", "2Gi")
        self.bind("data-net-sts-1")

        self.wait_sizes("2Gi", "2Gi", timeout_s=60)
        self.assertEqual([], self.events("StorageNotGrown"), "waiting is no failure")

    def test_class_that_does_not_allow_it_is_told_and_tried_again(self):
        self.start_controller()
        name = self.make_class(grows=False)
        self.make_network(name)

        self.grow()

        message = self.wait_degraded("net", "StorageNotGrown")["message"]
        self.assertIn("data-net-sts-", message)
        self.assertIn("2Gi", message)
        self.assertIn("allowVolumeExpansion", message)
        self.eventually(lambda: f"one Event; there are {self.events('StorageNotGrown')}",
                        lambda: self.events("StorageNotGrown") == [message])
        self.wait_sizes("1Gi", "1Gi")

        self.patch(f"storageclass/{name}", {"allowVolumeExpansion": True})
        self.wait_sizes("2Gi", "2Gi", timeout_s=60)
        self.wait_recovered()

    def test_growth_holds_back_no_scaling(self):
        self.start_controller()
        self.make_network(self.make_class(grows=False))
        self.grow()
        self.wait_degraded("net", "StorageNotGrown")

        self.patch("btcnet/net", {"spec": {"nodes": 3}})

        self.wait_children()

    def test_shrinking_is_refused_by_the_server(self):
        self.create_network(storage={"size": "2Gi"})

        answer = self.kubectl.attempt(
            "patch", "btcnet/net", "-n", self.namespace, "--type=merge",
            "-p", '{"spec": {"storage": {"size": "1Gi"}}}')

        self.assertNotEqual(0, answer.returncode)
        self.assertIn("may only grow", answer.stderr)


class MissingClassTest(StorageCase):
    """With a scheduler: it is what finds out that a pod waits for its volume."""

    def setUp(self):
        super().setUp()
        plane = self.need_own_control_plane()
        plane.start_component("kube-scheduler")
        self.addCleanup(plane.kill_component, "kube-scheduler")

    def test_class_that_does_not_exist_is_told_and_waited_for(self):
        self.start_controller()
        name = f"missing-{secrets.token_hex(3)}"
        self.make_network(name, bound=False)

        message = self.wait_degraded("net", "StorageClassMissing", 30)["message"]
        self.assertIn(f'spec.storage.storageClassName is "{name}"', message)
        self.eventually("one Event", lambda: self.events("StorageClassMissing") == [message])
        self.assertIn("Unschedulable", self.condition("net", "Ready")["message"])

        self.make_class(name)
        self.wait_recovered(timeout_s=60)

    def test_cluster_without_a_default_class_is_told(self):
        self.start_controller()
        self.make_network(None, bound=False)

        message = self.wait_degraded("net", "StorageClassMissing", 30)["message"]
        self.assertIn("no default StorageClass", message)

    def test_controller_with_rights_in_one_namespace_lives_without_that_knowledge(self):
        self.kubectl("delete", "clusterrolebinding", "bitcoin-controller-role-binding")
        self.addCleanup(self.kubectl, "apply", "-f", manifest("rbac.yaml"))
        self.kubectl("apply", "-n", self.namespace, "-f", manifest("namespaced.yaml"))
        self.start_controller(f"--namespace={self.namespace}")
        self.make_network(f"missing-{secrets.token_hex(3)}", bound=False)

        self.eventually("Ready tells of it", lambda: "Unschedulable" in self.condition(
            "net", "Ready")["message"], 30)
        self.assertEqual("False", self.condition("net", "Degraded")["status"])


class ImmutableStorageTest(LooseSchemaCase, StorageCase):
    def test_what_volumes_cannot_do_is_told_with_what_can_be_done(self):
        self.start_controller()
        name = self.make_class(grows=True)
        self.make_network(name)
        before = self.uid("sts/net-sts")
        for field, storage, says in (
                ("spec.storage.size", {"size": "512Mi"}, "may only grow"),
                ("spec.storage.storageClassName", {"storageClassName": "other"}, "cannot be changed"),
                ("spec.storage", None, "cannot be added or taken away")):
            with self.subTest(field):
                self.patch("btcnet/net", {"spec": {"storage": storage}})

                message = self.wait_degraded("net", "ImmutableField")["message"]
                self.assertIn(field, message)
                self.assertIn(says, message)
                self.assertIn("undo it, or make a new network", message)
                self.eventually("an Event", lambda: message in self.events("ImmutableField"))

                self.patch("btcnet/net", {"spec": {"storage": {"size": "1Gi",
                                                               "storageClassName": name}}})
                self.wait_recovered()
        self.assertEqual(before, self.uid("sts/net-sts"))
        self.assertEqual(["1Gi", "1Gi"], list(self.claims().values()))
