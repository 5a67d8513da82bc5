"""What every case has: a namespace that admits restricted pods only, a controller, real bitcoinds."""

import base64
import json
import os
import re
import secrets
import time
import urllib.error
import urllib.request

from cluster.support import networks
from cluster.support.case import ClusterCase
from conformance.support.client import Client

from .figures import FIGURES
from .node import NODE
from .topology import added_by

ROOT = "/apis/bitcoincontroller.christianb93.github.com/v1"
RPC_PORT = 18443
P2P_PORT = 18444
# Waiting for several processes on a machine that runs other cases too.
LONG_S = 90.0


class BitcoinCase(ClusterCase):
    node = NODE
    password = "password"  # of the Secret that networks use, as it is now

    def setUp(self):
        super().setUp()
        path = os.path.join(self.cluster.directory, f"admin-{secrets.token_hex(4)}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        self.api = Client(path)
        self.addCleanup(self.api.close)

    def make_namespace(self):
        """Admission refuses every pod there that is not restricted."""
        word = re.sub(r"[^a-z]+", "-", self._testMethodName.lower().removeprefix("test_"))
        name = f"{word[:30].strip('-')}-{secrets.token_hex(3)}"
        self.kubectl.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
        self.addCleanup(self.clear, name)
        return name

    def clear(self, namespace):
        """Quickly: what runs would take the time of the other cases."""
        for arguments in (["btcnet", "--all"], ["pods", "--all", "--grace-period=1"],
                          ["namespace", namespace]):
            place = [] if arguments[0] == "namespace" else ["-n", namespace]
            self.kubectl.attempt("delete", *arguments, *place, "--wait=false")

    def start_controller(self, *arguments, **more):
        """One that looks at this case's namespace only: cases run at the same time."""
        return super().start_controller(f"--namespace={self.namespace}", *arguments, **more)

    # -- looking -----------------------------------------------------------------------

    def fetch(self, path):
        answer = self.api.get(path)
        return answer.json if answer.code == 200 else None

    def network(self, name="net"):
        return self.fetch(f"{ROOT}/namespaces/{self.namespace}/bitcoinnetworks/{name}")

    def condition(self, name, kind):
        status = (self.network(name) or {}).get("status", {})
        return next((c for c in status.get("conditions", []) if c["type"] == kind), None)

    def is_true(self, name, kind):
        found = self.condition(name, kind)
        return found is not None and found["status"] == "True"

    def pods(self, name="net"):
        """By name, without those that are being deleted."""
        listed = self.api.get(f"/api/v1/namespaces/{self.namespace}/pods",
                              labelSelector=f"app={name}")
        return {pod["metadata"]["name"]: pod for pod in listed["items"]
                if "deletionTimestamp" not in pod["metadata"]}

    def address(self, pod):
        return self.pods(pod.rpartition("-sts-")[0])[pod]["status"]["podIP"]

    def rpc(self, pod, method, *parameters, user="user", password=None):
        """Asks a bitcoind over the network, as the controller does."""
        return rpc(self.address(pod), method, parameters, user,
                   self.password if password is None else password)

    def peers(self, pod):
        """The addresses that a node is connected to. bitcoind shows a peer that was added by its name
        with that name, which its network alone resolves."""
        hosts = [peer["addr"].rpartition(":")[0] for peer in self.rpc(pod, "getpeerinfo")]
        return [host if host[0].isdigit() else self.address(host.partition(".")[0])
                for host in hosts]

    def heights(self, count, name="net"):
        return [self.rpc(f"{name}-sts-{i}", "getblockcount") for i in range(count)]

    # -- waiting -----------------------------------------------------------------------

    def wait_pods_ready(self, count, name="net", timeout_s=LONG_S, more=lambda pods: True):
        """All pods are ready, there are `count`, and `more` holds of them."""
        def there():
            pods = self.pods(name)
            return len(pods) == count and all(map(is_ready, pods.values())) and more(pods) and pods
        return self.eventually(
            lambda: f"{count} ready pods of {name}; there are {list(map(summary, self.pods(name).values()))}",
            there, timeout_s)

    def wait_true(self, kind, name="net", timeout_s=LONG_S):
        self.eventually(lambda: f"{kind} of {name}; its status is {(self.network(name) or {}).get('status')}",
                        lambda: self.is_true(name, kind), timeout_s)

    def wait_connected(self, count, name="net", timeout_s=LONG_S):
        """PeersConnected, as of the latest spec and of as many nodes."""
        def connected():
            network = self.network(name)
            return (network["status"].get("observedGeneration") == network["metadata"]["generation"]
                    and network["status"].get("readyNodes") == count
                    and self.is_true(name, "PeersConnected"))
        self.eventually(lambda: f"{name} is connected; its status is {self.network(name).get('status')}",
                        connected, timeout_s)

    def measure_connected(self, what, target_s, count, name="net"):
        """Seconds from now, when the last pod is Ready, until the nodes themselves know each other and
        the condition says so; alone it may be older than what is measured."""
        since = time.monotonic()
        self.eventually_topology(count, name)
        self.wait_true("PeersConnected", name)
        FIGURES.add(what, time.monotonic() - since, target_s)

    def eventually_topology(self, count, name="net"):
        """Of pods that are Ready: the status may have been written a moment before a change."""
        last = []

        def holds():
            try:
                self.assert_topology(count, name)
                return True
            except (AssertionError, OSError, KeyError) as error:
                last[:] = [error]
                return False
        self.eventually(lambda: f"the topology of {count} nodes: {last}", holds, LONG_S)

    # -- judging -----------------------------------------------------------------------

    def assert_topology(self, count, name="net"):
        """Each node's own list is the topology's, and each pair has exactly one connection."""
        pods = [f"{name}-sts-{i}" for i in range(count)]
        addresses = {pod: self.address(pod) for pod in pods}
        for ordinal, pod in enumerate(pods):
            wanted = sorted(f"{name}-sts-{i}.{name}-svc.{self.namespace}.svc:{P2P_PORT}"
                            for i in added_by(count, ordinal))
            added = self.rpc(pod, "getaddednodeinfo")
            self.assertEqual(wanted, sorted(entry["addednode"] for entry in added), pod)
            self.assertTrue(all(entry["connected"] for entry in added), f"{pod}: {added}")
            others = sorted(address for other, address in addresses.items() if other != pod)
            self.assertEqual(others, sorted(self.peers(pod)),
                             f"{pod}: one connection to each other node")


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True"
               for c in pod.get("status", {}).get("conditions", []))


def restarts(pod):
    return sum(c["restartCount"] for c in pod["status"].get("containerStatuses", []))


def identities(pods):
    """What changes when a pod or its container is another one."""
    return {name: (pod["metadata"]["uid"], restarts(pod)) for name, pod in pods.items()}


def summary(pod):
    return pod["metadata"]["name"], pod["status"].get("phase"), restarts(pod), is_ready(pod)


def rpc(address, method, parameters=(), user="user", password="password"):
    password = password if isinstance(password, bytes) else password.encode()
    credentials = base64.b64encode(user.encode() + b":" + password).decode()
    body = json.dumps({"jsonrpc": "1.0", "id": 1, "method": method, "params": list(parameters)})
    request = urllib.request.Request(f"http://{address}:{RPC_PORT}/", body.encode(),
                                     {"Authorization": f"Basic {credentials}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as error:
        raise RpcError(error.code, error.read().decode("utf-8", "replace")) from None


class RpcError(AssertionError):
    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code = code


__all__ = ["BitcoinCase", "LONG_S", "RpcError", "identities", "is_ready", "networks", "restarts",
           "rpc"]
