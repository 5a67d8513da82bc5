"""POST: what the server sets, drops and refuses. Facts rows 1, 4, 5, 19, 20."""

import re
import uuid

from .support import documents
from .support.case import ConformanceCase, managers, version


class CreateTest(ConformanceCase):
    def test_server_sets_uid_time_version_and_generation(self):
        made = self.create(documents.network())["metadata"]
        uuid.UUID(made["uid"])
        self.assertRegex(made["creationTimestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(made["resourceVersion"], r"^[1-9]\d*$")
        self.assertEqual((1, self.namespace), (made["generation"], made["namespace"]))

    def test_what_the_client_says_of_these_is_ignored(self):
        made = self.create(documents.network(metadata={
            "uid": "mine", "generation": 7, "creationTimestamp": "2001-01-01T00:00:00Z",
            "selfLink": "/x", "deletionTimestamp": "2001-01-01T00:00:00Z",
            "deletionGracePeriodSeconds": 5}))["metadata"]
        self.assertEqual(1, made["generation"])
        self.assertNotEqual("mine", made["uid"])
        self.assertNotIn("2001", made["creationTimestamp"])
        for absent in ("deletionTimestamp", "deletionGracePeriodSeconds"):
            self.assertNotIn(absent, made)

    def test_built_in_without_a_spec_has_no_generation(self):
        self.assertNotIn("generation", self.create(documents.config_map())["metadata"])

    def test_versions_grow_across_resources(self):
        first = self.create(documents.config_map())
        second = self.create(documents.network())
        third = self.create(documents.secret())
        self.assertLess(version(first), version(second))
        self.assertLess(version(second), version(third))

    def test_status_of_a_custom_resource_is_dropped(self):
        document = {**documents.network(), "status": {"phase": "Ready"}}
        self.assertNotIn("status", self.create(document))

    def test_taken_name_is_already_exists(self):
        self.create(documents.network())
        answer = self.admin.post(self.path("bitcoinnetworks"), documents.network())
        self.refused(answer, 409, "AlreadyExists")
        self.assertEqual(f'bitcoinnetworks.{documents.GROUP} "net" already exists', answer.message)
        self.assertEqual({"name": "net", "group": documents.GROUP, "kind": "bitcoinnetworks"},
                         answer["details"])

    def test_taken_name_of_the_core_group(self):
        self.create(documents.config_map())
        answer = self.admin.post(self.path("configmaps"), documents.config_map())
        self.refused(answer, 409, "AlreadyExists")
        self.assertEqual('configmaps "map" already exists', answer.message)
        self.assertEqual({"name": "map", "kind": "configmaps"}, answer["details"])

    def test_version_must_not_be_set(self):
        for resource, document in (("bitcoinnetworks", documents.network()),
                                   ("configmaps", documents.config_map())):
            with self.subTest(resource):
                document["metadata"]["resourceVersion"] = "5"
                answer = self.admin.post(self.path(resource), document)
                self.assertEqual((500, ""), (answer.code, answer.reason), answer)
                self.assertEqual("resourceVersion should not be set on objects to be created",
                                 answer.message)

    def test_name_is_generated(self):
        document = documents.config_map()
        document["metadata"] = {"generateName": "map-"}
        made = self.create(document)["metadata"]
        self.assertRegex(made["name"], r"^map-[bcdfghjklmnpqrstvwxz2456789]{5}$")
        self.assertEqual("map-", made["generateName"])

    def test_name_is_required(self):
        document = documents.config_map()
        document["metadata"] = {}
        answer = self.admin.post(self.path("configmaps"), document)
        self.refused(answer, 422, "Invalid", "name or generateName is required")
        self.assertEqual([("FieldValueRequired", "metadata.name")], self.causes(answer))

    def test_name_must_be_well_formed(self):
        for resource, document in (("configmaps", documents.config_map("A_b")),
                                   ("secrets", documents.secret("-a")),
                                   ("services", documents.service("a.b")),
                                   ("statefulsets", documents.stateful_set("a.B"))):
            with self.subTest(resource):
                answer = self.admin.post(self.path(resource), document)
                self.refused(answer, 422, "Invalid", r"metadata\.name: Invalid value")
                self.assertIn(("FieldValueInvalid", "metadata.name"), self.causes(answer))

    def test_namespace_of_the_document_must_match(self):
        document = documents.config_map(namespace="another")
        answer = self.admin.post(self.path("configmaps"), document)
        self.refused(answer, 400, "BadRequest",
                     "the namespace of the provided object does not match the namespace sent on "
                     "the request")

    def test_namespace_must_exist(self):
        answer = self.admin.post(self.path("configmaps", namespace="nowhere"),
                                 documents.config_map())
        self.refused(answer, 404, "NotFound")
        self.assertEqual('namespaces "nowhere" not found', answer.message)
        self.assertEqual({"name": "nowhere", "kind": "namespaces"}, answer["details"])

    def test_kind_must_fit_the_path(self):
        answer = self.admin.post(self.path("configmaps"), documents.secret())
        self.refused(answer, 400, "BadRequest", "Secret in version .* cannot be handled as a "
                                                "ConfigMap")

    def test_version_of_the_document_must_fit_the_path(self):
        document = {**documents.network(), "apiVersion": f"{documents.GROUP}/v9"}
        answer = self.admin.post(self.path("bitcoinnetworks"), document)
        self.refused(answer, 400, "BadRequest", "v9")

    def test_creator_is_recorded_as_a_manager(self):
        made = self.created(self.admin.post(self.path("configmaps"), documents.config_map(),
                                            fieldManager="creator")).json
        self.assertEqual([("creator", "Update", None)], managers(made))
        entry = made["metadata"]["managedFields"][0]
        self.assertEqual({"f:data": {".": {}, "f:a": {}}}, entry["fieldsV1"])
        self.assertEqual(("v1", "FieldsV1"), (entry["apiVersion"], entry["fieldsType"]))

    def test_manager_is_taken_from_the_user_agent(self):
        made = self.admin.request("POST", self.path("configmaps"), documents.config_map(),
                                  headers={"User-Agent": "kubectl/v1.36 (linux)"}).json
        self.assertEqual([("kubectl", "Update", None)], managers(made))

    def test_dry_run_writes_nothing(self):
        collection = self.path("bitcoinnetworks")
        before = self.admin.get(collection)["metadata"]["resourceVersion"]
        answer = self.created(self.admin.post(collection, documents.network(), dryRun="All"))
        self.assertEqual("regtest", answer["spec"]["chain"])
        self.assertNotIn("resourceVersion", answer["metadata"])
        after = self.admin.get(collection)
        self.assertEqual([], after["items"])
        self.assertGreaterEqual(int(after["metadata"]["resourceVersion"]), int(before))

    def test_dry_run_validates(self):
        answer = self.admin.post(self.path("bitcoinnetworks"), documents.network(nodes=-1),
                                 dryRun="All")
        self.refused(answer, 422, "Invalid", r"spec\.nodes")

    def test_dry_run_has_one_value(self):
        answer = self.admin.post(self.path("configmaps"), documents.config_map(), dryRun="Some")
        self.refused(answer, 422, "Invalid", "dryRun")

    def test_secret_text_becomes_bytes(self):
        made = self.create(documents.secret(KEY="value"))
        self.assertEqual({"KEY": "dmFsdWU="}, made["data"])
        self.assertNotIn("stringData", made)
        self.assertEqual("Opaque", made["type"])


class BodyTest(ConformanceCase):
    def test_body_that_is_not_json(self):
        answer = self.admin.request("POST", self.path("configmaps"), "{")
        self.refused(answer, 400, "BadRequest")

    def test_body_without_a_kind(self):
        answer = self.admin.post(self.path("configmaps"), {"metadata": {"name": "x"}})
        # The kind of the path is taken when the document names none.
        self.created(answer)

    def test_custom_resource_without_a_kind(self):
        answer = self.admin.post(self.path("bitcoinnetworks"),
                                 {"metadata": {"name": "x"}, "spec": {"nodes": 1}})
        self.refused(answer, 400, "BadRequest", "Object 'Kind' is missing")

    def test_yaml_is_understood(self):
        text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: '1'\n"
        answer = self.admin.request("POST", self.path("configmaps"), text, "application/yaml")
        self.assertEqual({"a": "1"}, self.created(answer)["data"])

    def test_unknown_media_type(self):
        answer = self.admin.request("POST", self.path("configmaps"), "x", "text/plain")
        self.refused(answer, 415, "UnsupportedMediaType",
                     "the body of the request was in an unknown format - accepted media types "
                     "include: application/json")

    def test_patch_needs_a_patch_type(self):
        self.create(documents.config_map())
        answer = self.admin.request("PATCH", self.path("configmaps", "map"), {},
                                    "application/json")
        self.plain(answer, 415, "415: Unsupported Media Type")

    def test_strategic_merge_is_not_for_custom_resources(self):
        self.create(documents.network())
        answer = self.admin.request("PATCH", self.path("bitcoinnetworks", "net"), {},
                                    "application/strategic-merge-patch+json")
        self.refused(answer, 415, "UnsupportedMediaType", re.escape(
            "accepted media types include: application/json-patch+json, "
            "application/merge-patch+json, application/apply-patch+yaml"))

    def test_unacceptable_answer_type(self):
        answer = self.admin.request("GET", self.path("configmaps"), accept="image/png")
        self.plain(answer, 406, "406: Not Acceptable\n\nAvailable representations: "
                                "application/json")

    def test_protobuf_or_json_gets_json_of_custom_resources(self):
        answer = self.admin.request("GET", self.path("bitcoinnetworks"),
                                    accept="application/vnd.kubernetes.protobuf,application/json")
        self.ok(answer)
        self.assertEqual("BitcoinNetworkList", answer["kind"])

    def test_method_that_a_resource_has_not(self):
        answer = self.admin.post(self.path("configmaps", "map"), documents.config_map())
        self.refused(answer, 405, "MethodNotAllowed",
                     "the server does not allow this method on the requested resource")

    def test_body_has_a_limit(self):
        document = documents.config_map(data={"a": "x" * (4 << 20)})
        answer = self.admin.post(self.path("configmaps"), document)
        self.refused(answer, 413, "RequestEntityTooLarge")


class FieldValidationTest(ConformanceCase):
    def post(self, mode):
        document = documents.network(surprise=1)
        return self.admin.post(self.path("bitcoinnetworks"), document, fieldValidation=mode)

    def test_unknown_field_is_pruned_and_warned_of(self):
        answer = self.created(self.post(None))
        self.assertNotIn("surprise", answer["spec"])
        self.assertEqual(['299 - "unknown field \\"spec.surprise\\""'], answer.warnings)

    def test_unknown_field_is_refused_when_strict(self):
        answer = self.refused(self.post("Strict"), 400, "BadRequest")
        self.assertIn('strict decoding error: unknown field "spec.surprise"', answer.message)

    def test_unknown_field_is_pruned_in_silence_when_ignored(self):
        answer = self.created(self.post("Ignore"))
        self.assertEqual([], answer.warnings)

    def test_unknown_field_of_a_built_in(self):
        answer = self.admin.post(self.path("services"), documents.service(surprise=1),
                                 fieldValidation="Strict")
        self.refused(answer, 400, "BadRequest", 'unknown field "spec.surprise"')
        answer = self.admin.post(self.path("services"), documents.service(surprise=1))
        self.assertEqual(['299 - "unknown field \\"spec.surprise\\""'], answer.warnings)

    def test_unknown_mode(self):
        self.refused(self.post("Maybe"), 422, "Invalid", "fieldValidation")
