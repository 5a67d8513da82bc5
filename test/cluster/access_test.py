"""Tokens, rights and the CRD come and go."""

import json

from controlplane import binaries
from controlplane.account import NAMESPACE, USER, Account
from controlplane.plane import BARE, ControlPlane

from .support import networks
from .support.case import ClusterCase

RECOVERY_S = 45
ROLE = "clusterrole/bitcoin-controller-role"


class TokenTest(ClusterCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.cluster.account.renew)

    def test_rotated_token_is_taken_up_when_the_old_one_is_revoked(self):
        holder = "token-holder"
        self.kubectl("create", "secret", "generic", holder, "-n", NAMESPACE)
        self.addCleanup(self.kubectl, "delete", "secret", holder, "-n", NAMESPACE,
                        "--ignore-not-found")
        account = self.cluster.account.renew(bound_to=holder)
        with open(account.token_path, encoding="ascii") as file:
            old = file.read()
        controller = self.start_controller()

        account.renew()
        self.kubectl("delete", "secret", holder, "-n", NAMESPACE)
        self.eventually("the old token is refused", lambda: self.refused(old), 60)
        self.create_network()

        self.wait_children(timeout_s=RECOVERY_S)
        self.assertTrue(controller.running)

    def refused(self, token):
        review = json.loads(self.kubectl("create", "-o", "json", "-f", "-", stdin=json.dumps({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
            "spec": {"token": token}})))
        return not review["status"].get("authenticated", False)

    def test_refused_token_is_told_and_waited_for(self):
        account = self.cluster.account
        with open(account.token_path, "w", encoding="ascii") as file:
            file.write("not-a-token")
        controller = self.start_controller(ready=False)
        controller.wait_log("401")

        account.renew()

        controller.wait_ready(RECOVERY_S)


class RightsTest(ClusterCase):
    def setUp(self):
        super().setUp()
        self.need_own_control_plane()
        self.addCleanup(self.kubectl, "apply", "-f", binaries.manifest("rbac.yaml"))

    def withhold(self, resource, *verbs):
        rules = self.kubectl.json("get", ROLE)["rules"]
        for rule in rules:
            if resource in rule["resources"]:
                rule["verbs"] = [verb for verb in rule["verbs"] if verb not in verbs]
        rules = [rule for rule in rules if rule["verbs"]]
        self.kubectl("patch", ROLE, "--type=json",
                     "-p", json.dumps([{"op": "replace", "path": "/rules", "value": rules}]))
        self.eventually(f"{resource}: {verbs} are withheld",
                        lambda: not any(self.may(verb, resource) for verb in verbs))

    def grant(self):
        self.kubectl("apply", "-f", binaries.manifest("rbac.yaml"))

    def may(self, verb, resource):
        return self.kubectl.attempt("auth", "can-i", verb, resource, "-n", self.namespace,
                                    f"--as={USER}").returncode == 0

    def test_missing_right_to_create_is_told_and_waited_for(self):
        self.withhold("statefulsets", "create")
        self.start_controller()
        self.create_network()
        self.assertIn("statefulsets", self.wait_degraded("net", "Forbidden")["message"])

        self.grant()

        self.wait_recovered()
        self.wait_children()

    def test_missing_right_to_watch_is_told_and_waited_for(self):
        self.withhold("services", "list", "watch")
        controller = self.start_controller(ready=False)
        controller.wait_log("services")
        self.assertEqual(503, controller.get("/readyz")[0])

        self.grant()

        controller.wait_ready(RECOVERY_S)
        self.create_network()
        self.wait_children()

    def test_missing_right_to_patch_the_status_keeps_no_child_away(self):
        self.withhold("bitcoinnetworks/status", "patch")
        self.start_controller()
        self.create_network()
        self.wait_children()

        self.grant()

        self.eventually("a status", lambda: self.get("btcnet/net").get("status"), RECOVERY_S)

    def test_role_in_one_namespace_is_enough_for_the_namespaced_mode(self):
        self.kubectl("delete", "clusterrolebinding", "bitcoin-controller-role-binding")
        self.kubectl("apply", "-n", self.namespace, "-f", binaries.manifest("namespaced.yaml"))
        self.eventually("the cluster-wide rights are gone",
                        lambda: self.kubectl.attempt("auth", "can-i", "list", "pods", "-A",
                                                     f"--as={USER}").returncode != 0)
        self.start_controller(f"--namespace={self.namespace}")
        self.create_network()

        self.wait_children()


class MissingKindTest(ClusterCase):
    def test_controller_waits_for_the_crd(self):
        self.need_own_control_plane()  # and another one, in which the CRD never was
        with ControlPlane(BARE) as plane:
            kubectl = plane.kubectl()
            kubectl("apply", "-f", binaries.manifest("rbac.yaml"))
            account = Account(kubectl, plane.cluster, plane.directory).renew()
            controller = self.start_controller(kubeconfig=account.kubeconfig, ready=False)
            controller.wait_log("bitcoinnetworks")
            self.assertEqual((True, 503), (controller.running, controller.get("/readyz")[0]))

            kubectl("apply", "-f", binaries.manifest("crd.yaml"))
            controller.wait_ready(RECOVERY_S)
            kubectl.create(networks.secret("default"), networks.network("default", "net"))

            self.eventually("the StatefulSet",
                            lambda: kubectl.find("-n", "default", "sts", "net-sts"))
            controller.kill()
