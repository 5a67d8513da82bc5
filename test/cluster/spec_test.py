"""The schema of deploy/crd.yaml against the table that the controller's validation reads too."""

import json
import os

from .support import networks
from .support.case import ClusterCase

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spec_cases.json")


class SpecTest(ClusterCase):
    def test_server_judges_each_spec_as_the_table_says(self):
        with open(TABLE, encoding="utf-8") as file:
            cases = json.load(file)
        for case in cases:
            with self.subTest(case["name"]):
                answer = self.offer(case)
                self.assertEqual(case["valid"], answer.returncode == 0, answer.stderr)
                self.assertIn(case.get("field", ""), answer.stderr)
                self.assertIn(case.get("message", ""), answer.stderr)

    def offer(self, case):
        """kubectl's answer to the spec, or to the change from "before" to it. Nothing is kept."""
        document = networks.network(self.namespace, case.get("object_name", "net"))
        if "before" not in case:
            return self.dry_run("create", document, case["spec"])
        self.kubectl.create({**document, "spec": case["before"]})
        try:
            return self.dry_run("replace", document, case["spec"])
        finally:
            self.kubectl("delete", "btcnet/net", "-n", self.namespace)

    def dry_run(self, verb, document, spec):
        return self.kubectl.attempt(verb, "--dry-run=server", "-f", "-",
                                    stdin=json.dumps({**document, "spec": spec}))

    def test_fields_are_explained(self):
        # No description, no explanation: each field of the spec must have one.
        explained = self.kubectl("explain", "btcnet.spec")
        for field in ("nodes", "secret", "topology", "extraArgs", "paused"):
            self.assertRegex(explained, rf"{field}\t<[^>]+>[^\n]*\n(  enum:[^\n]*\n)?    \S")
        self.assertNotIn("<no description>", explained)

    def test_network_is_found_by_short_name_and_category(self):
        self.create_network("net", nodes=7)
        for name in ("btcnet", "bitcoin"):
            heading, row = self.kubectl("get", name, "-n", self.namespace).splitlines()
            self.assertEqual("NAME NODES READY PEERS HEIGHT PHASE AGE".split(), heading.split())
            self.assertEqual(["net", "7"], row.split()[:2])
