"""The Secrets of a network: credentials, and the bitcoin.conf that is made of them."""

import base64

from .support import networks
from .support.case import ClusterCase

CONFIGURATION = "bitcoincontroller.christianb93.github.com/configuration"
RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"


def text_of(secret, key):
    return base64.b64decode(secret["data"][key]).decode()


class SecretTest(ClusterCase):
    def restart_controller(self):
        """Secrets are read when a controller starts, and every five minutes."""
        for controller in self.controllers:
            controller.kill()
        self.controllers.clear()
        return self.start_controller()

    def rotate(self, password):
        self.kubectl.apply(networks.secret(self.namespace, BC_RPC_USER="user",
                                           BC_RPC_PASSWORD=password))

    def configuration(self):
        template = self.get("sts/net-sts")["spec"]["template"]
        return template["metadata"]["annotations"][CONFIGURATION]

    def file(self):
        return text_of(self.get("secret/net-conf"), "bitcoin.conf")

    def test_configuration_holds_hashes_and_no_password(self):
        self.rotate("planted-marker")
        self.start_controller()
        self.create_network()
        self.wait_children()

        secret = self.get("secret/net-conf")
        self.assertEqual(self.uid("btcnet/net"), secret["metadata"]["ownerReferences"][0]["uid"])
        self.assertRegex(self.file(), r"rpcauth=user:[0-9a-f]{32}\$[0-9a-f]{64}\n")
        self.assertIn("rpcwhitelist=bitcoin-controller:", self.file())
        for target in ("secret/net-conf", "sts/net-sts", "btcnet/net"):
            self.assertNotIn("planted-marker", str(self.get(target)), target)
        self.assertNotIn("planted-marker", self.file())

    def test_rotation_is_one_change_of_the_pods(self):
        self.start_controller()
        self.create_network()
        self.wait_at_rest()
        before = self.get("sts/net-sts")["metadata"]["generation"]
        file, configuration = self.file(), self.configuration()

        self.rotate("another")
        self.restart_controller()

        self.eventually("the pods follow", lambda: self.configuration() != configuration)
        self.assertNotEqual(file, self.file())
        self.eventually("an Event", lambda: self.events("RollingRestart"))
        self.create_network("probe", nodes=0)
        self.wait_at_rest("probe")
        self.assertEqual(before + 1, self.get("sts/net-sts")["metadata"]["generation"])

    def test_secret_that_goes_restarts_no_pod_and_holds_back_no_scaling(self):
        self.start_controller()
        self.create_network()
        self.wait_at_rest()
        configuration = self.configuration()

        self.kubectl("delete", "secret", networks.SECRET_NAME, "-n", self.namespace)
        self.restart_controller()
        self.wait_degraded("net", "SecretInvalid")
        self.patch("btcnet/net", {"spec": {"nodes": 3}})
        self.wait_children()
        self.assertEqual(configuration, self.configuration())

        self.kubectl.create(networks.secret(self.namespace))
        self.wait_recovered()
        self.assertEqual(configuration, self.configuration())

    def test_edited_or_deleted_configuration_is_put_back(self):
        self.start_controller("--secret-interval=2s")
        self.create_network()
        self.wait_children()
        file = self.file()

        before = self.configuration()

        self.patch("secret/net-conf", {"stringData": {"bitcoin.conf": "rpcuser=x"}})
        self.eventually("it is put back", lambda: self.file() == file)
        self.eventually("an Event", lambda: self.events("DriftCorrected"))
        self.eventually("nodes that may have started with it are replaced",
                        lambda: self.configuration() == before + "-1")

        self.kubectl("delete", "secret", "net-conf", "-n", self.namespace)
        self.eventually("it is made anew",
                        lambda: self.get("secret/net-conf") and self.file() == file)

    def test_foreign_configuration_is_left_alone(self):
        self.kubectl.create(networks.secret(self.namespace, "net-conf", theirs="x"))
        before = self.get("secret/net-conf")
        self.start_controller()
        self.create_network()

        self.assertIn("net-conf", self.wait_degraded("net", "ChildNotOwned")["message"])
        self.assertEqual(before, self.get("secret/net-conf"))
        self.assertIsNone(self.get("sts/net-sts"))

        self.kubectl("delete", "secret", "net-conf", "-n", self.namespace)
        self.wait_recovered()
        self.wait_children()

    def test_value_that_bitcoind_cannot_take_is_told_by_its_rule(self):
        self.kubectl.create(networks.secret(self.namespace, "odd", BC_RPC_USER="planted:marker",
                                            BC_RPC_PASSWORD="password"))
        self.start_controller()
        self.create_network(secret="odd")

        message = self.wait_degraded("net", "SecretInvalid")["message"]
        self.assertIn("BC_RPC_USER", message)
        self.assertNotIn("planted", message)
        self.eventually("an Event", lambda: self.events("SecretInvalid"))
        self.assertIsNone(self.get("sts/net-sts"))

        self.kubectl.apply(networks.secret(self.namespace, "odd"))
        self.wait_recovered()
        self.wait_children()

    def test_controller_may_not_list_secrets(self):
        for verb in ("list", "watch", "update", "delete"):
            answer = self.kubectl.attempt(
                "auth", "can-i", verb, "secrets", "-n", self.namespace,
                "--as=system:serviceaccount:bitcoin-controller:bitcoin-controller-sva")
            self.assertEqual("no", answer.stdout.strip(), verb)

    def test_pods_are_admitted_where_only_restricted_pods_are(self):
        self.kubectl("label", "namespace", self.namespace, RESTRICTED)
        self.start_controller()
        self.create_network(nodes=2)

        found = self.wait_at_rest()
        self.assertEqual(2, len(found["status"]["nodes"]))
