"""Each bad edit of the table is told once, touches no running network, and is forgotten after the next
valid one. Tier 1 walks through the same table (unit/reconcile/bad_input_test.cpp)."""

import json
import os

from .support import networks
from .support.case import ClusterCase, settled
from .support.loose import LooseSchemaCase

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_input_cases.json")
BY_THE_SCHEMA = "InvalidSpec"


def read_table():
    with open(TABLE, encoding="utf-8") as file:
        return json.load(file)


class BadEditTest(LooseSchemaCase):
    """A network for each row, all at the same time. The schema would refuse most edits, so it is
    loosened."""

    def setUp(self):
        super().setUp()
        # For the scale subresource the server itself checks nodes, under any schema.
        self.rows = {f"bad{number}": row for number, row in enumerate(read_table())
                     if not row.get("always_refused")}
        self.images = [name for name, row in self.rows.items() if "waits" in row]

    def test_bad_edits_are_told_touch_nothing_and_are_forgotten(self):
        controller = self.start_controller()
        self.kubectl.create(*(self.secret(name) for name, row in self.rows.items()
                              if "secret" in row))
        self.create_networks(list(self.rows), nodes=2)
        self.wait_each("is at rest", self.is_at_rest, 180)
        before = self.stateful_sets()
        pods = self.pods()

        for name, row in self.rows.items():
            self.patch(f"btcnet/{name}", {"spec": self.edit(name, row)})
        for name in self.images:
            self.keep_waiting(name, pods)
        self.wait_each("is told", self.is_told)
        self.check_events()
        self.check_nothing_hidden_is_shown(controller)
        self.assertEqual(self.but_images(before), self.but_images(self.stateful_sets()))
        for name in self.images:
            self.assertEqual(pods[f"{name}-sts-0"]["metadata"]["uid"],
                             self.pods()[f"{name}-sts-0"]["metadata"]["uid"], name)

        for name, row in self.rows.items():
            undo = dict.fromkeys(self.edit(name, row)) | {"nodes": 2,
                                                          "secret": networks.SECRET_NAME}
            self.patch(f"btcnet/{name}", {"spec": undo})
        self.wait_each("recovers", self.is_sound)
        self.assertEqual(self.but_images(before), self.but_images(self.stateful_sets()))

    # -- arranging ---------------------------------------------------------------------

    def secret(self, name):
        return {"apiVersion": "v1", "kind": "Secret", "data": self.rows[name]["secret"],
                "metadata": {"name": f"of-{name}", "namespace": self.namespace}}

    def edit(self, name, row):
        return {"secret": f"of-{name}"} if "secret" in row else row["spec"]

    def keep_waiting(self, name, before):
        """What a kubelet reports of the pod that was replaced; the other one is as it was."""
        pod = f"{name}-sts-1"
        self.eventually(f"{pod} is replaced", lambda: pod in (now := self.pods())
                        and now[pod]["metadata"]["uid"] != before[pod]["metadata"]["uid"], 30)
        status = {"phase": "Pending", "containerStatuses": [{
            "name": "bitcoind", "image": "", "imageID": "", "ready": False, "restartCount": 0,
            "state": {"waiting": {"reason": self.rows[name]["waits"]}}}]}
        self.patch(f"pod/{pod}", {"status": status}, "--subresource=status")

    # -- looking -----------------------------------------------------------------------

    def listed(self, kind):
        return {item["metadata"]["name"]: item
                for item in self.kubectl.json("get", kind, "-n", self.namespace)["items"]}

    def stateful_sets(self):
        return {name: (item["metadata"]["uid"], item["metadata"]["generation"])
                for name, item in self.listed("sts").items()}

    def but_images(self, stateful_sets):
        """A StatefulSet follows its image: the edit is valid, only the image is not there."""
        return {name: of for name, of in stateful_sets.items()
                if name.removesuffix("-sts") not in self.images}

    def pods(self):
        return self.listed("pods")

    # -- judging -----------------------------------------------------------------------

    def wait_each(self, what, holds, timeout_s=90.0):
        """One list for all: a call of kubectl for each would take most of the time."""
        last = {}

        def all_hold():
            now = self.listed("btcnet")
            last.clear()
            last.update({f"{name} ({row['name']})": settled(degraded(now[name]))
                         for name, row in self.rows.items() if not holds(now[name], row)})
            return not last
        self.eventually(lambda: f"each network {what}; not: {last}", all_hold, timeout_s)

    def is_at_rest(self, network, _):
        status = network.get("status", {})
        return (self.is_sound(network, _) and len(status.get("nodes", [])) == 2
                and status["observedGeneration"] == network["metadata"]["generation"])

    def is_sound(self, network, _):
        found = degraded(network)
        return found is not None and found["status"] == "False"

    def is_told(self, network, row):
        found = degraded(network)
        return (found["status"] == "True" and found["reason"] == row["reason"]
                and all(part in found["message"] for part in row["says"]))

    def check_events(self):
        """Exactly one for each, and it says what the condition says."""
        def told():
            messages = {}
            for event in self.listed("events").values():
                if event["involvedObject"]["kind"] == "BitcoinNetwork" and event["type"] == "Warning":
                    messages.setdefault(event["involvedObject"]["name"], []).append(
                        (event["message"], event.get("count", 1)))
            return messages
        wanted = {name: [(degraded(item)["message"], 1)]
                  for name, item in self.listed("btcnet").items()}
        self.eventually(lambda: f"one Event each; {difference(wanted, told())}",
                        lambda: told() == wanted)

    def check_nothing_hidden_is_shown(self, controller):
        """What a row hides, a user may have taken for a place to put a password."""
        shown = {kind: json.dumps(self.listed(kind)) for kind in ("sts", "pods", "events")}
        shown["status"] = json.dumps([item["status"] for item in self.listed("btcnet").values()])
        shown["log"] = controller.log()
        for path in ("/status", "/metrics"):
            shown[path] = controller.get(path)[1]
        for text in {text for row in self.rows.values() for text in row.get("hides", [])}:
            self.assertEqual([], [place for place, content in shown.items() if text in content])


class RefusedEditTest(ClusterCase):
    def test_server_refuses_what_the_controller_finds_invalid(self):
        self.create_network()
        for row in read_table():
            if row["reason"] != BY_THE_SCHEMA:
                continue
            with self.subTest(row["name"]):
                answer = self.kubectl.attempt(
                    "patch", "btcnet/net", "-n", self.namespace, "--type=merge",
                    "--dry-run=server", "-p", json.dumps({"spec": row["spec"]}))
                self.assertNotEqual(0, answer.returncode)
                field = ".".join(row["says"][0].split()[0].partition("[")[0].split(".")[:2])
                self.assertIn(field, answer.stderr)


def degraded(network):
    return next((c for c in network.get("status", {}).get("conditions", [])
                 if c["type"] == "Degraded"), None)


def difference(wanted, found):
    return {name: (wanted.get(name), found.get(name)) for name in wanted.keys() | found.keys()
            if wanted.get(name) != found.get(name)}
