"""Credentials work where they should, and are seen nowhere else."""

import base64
import hmac
import json
import time

from .support import case
from .support.case import BitcoinCase, LONG_S, identities, networks
from .support.figures import FIGURES


class CredentialsTest(BitcoinCase):
    def test_classic_walk_in_the_first_pod(self):
        self.start_controller()
        self.create_network(nodes=2)
        self.wait_pods_ready(2)
        self.wait_connected(2)

        answer = self.node.execute(self.namespace, "net-sts-0", "bitcoin-cli", "-regtest",
                                   "-rpcuser=user", "-rpcpassword=password", "getnetworkinfo")

        self.assertEqual(1, json.loads(answer)["connections"])

    def test_rotated_secret_is_one_rolling_restart(self):
        """Noticed by itself; and the new password has every sort of byte that a Secret can hold."""
        password = bytes(range(256))
        controller = self.start_controller("--secret-interval=2s", "--rpc-interval=1s")
        self.create_network(nodes=3)
        before = identities(self.wait_pods_ready(3))
        self.wait_connected(3)
        most_away = 0

        def all_replaced():
            nonlocal most_away
            pods = self.pods()
            most_away = max(most_away, 3 - sum(map(case.is_ready, pods.values())))
            return len(pods) == 3 and all(pod["metadata"]["uid"] != before[name][0]
                                          for name, pod in pods.items())

        since = time.monotonic()
        self.rotate(password)
        self.eventually("the nodes are replaced", all_replaced, 2 * LONG_S)
        after = identities(self.wait_pods_ready(3))
        self.password = password
        self.wait_connected(3)
        self.eventually_topology(3)
        FIGURES.add("rotated Secret → last node Ready and connected", time.monotonic() - since)

        self.assertEqual(1, most_away, "one node after the other")
        self.assertEqual(0, self.rpc("net-sts-0", "getblockcount"))
        with self.assertRaises(case.RpcError) as refused:
            self.rpc("net-sts-0", "getblockcount", password="password")
        self.assertEqual(401, refused.exception.code)
        self.assertEqual(1, len(self.events("RollingRestart")))
        self.wait_reads(controller, 8)
        self.assertEqual(after, identities(self.pods()), "one restart, no more")

    def rotate(self, password):
        self.kubectl("patch", "secret", networks.SECRET_NAME, "-n", self.namespace, "--type=merge",
                     "-p", json.dumps({"data": {
                         "BC_RPC_PASSWORD": base64.b64encode(password).decode()}}))

    def wait_reads(self, controller, count):
        """So many requests of a network at rest are looks at its Secrets."""
        def reads():
            return controller.metric("rest_client_requests_total", method="GET", code="200")
        wanted = reads() + count
        self.eventually(lambda: f"{wanted} reads; there were {reads()}",
                        lambda: reads() >= wanted, LONG_S)


class SecrecyTest(BitcoinCase):
    """Planted markers, looked for in all that anybody sees who may not read Secrets."""

    FIRST, SECOND = "planted-Zr7pQx2", "planted-Vk3mWd9"

    def test_secrets_are_seen_nowhere(self):
        self.kubectl.create(self.secret(self.FIRST))
        # At every level: the lowest tells most.
        controller = self.start_controller("--log-level=trace", "--secret-interval=2s",
                                           "--rpc-interval=1s")
        self.create_network(nodes=2, secret="planted")
        self.create_network("own", nodes=2, secret="")
        for name in ("net", "own"):
            self.wait_pods_ready(2, name)
            self.wait_connected(2, name)
        self.assertEqual(0, self.rpc("net-sts-0", "getblockcount", user="someone",
                                     password=self.FIRST))
        seen = list(self.places(controller))
        uids = {pod["metadata"]["uid"] for pod in self.pods().values()}

        # A rotation, and what goes wrong: a Secret that bitcoind cannot take, one that is gone.
        self.kubectl.apply(self.secret(self.SECOND))
        self.wait_pods_ready(2, timeout_s=2 * LONG_S, more=lambda pods: not uids & {
            pod["metadata"]["uid"] for pod in pods.values()})
        self.wait_connected(2)
        self.kubectl.apply(self.secret(self.SECOND, user=f"{self.SECOND}:x"))
        self.wait_degraded("net", "SecretInvalid", LONG_S)
        self.kubectl("delete", "secret", "planted", "-n", self.namespace)
        self.eventually("it is missed", lambda: "does not exist" in self.condition(
            "net", "Degraded")["message"], LONG_S)
        seen += self.places(controller)

        self.assertGreater(len(seen), 30)
        secrets_by_name = self.secrets()
        self.assertGreater(len(secrets_by_name), 5)
        self.assertEqual([], [(place, name) for place, text in seen
                              for name, value in secrets_by_name.items()
                              if any(form in text for form in forms(value))])

    def secret(self, password, user="someone"):
        return networks.secret(self.namespace, "planted", BC_RPC_USER=user, BC_RPC_PASSWORD=password)

    def secrets(self):
        """What must not be seen, by what it is. The controller's own password is said once more
        here: HMAC-SHA256 of its user and the network's uid, by the user's password."""
        generated = self.fetch(f"/api/v1/namespaces/{self.namespace}/secrets/own-rpc")["data"]
        generated = base64.b64decode(generated["BC_RPC_PASSWORD"]).decode()
        out = {"first": self.FIRST, "second": self.SECOND, "generated": generated}
        for name, password in (("net", self.FIRST), ("net", self.SECOND), ("own", generated)):
            uid = self.network(name)["metadata"]["uid"]
            out[f"the controller's of {name}, {password[:9]}"] = hmac.new(
                password.encode(), f"bitcoin-controller {uid}".encode(), "sha256").hexdigest()
        return out

    def places(self, controller):
        yield from self.objects()
        for path in ("/status", "/metrics", "/", "/healthz", "/readyz"):
            yield path, controller.get(path)[1]
        yield "the controller's log", controller.log()
        for path in self.node.logs(self.namespace):
            with open(path, encoding="utf-8", errors="replace") as file:
                yield path, file.read()
        for pid in [controller.pid, *self.node.processes(self.namespace)]:
            for name in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                    yield f"{name} of {pid}", file.read()
        with open(f"/proc/{controller.pid}/limits", encoding="utf-8") as file:
            self.assertRegex(file.read(), r"Max core file size +0 +0 ", "no core is dumped")

    def objects(self):
        """And the Secrets with bitcoin.conf, which are not to hold a password either."""
        for kind in ("btcnet", "statefulset", "service", "pod", "event", "controllerrevision",
                     "endpointslice", "configmap", "persistentvolumeclaim", "namespace"):
            listed = self.kubectl.attempt("get", kind, "-n", self.namespace, "-o", "json",
                                          "--show-managed-fields")
            if listed.returncode == 0:
                yield kind, listed.stdout
        for name in ("net-conf", "own-conf"):
            conf = self.fetch(f"/api/v1/namespaces/{self.namespace}/secrets/{name}")
            yield name, json.dumps(conf["metadata"])
            yield f"bitcoin.conf of {name}", base64.b64decode(conf["data"]["bitcoin.conf"]).decode()


def forms(value):
    """A value as it is, and as it travels: in a Secret and in an Authorization header. What the
    bytes before it are shifts base64 by up to two characters."""
    yield value
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value.encode()).decode()
        yield encoded[4 if shift else 0:].rstrip("=")[:-1]


class PodTest(BitcoinCase):
    def test_image_that_does_not_exist_is_told_and_the_next_edit_recovers(self):
        self.start_controller()
        self.create_network(nodes=2, image="example.org/no/such:image")
        self.eventually("the pods wait for their image", lambda: len(self.pods()) == 2 and all(
            "ImagePull" in json.dumps(pod["status"]) for pod in self.pods().values()), LONG_S)
        self.eventually(lambda: f"the status names it: {self.network()['status']}",
                        lambda: "ImagePull" in json.dumps(self.network()["status"]), LONG_S)

        self.patch("btcnet/net", {"spec": {"image": "bitcoin/bitcoin:29.0"}})

        self.wait_pods_ready(2)
        self.wait_connected(2)
