"""Networks and children come, change and go."""

from .support import networks
from .support.case import ClusterCase


class LifecycleTest(ClusterCase):
    def test_nodes_go_up_and_down_and_to_zero(self):
        self.start_controller()
        self.create_network(nodes=3)
        self.wait_children()
        before = self.uid("sts/net-sts")
        for nodes in (5, 1, 0, 2):
            with self.subTest(nodes=nodes):
                self.patch("btcnet/net", {"spec": {"nodes": nodes}})
                self.wait_children()
                self.wait_at_rest()
        self.assertEqual(before, self.uid("sts/net-sts"))

    def test_deleted_children_come_back_with_new_uids(self):
        self.start_controller()
        self.create_network()
        self.wait_children()
        for target in ("svc/net-svc", "sts/net-sts"):
            with self.subTest(target):
                before = self.uid(target)
                self.kubectl("delete", "-n", self.namespace, target, "--wait=false")
                self.eventually(f"a new {target}",
                                lambda: self.uid(target) not in (None, before))

    def test_children_of_a_deleted_network_are_collected(self):
        self.start_controller()
        self.create_network(secret="")
        self.wait_children()

        self.kubectl("delete", "-n", self.namespace, "btcnet/net")

        for target in ("svc/net-svc", "sts/net-sts", "secret/net-rpc", "secret/net-conf"):
            self.eventually(f"{target} is collected", lambda: self.get(target) is None, 60)

    def test_network_recreated_under_the_same_name_gets_children_of_its_own(self):
        self.start_controller()
        self.create_network(nodes=2)
        self.wait_children()

        self.kubectl("delete", "-n", self.namespace, "btcnet/net")
        self.create_network(nodes=4)
        owner = self.uid("btcnet/net")

        def owned_by_the_new():
            children = self.get("svc/net-svc"), self.get("sts/net-sts")
            return all(child and child["metadata"]["ownerReferences"][0]["uid"] == owner
                       for child in children)
        self.eventually("children of the new network", owned_by_the_new, 60)
        self.wait_children()
        self.wait_recovered()

    def test_controller_catches_up_with_what_it_missed(self):
        self.start_controller()
        for name in ("changed", "deleted", "edited"):
            self.create_network(name, nodes=1)
        for name in ("changed", "deleted", "edited"):
            self.wait_children(name)
        self.controllers[0].stop()

        self.create_network("created", nodes=2)
        self.patch("btcnet/changed", {"spec": {"nodes": 3}})
        self.kubectl("delete", "-n", self.namespace, "btcnet/deleted")
        self.patch("sts/edited-sts", {"spec": {"replicas": 8}})
        self.start_controller()

        for name in ("created", "changed", "edited"):
            self.wait_children(name)
        self.eventually("the children of the deleted network are collected",
                        lambda: self.get("sts/deleted-sts") is None, 60)

    def test_network_in_another_namespace_is_another_network(self):
        self.start_controller()
        other = self.make_namespace()
        self.kubectl.create(networks.secret(other))
        self.create_network("net", nodes=1)
        self.create_network("net", nodes=2, namespace=other)

        self.wait_children()
        self.eventually("the children over there",
                        lambda: (self.get("sts/net-sts", other) or {}).get("spec", {})
                        .get("replicas") == 2)
        self.assertEqual(1, self.get("sts/net-sts")["spec"]["replicas"])
