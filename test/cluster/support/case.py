"""What every case has: a namespace of its own, kubectl, and a controller when it asks for one."""

import itertools
import json
import os
import re
import secrets
import unittest

from controlplane import wait
from controlplane.account import USER
from controlplane.controller import Controller

from . import networks
from .cluster import SHARED

# Long, so that no case passes by the resync what a watch event should have done.
QUIET_RESYNC = "1h"
_numbers = itertools.count(1)


def settled(condition):
    """A condition as "reason: message", or None when it is absent."""
    return f"{condition['reason']}: {condition['message']}" if condition else None


class ClusterCase(unittest.TestCase):
    cluster = SHARED

    def setUp(self):
        self.controllers = []
        self.kubectl = self.cluster.kubectl
        self.namespace = self.make_namespace()
        self.kubectl.create(networks.secret(self.namespace))

    # -- arranging ---------------------------------------------------------------------

    def make_namespace(self):
        word = re.sub(r"[^a-z]+", "-", self._testMethodName.lower().removeprefix("test_"))
        name = f"{word[:30].strip('-')}-{secrets.token_hex(3)}"
        self.kubectl("create", "namespace", name)
        self.addCleanup(self.clear, name)
        return name

    def clear(self, namespace):
        """Networks first: an API server that was restarted a moment ago may not yet know the kind
        when the namespace controller asks it what there is to delete."""
        self.kubectl("delete", "btcnet", "--all", "-n", namespace, "--wait=false")
        self.kubectl("delete", "namespace", namespace, "--wait=false")

    def need_own_control_plane(self):
        if self.cluster.plane is None or self.cluster.plane.audit is None:
            self.skipTest("needs a real control plane that it may break, and its audit log")
        return self.cluster.plane

    def need_own_server(self):
        if self.cluster.plane is None:
            self.skipTest("needs an API server that it may break")
        return self.cluster.plane

    def need_kind(self, resource):
        if self.kubectl.attempt("get", resource, "-A", "-o", "name").returncode != 0:
            self.skipTest(f"needs {resource}, which this cluster does not serve")

    def start_controller(self, *arguments, kubeconfig=None, ready=True,
                         resync=QUIET_RESYNC):
        log = os.path.join(self.cluster.directory, f"controller-{next(_numbers)}.log")
        controller = Controller(kubeconfig or self.cluster.account.kubeconfig, log,
                                [f"--resync-interval={resync}", *arguments])
        self.controllers.append(controller)
        self.addCleanup(controller.kill)
        return controller.wait_ready() if ready else controller

    def create_network(self, name="net", nodes=2, namespace=None, **spec):
        self.kubectl.create(networks.network(namespace or self.namespace, name, nodes, **spec))

    def create_networks(self, names, nodes=1):
        """Many at once, in one call of kubectl."""
        self.kubectl.create(*(networks.network(self.namespace, name, nodes) for name in names))

    def patch(self, target, document, *arguments, kind="merge"):
        return self.kubectl("patch", "-n", self.namespace, *target.split("/"),
                            f"--type={kind}", "-p", json.dumps(document), *arguments)

    # -- looking -----------------------------------------------------------------------

    def get(self, target, namespace=None):
        """The object "kind/name", or None."""
        return self.kubectl.find("-n", namespace or self.namespace, *target.split("/"))

    def count(self, kind, namespace=None):
        return len(self.kubectl("get", kind, "-n", namespace or self.namespace,
                                "-o", "name").split())

    def uid(self, target):
        found = self.get(target)
        return found["metadata"]["uid"] if found else None

    def condition(self, name, kind):
        found = self.get(f"btcnet/{name}") or {}
        conditions = found.get("status", {}).get("conditions", [])
        return next((c for c in conditions if c["type"] == kind), None)

    def events(self, reason):
        """Messages of the Events on our networks; other controllers use the same reasons."""
        listed = self.kubectl.json(
            "get", "events", "-n", self.namespace,
            f"--field-selector=reason={reason},involvedObject.kind=BitcoinNetwork")
        return [event["message"] for event in listed["items"]]

    def writes(self, since=0, namespace=None):
        """The controller's writes in our namespace, Events aside."""
        place = f" {namespace or self.namespace}/"
        return [line for line in self.cluster.plane.audit.writes(USER, since)
                if place in line and " events " not in line]

    # -- waiting -----------------------------------------------------------------------

    def eventually(self, what, condition, timeout_s=15.0):
        return wait.until(what, condition, timeout_s)

    def wait_children(self, name="net", timeout_s=15.0):
        """Both children exist and the StatefulSet has as many replicas as the spec says."""
        def there():
            network = self.get(f"btcnet/{name}")
            service, stateful_set = self.get(f"svc/{name}-svc"), self.get(f"sts/{name}-sts")
            return (service and stateful_set
                    and stateful_set["spec"]["replicas"] == network["spec"]["nodes"]
                    and (service, stateful_set))
        return self.eventually(f"the children of {name} are there", there, timeout_s)

    def wait_all_children(self, count, namespace=None, timeout_s=60.0):
        for kind in ("svc", "sts"):
            self.eventually(lambda: f"{count} {kind}; there are {self.count(kind, namespace)}",
                            lambda: self.count(kind, namespace) == count, timeout_s)

    def wait_degraded(self, name, reason, timeout_s=15.0):
        def degraded():
            found = self.condition(name, "Degraded")
            return found and found["status"] == "True" and found["reason"] == reason and found
        return self.eventually(
            lambda: f"{name} is Degraded={reason}; it is {settled(self.condition(name, 'Degraded'))}",
            degraded, timeout_s)

    def wait_recovered(self, name="net", timeout_s=45.0):
        def sound():
            found = self.condition(name, "Degraded")
            return found and found["status"] == "False"
        self.eventually(
            lambda: f"{name} recovers; it is {settled(self.condition(name, 'Degraded'))}",
            sound, timeout_s)

    def wait_at_rest(self, name="net", timeout_s=60.0):
        """The status answers the latest spec and names every pod, so nothing is left to write.
        Needs the built-in controllers, which make the pods in a time that is not ours."""
        def at_rest():
            found = self.get(f"btcnet/{name}")
            status, wanted = found.get("status", {}), found["spec"]["nodes"]
            return (status.get("observedGeneration") == found["metadata"]["generation"]
                    and status.get("replicas") == wanted
                    and len(status.get("nodes", [])) == wanted and found)
        return self.eventually(
            lambda: f"{name} is at rest; its status is {self.get(f'btcnet/{name}').get('status')}",
            at_rest, timeout_s)

    def diagnosis(self):
        """For a failure: the end of each controller's log, without networks of other cases."""
        def concerns_us(line):
            return " network=" not in line or self.namespace in line
        return "\n".join(f"-- log of controller {i} (exit code {c.exit_code})\n"
                         + "\n".join(list(filter(concerns_us, c.log().splitlines()))[-20:])
                         for i, c in enumerate(self.controllers, 1))
