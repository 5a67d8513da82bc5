"""What every case has: a namespace of its own, the administrator's client and the controller's."""

import re
import secrets
import unittest

from controlplane import wait

from . import documents
from .target import TARGET


class ConformanceCase(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.admin = TARGET.admin()
        self.addCleanup(self.admin.close)
        self.namespace = self.make_namespace()

    # -- arranging ---------------------------------------------------------------------

    def make_namespace(self):
        word = re.sub(r"[^a-z]+", "-", self._testMethodName.lower().removeprefix("test_"))
        name = f"{word[:24].strip('-')}-{secrets.token_hex(3)}"
        self.created(self.admin.post("/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
        self.addCleanup(self.clear, name)
        return name

    def clear(self, namespace):
        for resource in ("bitcoinnetworks", "configmaps"):
            for item in self.admin.get(self.path(resource, namespace=namespace)).json["items"]:
                if item["metadata"].get("finalizers"):
                    self.admin.patch(
                        self.path(resource, item["metadata"]["name"], namespace=namespace),
                        {"metadata": {"finalizers": None}})
        self.admin.delete(f"/api/v1/namespaces/{namespace}")

    def real_only(self, why):
        if TARGET.kind != "real":
            self.skipTest(why)
        return TARGET.plane

    def path(self, resource, name=None, sub=None, namespace=None):
        return documents.path(resource, namespace or self.namespace, name, sub)

    def create(self, document, resource=None):
        """Creates the document and returns it as the server stored it."""
        collection = resource or RESOURCES[document["kind"]]
        return self.created(self.admin.post(self.path(collection), document)).json

    def read(self, resource, name):
        answer = self.admin.get(self.path(resource, name))
        self.assertEqual(200, answer.code, answer)
        return answer.json

    # -- judging -----------------------------------------------------------------------

    def created(self, answer):
        self.assertEqual(201, answer.code, answer)
        return answer

    def ok(self, answer):
        self.assertEqual(200, answer.code, answer)
        return answer

    def refused(self, answer, code, reason, message=None):
        """A Status of this code and reason; `message` is a pattern that it must contain."""
        self.assertEqual((code, reason), (answer.code, answer.reason), answer)
        body = answer.json
        self.assertEqual(("v1", "Status", "Failure", code),
                         (body["apiVersion"], body["kind"], body["status"], body["code"]))
        self.assertEqual({}, body["metadata"])
        if message is not None:
            self.assertRegex(body["message"], message)
        return answer

    def plain(self, answer, code, text):
        """Refused before the server knew how to speak to the client: text, not a Status."""
        self.assertEqual(code, answer.code, answer)
        self.assertIn(text, answer.message)
        return answer

    def causes(self, answer):
        return [(c.get("reason"), c.get("field")) for c in answer["details"]["causes"]]

    def eventually(self, what, condition, timeout_s=30.0):
        return wait.until(what, condition, timeout_s)


RESOURCES = {
    "BitcoinNetwork": "bitcoinnetworks", "ConfigMap": "configmaps", "Secret": "secrets",
    "Service": "services", "Pod": "pods", "StatefulSet": "statefulsets", "Lease": "leases",
    "Event": "events",
}


def version(document):
    """resourceVersion as a number, which it may be compared as within one resource."""
    return int(document["metadata"]["resourceVersion"])


def managers(document):
    """(manager, operation, subresource) of each entry of managedFields."""
    return [(e["manager"], e["operation"], e.get("subresource"))
            for e in document["metadata"].get("managedFields", [])]
