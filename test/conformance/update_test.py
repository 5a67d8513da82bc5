"""PUT, /status, generation and optimistic concurrency. Facts rows 2, 3, 6, 7, 9."""

from .support import documents
from .support.case import ConformanceCase, managers, version


class UpdateTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.network = self.create(documents.network())
        self.target = self.path("bitcoinnetworks", "net")

    def put(self, document, **query):
        return self.admin.put(self.target, document, **query)

    def test_change_of_spec_raises_version_and_generation(self):
        self.network["spec"]["nodes"] = 4
        changed = self.ok(self.put(self.network)).json
        self.assertGreater(version(changed), version(self.network))
        self.assertEqual(2, changed["metadata"]["generation"])

    def test_change_of_metadata_alone_keeps_the_generation(self):
        self.network["metadata"]["labels"] = {"a": "b"}
        changed = self.ok(self.put(self.network)).json
        self.assertGreater(version(changed), version(self.network))
        self.assertEqual(1, changed["metadata"]["generation"])

    def test_update_that_changes_nothing_writes_nothing(self):
        for _ in range(2):
            self.assertEqual(version(self.network), version(self.ok(self.put(self.network)).json))

    def test_patch_that_changes_nothing_writes_nothing(self):
        answer = self.ok(self.admin.patch(self.target, {"spec": {"nodes": 3}}))
        self.assertEqual(version(self.network), version(answer.json))

    def test_stale_version_is_a_conflict(self):
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 5}}))
        self.network["spec"]["nodes"] = 4
        answer = self.refused(self.put(self.network), 409, "Conflict")
        self.assertEqual(
            f'Operation cannot be fulfilled on bitcoinnetworks.{documents.GROUP} "net": the object '
            "has been modified; please apply your changes to the latest version and try again",
            answer.message)
        self.assertEqual({"name": "net", "group": documents.GROUP, "kind": "bitcoinnetworks"},
                         answer["details"])

    def test_stale_version_in_a_patch_is_a_conflict(self):
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 5}}))
        answer = self.admin.patch(self.target, {
            "metadata": {"resourceVersion": self.network["metadata"]["resourceVersion"]},
            "spec": {"nodes": 4}})
        self.refused(answer, 409, "Conflict")

    def test_custom_resource_needs_a_version(self):
        del self.network["metadata"]["resourceVersion"]
        answer = self.refused(self.put(self.network), 422, "Invalid")
        self.assertIn("metadata.resourceVersion: Invalid value: 0: must be specified for an update",
                      answer.message)
        self.assertEqual([("FieldValueInvalid", "metadata.resourceVersion")], self.causes(answer))

    def test_missing_custom_resource_is_not_made_by_put(self):
        document = documents.network("other")
        answer = self.admin.put(self.path("bitcoinnetworks", "other"), document)
        self.refused(answer, 404, "NotFound")
        self.assertEqual(f'bitcoinnetworks.{documents.GROUP} "other" not found', answer.message)

    def test_built_in_needs_no_version(self):
        self.create(documents.config_map())
        answer = self.ok(self.admin.put(self.path("configmaps", "map"),
                                        documents.config_map(data={"a": "2"})))
        self.assertEqual({"a": "2"}, answer["data"])

    def test_name_of_document_and_path_must_be_equal(self):
        self.network["metadata"]["name"] = "other"
        self.refused(self.put(self.network), 400, "BadRequest",
                     r"the name of the object \(other\) does not match the name on the URL \(net\)")

    def test_uid_cannot_be_changed(self):
        self.network["metadata"]["uid"] = "a-b-c"
        self.refused(self.put(self.network), 409, "Conflict",
                     "Precondition failed: UID in precondition: a-b-c, UID in object meta: ")

    def test_generation_and_times_of_the_client_are_ignored(self):
        made = self.network["metadata"]["creationTimestamp"]
        self.network["metadata"].update(generation=99, creationTimestamp="2001-01-01T00:00:00Z",
                                        labels={"a": "b"})
        changed = self.ok(self.put(self.network))["metadata"]
        self.assertEqual((1, made), (changed["generation"], changed["creationTimestamp"]))

    def test_omitted_field_is_removed(self):
        self.ok(self.admin.patch(self.target, {"spec": {"mining": {"intervalSeconds": 9}}}))
        self.network["metadata"]["resourceVersion"] = self.read("bitcoinnetworks", "net")[
            "metadata"]["resourceVersion"]
        self.assertNotIn("mining", self.ok(self.put(self.network))["spec"])

    def test_put_takes_ownership(self):
        self.network["spec"]["nodes"] = 4
        changed = self.ok(self.put(self.network, fieldManager="taker")).json
        self.assertIn(("taker", "Update", None), managers(changed))
        entry = next(e for e in changed["metadata"]["managedFields"] if e["manager"] == "taker")
        self.assertEqual({"f:spec": {"f:nodes": {}}}, entry["fieldsV1"])

    def test_dry_run_returns_the_change_and_writes_nothing(self):
        self.network["spec"]["nodes"] = 4
        answer = self.ok(self.put(self.network, dryRun="All"))
        self.assertEqual((4, 2), (answer["spec"]["nodes"], answer["metadata"]["generation"]))
        stored = self.read("bitcoinnetworks", "net")
        self.assertEqual((3, version(self.network)), (stored["spec"]["nodes"], version(stored)))

    def test_patch_of_a_missing_object(self):
        answer = self.admin.patch(self.path("bitcoinnetworks", "none"), {"spec": {"nodes": 1}})
        self.refused(answer, 404, "NotFound")


class StatusTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.network = self.create(documents.network())
        self.target = self.path("bitcoinnetworks", "net")
        self.sub = self.path("bitcoinnetworks", "net", "status")

    def test_status_is_written_and_keeps_the_generation(self):
        answer = self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}}))
        self.assertEqual(({"phase": "Ready"}, 1),
                         (answer["status"], answer["metadata"]["generation"]))
        self.assertGreater(version(answer.json), version(self.network))

    def test_all_but_the_status_is_ignored(self):
        self.network["metadata"].update(labels={"a": "b"}, finalizers=["example.com/hold"])
        self.network["spec"]["nodes"] = 9
        self.network["status"] = {"phase": "Ready"}
        answer = self.ok(self.admin.put(self.sub, self.network))
        self.assertEqual((3, "Ready"), (answer["spec"]["nodes"], answer["status"]["phase"]))
        self.assertNotIn("labels", answer["metadata"])
        self.assertNotIn("finalizers", answer["metadata"])

    def test_status_is_ignored_on_the_main_path(self):
        self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}}))
        answer = self.ok(self.admin.patch(self.target, {"status": {"phase": "Paused"},
                                                        "spec": {"nodes": 4}}))
        self.assertEqual("Ready", answer["status"]["phase"])

    def test_version_is_checked(self):
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 5}}))
        self.network["status"] = {"phase": "Ready"}
        self.refused(self.admin.put(self.sub, self.network), 409, "Conflict")

    def test_same_status_again_writes_nothing(self):
        first = self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}}))
        second = self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}}))
        self.assertEqual(version(first.json), version(second.json))

    def test_manager_of_the_status_has_an_entry_of_its_own(self):
        answer = self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}},
                                          fieldManager="status-writer"))
        self.assertIn(("status-writer", "Update", "status"), managers(answer.json))

    def test_status_is_validated(self):
        answer = self.admin.patch(self.sub, {"status": {"conditions": [{"type": "Ready"}]}})
        self.refused(answer, 422, "Invalid", r"status\.conditions\[0\]\.status: Required value")

    def test_unknown_field_of_the_status_is_pruned(self):
        answer = self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready", "x": 1}}))
        self.assertEqual({"phase": "Ready"}, answer["status"])

    def test_status_can_be_read(self):
        self.ok(self.admin.patch(self.sub, {"status": {"phase": "Ready"}}))
        self.assertEqual("Ready", self.ok(self.admin.get(self.sub))["status"]["phase"])


class FinalizerTest(ConformanceCase):
    HOLD = ["example.com/hold"]

    def setUp(self):
        super().setUp()
        self.target = self.path("bitcoinnetworks", "net")
        self.create(documents.network(metadata={"finalizers": self.HOLD}))

    def test_deletion_waits_for_the_finalizer(self):
        answer = self.ok(self.admin.delete(self.target))
        self.assertEqual("BitcoinNetwork", answer["kind"])
        stored = self.read("bitcoinnetworks", "net")["metadata"]
        self.assertRegex(stored["deletionTimestamp"], r"Z$")
        self.assertEqual((0, 2), (stored["deletionGracePeriodSeconds"], stored["generation"]))

    def test_second_deletion_changes_nothing(self):
        first = self.ok(self.admin.delete(self.target))
        second = self.ok(self.admin.delete(self.target))
        self.assertEqual(version(first.json), version(second.json))

    def test_last_finalizer_taken_away_removes_the_object(self):
        self.ok(self.admin.delete(self.target))
        self.ok(self.admin.patch(self.target, {"metadata": {"finalizers": None}}))
        self.refused(self.admin.get(self.target), 404, "NotFound")

    def test_no_finalizer_is_added_while_terminating(self):
        self.ok(self.admin.delete(self.target))
        answer = self.admin.patch(self.target,
                                  {"metadata": {"finalizers": self.HOLD + ["example.com/more"]}})
        self.refused(answer, 422, "Invalid", "no new finalizers can be added if the object is "
                                             "being deleted")
        self.assertIn(("FieldValueForbidden", "metadata.finalizers"), self.causes(answer))

    def test_spec_may_change_while_terminating(self):
        self.ok(self.admin.delete(self.target))
        answer = self.ok(self.admin.patch(self.target, {"spec": {"nodes": 7}}))
        self.assertEqual(3, answer["metadata"]["generation"])

    def test_deletion_cannot_be_undone(self):
        self.ok(self.admin.delete(self.target))
        answer = self.ok(self.admin.patch(self.target, {"metadata": {"deletionTimestamp": None}}))
        self.assertIn("deletionTimestamp", answer["metadata"])

    def test_name_is_taken_until_the_object_is_gone(self):
        self.ok(self.admin.delete(self.target))
        answer = self.admin.post(self.path("bitcoinnetworks"), documents.network())
        self.refused(answer, 409, "AlreadyExists", "object is being deleted: .* already exists")
