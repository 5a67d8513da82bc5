"""Credentials work where they should, and are seen nowhere else."""

import base64
import json

from .support import case
from .support.case import BitcoinCase, LONG_S, identities, networks


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
        controller = self.start_controller()
        self.create_network(nodes=3)
        before = identities(self.wait_pods_ready(3))
        self.wait_connected(3)

        self.kubectl("patch", "secret", networks.SECRET_NAME, "-n", self.namespace, "--type=merge",
                     "-p", json.dumps({"stringData": {"BC_RPC_PASSWORD": "another"}}))
        # It is read again every few minutes, and by a controller that starts.
        controller.stop()
        self.start_controller()
        pods = self.wait_pods_ready(3, timeout_s=2 * LONG_S, more=lambda found: all(
            pod["metadata"]["uid"] != before[name][0] for name, pod in found.items()))
        after = identities(pods)
        self.wait_connected(3)

        self.assertEqual(0, self.rpc("net-sts-0", "getblockcount", password="another"))
        with self.assertRaises(case.RpcError) as refused:
            self.rpc("net-sts-0", "getblockcount", password="password")
        self.assertEqual(401, refused.exception.code)
        self.assertEqual(after, identities(self.pods()), "one restart, no more")

    def test_secrets_are_seen_nowhere(self):
        marker = "planted-Zr7pQx2"
        self.kubectl.create(networks.secret(self.namespace, "planted", BC_RPC_USER="someone",
                                            BC_RPC_PASSWORD=marker))
        controller = self.start_controller("--log-level=debug")
        self.create_network(nodes=2, secret="planted")
        self.wait_pods_ready(2)
        self.wait_connected(2)
        ip = self.address("net-sts-0")
        self.assertEqual(0, case.rpc(ip, "getblockcount", (), "someone", marker))

        places = dict(self.objects())
        for path in ("/status", "/metrics", "/"):
            places[path] = controller.get(path)[1]
        places["the controller's log"] = controller.log()
        for pid in [controller.pid, *self.node.processes(self.namespace)]:
            for name in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                    places[f"{name} of {pid}"] = file.read()

        self.assertGreater(len(places), 10)
        forms = (marker, base64.b64encode(marker.encode()).decode())
        self.assertEqual([], [place for place, text in places.items()
                              if any(form in text for form in forms)])

    def objects(self):
        """All that anybody may see who may not read Secrets; and the Secret with bitcoin.conf, which
        is not to hold the password either."""
        for kind in ("btcnet", "statefulset", "service", "pod", "event", "controllerrevision",
                     "endpointslice", "configmap"):
            listed = self.kubectl.attempt("get", kind, "-n", self.namespace, "-o", "json")
            if listed.returncode == 0:
                yield kind, listed.stdout
        conf = self.fetch(f"/api/v1/namespaces/{self.namespace}/secrets/net-conf")
        yield "bitcoin.conf", base64.b64decode(conf["data"]["bitcoin.conf"]).decode()


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
