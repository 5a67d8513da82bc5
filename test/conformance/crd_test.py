"""The schema of deploy/crd.yaml: defaults, pruning, validation, scale. Facts row 20."""

import json
import os

from .support import documents
from .support.case import ConformanceCase, version

TABLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cluster",
                     "spec_cases.json")


class SchemaTest(ConformanceCase):
    def post(self, spec, name="net", **more):
        document = {**documents.network(name), "spec": spec, **more}
        return self.admin.post(self.path("bitcoinnetworks"), document)

    def test_defaults_are_stored(self):
        spec = self.created(self.post({"nodes": 1}))["spec"]
        self.assertEqual({"nodes": 1, "secret": "", "chain": "regtest", "extraArgs": [],
                          "image": spec["image"], "imagePullPolicy": "IfNotPresent",
                          "resources": {"limits": {"memory": "512Mi"},
                                        "requests": {"cpu": "100m", "memory": "256Mi"}},
                          "topology": "auto", "paused": False}, spec)

    def test_null_is_defaulted_where_it_is_not_allowed(self):
        self.assertEqual("regtest", self.created(self.post({"nodes": 1, "chain": None}))
                         ["spec"]["chain"])

    def test_unknown_fields_are_pruned_at_every_depth(self):
        answer = self.created(self.post({"nodes": 1, "x": 1, "mining": {"intervalSeconds": 1,
                                                                        "y": {"z": 1}}}, zz=1))
        self.assertNotIn("x", answer["spec"])
        self.assertNotIn("zz", answer.json)
        self.assertEqual({"intervalSeconds": 1}, answer["spec"]["mining"])

    def test_free_form_parts_are_kept(self):
        affinity = {"nodeAffinity": {"anything": [1, {"a": None}]}}
        answer = self.created(self.post({"nodes": 1, "pod": {"affinity": affinity}}))
        self.assertEqual(affinity, answer["spec"]["pod"]["affinity"])

    def test_server_judges_each_spec_as_the_table_says(self):
        with open(TABLE, encoding="utf-8") as file:
            cases = json.load(file)
        for case in cases:
            with self.subTest(case["name"]):
                answer = self.offer(case)
                self.assertEqual(case["valid"], answer.code in (200, 201), answer)
                if not case["valid"]:
                    self.refused(answer, 422, "Invalid")
                    self.assertIn(case.get("field", ""), answer.message)
                    self.assertIn(case.get("message", ""), answer.message)

    def offer(self, case):
        """The answer to the spec, or to the change from "before" to it. Nothing is kept."""
        name, collection = case.get("object_name", "net"), self.path("bitcoinnetworks")
        document = {**documents.network(name), "spec": case["spec"]}
        if "before" not in case:
            return self.admin.post(collection, document, dryRun="All")
        made = self.created(self.post(case["before"])).json
        document["metadata"]["resourceVersion"] = made["metadata"]["resourceVersion"]
        try:
            return self.admin.put(f"{collection}/{name}", document, dryRun="All")
        finally:
            self.admin.delete(f"{collection}/{name}")

    def test_words_of_the_refusals(self):
        cases = [
            ({}, "spec.nodes: Required value", "FieldValueRequired", "spec.nodes"),
            ({"nodes": -1}, "spec.nodes: Invalid value: -1: spec.nodes in body should be greater "
                            "than or equal to 0", "FieldValueInvalid", "spec.nodes"),
            ({"nodes": 501}, "spec.nodes: Invalid value: 501: spec.nodes in body should be less "
                             "than or equal to 500", "FieldValueInvalid", "spec.nodes"),
            ({"nodes": "3"}, 'spec.nodes: Invalid value: "string": spec.nodes in body must be of '
                             'type integer: "string"', "FieldValueTypeInvalid", "spec.nodes"),
            ({"nodes": 1, "chain": "main"}, 'spec.chain: Unsupported value: "main": supported '
             'values: "regtest", "signet", "testnet4"', "FieldValueNotSupported", "spec.chain"),
            ({"nodes": 1, "image": "a b"}, 'spec.image: Invalid value: "a b": spec.image in body '
             r"should match '^\S+$'", "FieldValueInvalid", "spec.image"),
            ({"nodes": 1, "image": "x" * 513}, "spec.image: Too long: may not be more than 512 "
             "bytes", "FieldValueTooLong", "spec.image"),
            ({"nodes": 1, "imagePullSecrets": [{"name": "a"}, {"name": "a"}]},
             'spec.imagePullSecrets[1]: Duplicate value: {"name":"a"}', "FieldValueDuplicate",
             "spec.imagePullSecrets[1]"),
            ({"nodes": 1, "chain": "signet", "mining": {"intervalSeconds": 9}},
             "spec.mining: Invalid value: set on chain signet; mining is possible on chain regtest only",
             "FieldValueInvalid", "spec.mining"),
        ]
        for spec, words, reason, field in cases:
            with self.subTest(field):
                answer = self.refused(self.post(spec), 422, "Invalid")
                self.assertIn(f'BitcoinNetwork.{documents.GROUP} "net" is invalid: ', answer.message)
                self.assertIn(words, answer.message)
                self.assertIn((reason, field), self.causes(answer))
                self.assertEqual({"name": "net", "group": documents.GROUP,
                                  "kind": "BitcoinNetwork"},
                                 {k: v for k, v in answer["details"].items() if k != "causes"})

    def test_several_faults_are_told_at_once(self):
        answer = self.refused(self.post({"nodes": -1, "chain": "main"}), 422, "Invalid")
        # ".spec.nodes" is said by the scale subresource, "<nil>" of the rules that were not asked.
        self.assertEqual(["spec.chain", "spec.nodes", ".spec.nodes", "<nil>"],
                         [field for _, field in self.causes(answer)])
        self.assertIn("is invalid: [spec.chain: Unsupported value", answer.message)

    def test_spec_is_required(self):
        document = documents.network()
        del document["spec"]
        answer = self.admin.post(self.path("bitcoinnetworks"), document)
        self.refused(answer, 422, "Invalid", "spec: Required value")


class ScaleTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.network = self.create(documents.network())
        self.scale = self.path("bitcoinnetworks", "net", "scale")

    def test_read(self):
        self.ok(self.admin.patch(self.path("bitcoinnetworks", "net", "status"),
                                 {"status": {"replicas": 2, "selector": "a=b"}}))
        found = self.ok(self.admin.get(self.scale))
        self.assertEqual(("Scale", "autoscaling/v1", {"replicas": 3},
                          {"replicas": 2, "selector": "a=b"}),
                         (found["kind"], found["apiVersion"], found["spec"], found["status"]))
        self.assertEqual(self.network["metadata"]["uid"], found["metadata"]["uid"])

    def test_patch(self):
        answer = self.ok(self.admin.patch(self.scale, {"spec": {"replicas": 6}}))
        self.assertEqual({"replicas": 6}, answer["spec"])
        stored = self.read("bitcoinnetworks", "net")
        self.assertEqual((6, 2), (stored["spec"]["nodes"], stored["metadata"]["generation"]))

    def test_put(self):
        found = self.admin.get(self.scale).json
        found["spec"]["replicas"] = 1
        self.ok(self.admin.put(self.scale, found))
        self.assertEqual(1, self.read("bitcoinnetworks", "net")["spec"]["nodes"])
        found["spec"]["replicas"] = 2
        self.refused(self.admin.put(self.scale, found), 409, "Conflict")

    def test_schema_is_asked(self):
        answer = self.admin.patch(self.scale, {"spec": {"replicas": 501}})
        self.refused(answer, 422, "Invalid", r"spec\.nodes")
        answer = self.admin.patch(self.scale, {"spec": {"replicas": -1}})
        self.refused(answer, 422, "Invalid", r"spec\.nodes")

    def test_same_scale_writes_nothing(self):
        # The first two may: they move spec.nodes to an entry of its own in managedFields.
        _, _, third, fourth = [self.ok(self.admin.patch(self.scale, {"spec": {"replicas": 3}}))
                               for _ in range(4)]
        self.assertEqual(version(third.json), version(fourth.json))

    def test_scale_of_a_stateful_set(self):
        self.create(documents.stateful_set())
        scale = self.path("statefulsets", "sts", "scale")
        self.assertEqual("app=sts", self.ok(self.admin.get(scale))["status"]["selector"])
        self.ok(self.admin.patch(scale, {"spec": {"replicas": 1}}))
        self.assertEqual(1, self.read("statefulsets", "sts")["spec"]["replicas"])

    def test_scale_of_nothing(self):
        answer = self.admin.get(self.path("bitcoinnetworks", "none", "scale"))
        self.refused(answer, 404, "NotFound")
        answer = self.admin.get(self.path("configmaps", "none", "scale"))
        self.assertEqual(404, answer.code)


class DefinitionTest(ConformanceCase):
    def test_definition_is_established(self):
        found = self.ok(self.admin.get(documents.CRD))
        conditions = {c["type"]: c["status"] for c in found["status"]["conditions"]}
        self.assertEqual({"NamesAccepted": "True", "Established": "True"}, conditions)
        self.assertEqual("BitcoinNetwork", found["status"]["acceptedNames"]["kind"])
        self.assertEqual(["v1"], found["status"]["storedVersions"])
