"""Server-side apply and the three other patches. Facts row 18, and docs/adr/0003."""

from .support import client, documents
from .support.case import ConformanceCase, managers, version


def applied(name="net", **spec):
    return {"apiVersion": f"{documents.GROUP}/v1", "kind": "BitcoinNetwork",
            "metadata": {"name": name}, "spec": spec}


def entry(document, manager, operation="Apply"):
    return next(e for e in document["metadata"]["managedFields"]
                if (e["manager"], e["operation"]) == (manager, operation))


class ApplyTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.target = self.path("bitcoinnetworks", "net")

    def apply(self, manager="tester", force=None, **spec):
        return self.admin.apply(self.target, applied(**spec), manager, force=force)

    def test_apply_creates(self):
        answer = self.created(self.apply(nodes=2))
        self.assertEqual((2, 1), (answer["spec"]["nodes"], answer["metadata"]["generation"]))
        self.assertEqual([("tester", "Apply", None)], managers(answer.json))
        self.assertEqual({"f:spec": {"f:nodes": {}}}, entry(answer.json, "tester")["fieldsV1"])

    def test_manager_is_required(self):
        answer = self.admin.request("PATCH", self.target, applied(nodes=1), client.APPLY)
        self.refused(answer, 422, "Invalid", "fieldManager: Required value: is required for apply "
                                             "patch")

    def test_force_is_for_apply_only(self):
        self.create(documents.network())
        answer = self.admin.patch(self.target, {}, force="true")
        self.refused(answer, 422, "Invalid", "force: Forbidden: may not be specified for "
                                             "non-apply patch")

    def test_managed_fields_must_not_be_given(self):
        document = applied(nodes=1)
        document["metadata"]["managedFields"] = [{"manager": "x"}]
        answer = self.admin.apply(self.target, document)
        self.refused(answer, 400, "BadRequest", "metadata.managedFields must be nil")

    def test_kind_and_version_are_required(self):
        answer = self.admin.apply(self.target, {"metadata": {"name": "net"}, "spec": {"nodes": 1}})
        self.assertEqual(400, answer.code, answer)

    def test_names_must_agree(self):
        answer = self.admin.apply(self.target, applied("other", nodes=1))
        self.refused(answer, 400, "BadRequest", "does not match the name on the URL")

    def test_same_apply_again_writes_nothing(self):
        first = self.created(self.apply(nodes=2))
        second = self.ok(self.apply(nodes=2))
        self.assertEqual(version(first.json), version(second.json))

    def test_another_managers_field_is_a_conflict(self):
        self.apply(nodes=2)
        answer = self.refused(self.apply("other", nodes=3), 409, "Conflict")
        self.assertEqual('Apply failed with 1 conflict: conflict with "tester": .spec.nodes',
                         answer.message)
        self.assertEqual([{"reason": "FieldManagerConflict", "field": ".spec.nodes",
                           "message": 'conflict with "tester"'}], answer["details"]["causes"])

    def test_conflict_with_an_update_says_which_version(self):
        self.created(self.admin.post(self.path("bitcoinnetworks"), documents.network(),
                                     fieldManager="creator"))
        answer = self.refused(self.apply(nodes=4), 409, "Conflict")
        self.assertRegex(answer.message, r'^Apply failed with 1 conflict: conflict with "creator" '
                                         rf"using {documents.GROUP}/v1: \.spec\.nodes$")

    def test_several_conflicts(self):
        self.apply(nodes=2, secret="a")
        answer = self.refused(self.apply("other", nodes=3, secret="b"), 409, "Conflict")
        self.assertEqual('Apply failed with 2 conflicts: conflicts with "tester":\n- .spec.nodes\n'
                         "- .spec.secret", answer.message)
        self.assertEqual(2, len(answer["details"]["causes"]))

    def test_force_takes_the_field(self):
        self.apply(nodes=2)
        answer = self.ok(self.apply("other", "true", nodes=3)).json
        self.assertEqual(3, answer["spec"]["nodes"])
        self.assertEqual([("other", "Apply", None)], managers(answer))

    def test_same_value_is_shared(self):
        self.apply(nodes=2)
        answer = self.ok(self.apply("other", nodes=2)).json
        self.assertEqual({("other", "Apply", None), ("tester", "Apply", None)},
                         set(managers(answer)))

    def test_omitted_field_is_removed(self):
        self.apply(nodes=2, mining={"intervalSeconds": 5})
        self.assertNotIn("mining", self.ok(self.apply(nodes=2))["spec"])

    def test_omitted_field_with_a_default_goes_back_to_it(self):
        self.apply(nodes=2, topology="ring")
        self.assertEqual("auto", self.ok(self.apply(nodes=2))["spec"]["topology"])

    def test_omitted_field_that_another_owns_stays(self):
        self.apply(nodes=2, mining={"intervalSeconds": 5})
        self.ok(self.apply("other", mining={"intervalSeconds": 5}, nodes=2))
        self.assertIn("mining", self.ok(self.apply(nodes=2))["spec"])

    def test_other_patches_take_ownership(self):
        self.apply(nodes=2)
        answer = self.ok(self.admin.patch(self.target, {"spec": {"nodes": 5}},
                                          fieldManager="patcher"))
        self.assertIn(("patcher", "Update", None), managers(answer.json))
        self.refused(self.apply(nodes=2), 409, "Conflict", 'conflict with "patcher"')

    def test_update_entry_of_the_applying_manager_is_another_entry(self):
        """docs/adr/0003: after a POST by the same name, an apply alone removes nothing."""
        self.created(self.admin.post(self.path("bitcoinnetworks"), documents.network(
            mining={"intervalSeconds": 5}), fieldManager="tester"))
        answer = self.ok(self.apply(nodes=3)).json
        self.assertEqual({("tester", "Update", None), ("tester", "Apply", None)},
                         set(managers(answer)))
        self.assertIn("mining", answer["spec"])

    def test_status_is_an_entry_of_its_own(self):
        self.apply(nodes=2)
        document = applied()
        document["status"] = {"phase": "Ready"}
        del document["spec"]
        answer = self.ok(self.admin.apply(self.target + "/status", document)).json
        self.assertEqual({("tester", "Apply", None), ("tester", "Apply", "status")},
                         set(managers(answer)))
        self.assertEqual((2, "Ready"), (answer["spec"]["nodes"], answer["status"]["phase"]))

    def test_status_of_a_missing_object_is_not_created(self):
        document = {**applied(), "status": {"phase": "Ready"}}
        del document["spec"]
        answer = self.admin.apply(self.target + "/status", document)
        self.refused(answer, 404, "NotFound")

    def test_apply_is_validated(self):
        self.refused(self.apply(nodes=-1), 422, "Invalid", r"spec\.nodes")

    def test_apply_with_a_stale_version_is_a_conflict(self):
        first = self.created(self.apply(nodes=2))
        self.ok(self.apply(nodes=3))
        document = applied(nodes=4)
        document["metadata"]["resourceVersion"] = str(version(first.json))
        self.refused(self.admin.apply(self.target, document), 409, "Conflict")

    def test_apply_with_the_uid_of_another_creates_nothing(self):
        document = applied(nodes=2)
        document["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000"
        answer = self.admin.apply(self.target, document)
        self.refused(answer, 409, "Conflict", "uid mismatch")

    def test_dry_run_of_an_apply(self):
        self.assertEqual(201, self.admin.apply(self.target, applied(nodes=2), dryRun="All").code)
        self.refused(self.admin.get(self.target), 404, "NotFound")


class ApplyListsTest(ConformanceCase):
    def apply(self, document, manager="tester", **query):
        kind = {"StatefulSet": "statefulsets", "Service": "services"}[document["kind"]]
        return self.admin.apply(self.path(kind, document["metadata"]["name"]), document, manager,
                                **query)

    def test_list_of_a_map_type_is_owned_by_key(self):
        answer = self.created(self.apply(documents.stateful_set())).json
        containers = entry(answer, "tester")["fieldsV1"]["f:spec"]["f:template"]["f:spec"][
            "f:containers"]
        self.assertEqual({'k:{"name":"main"}': {".": {}, "f:image": {}, "f:name": {}}}, containers)

    def test_two_managers_own_one_container_each(self):
        self.created(self.apply(documents.stateful_set()))
        other = documents.stateful_set()
        other["spec"] = {"template": {"spec": {"containers": [
            {"name": "side", "image": "example/side:1"}]}}}
        answer = self.ok(self.apply(other, "other"))
        names = [c["name"] for c in answer["spec"]["template"]["spec"]["containers"]]
        self.assertEqual(["main", "side"], names)
        answer = self.ok(self.apply(documents.stateful_set()))
        self.assertEqual(2, len(answer["spec"]["template"]["spec"]["containers"]))

    def test_ports_are_keyed_by_port_and_protocol(self):
        answer = self.created(self.apply(documents.service())).json
        self.assertEqual({'k:{"port":18444,"protocol":"TCP"}': {".": {}, "f:name": {}, "f:port": {}}},
                         entry(answer, "tester")["fieldsV1"]["f:spec"]["f:ports"])

    def test_drift_is_put_back_by_force(self):
        self.created(self.apply(documents.stateful_set(replicas=2)))
        target = self.path("statefulsets", "sts")
        self.ok(self.admin.patch(target, {"spec": {"replicas": 7}}, fieldManager="somebody"))
        answer = self.ok(self.apply(documents.stateful_set(replicas=2), force="true"))
        self.assertEqual(2, answer["spec"]["replicas"])

    def test_atomic_map_is_owned_as_one(self):
        answer = self.created(self.apply(documents.service())).json
        self.assertEqual({}, entry(answer, "tester")["fieldsV1"]["f:spec"]["f:selector"])

    def test_owner_references_are_keyed_by_uid(self):
        parent = self.create(documents.config_map())
        document = documents.service()
        document["metadata"]["ownerReferences"] = [documents.owner(parent)]
        answer = self.created(self.apply(document)).json
        uid = parent["metadata"]["uid"]
        fields = entry(answer, "tester")["fieldsV1"]["f:metadata"]["f:ownerReferences"]
        self.assertEqual({f'k:{{"uid":"{uid}"}}': {}}, fields)


class PatchTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.create(documents.config_map(data={"a": "1", "b": "2"}))
        self.target = self.path("configmaps", "map")

    def json_patch(self, *operations):
        return self.admin.patch(self.target, list(operations), client.JSON_PATCH)

    def test_merge_patch_sets_and_removes(self):
        answer = self.ok(self.admin.patch(self.target, {"data": {"a": None, "c": "3"}}))
        self.assertEqual({"b": "2", "c": "3"}, answer["data"])

    def test_json_patch(self):
        answer = self.ok(self.json_patch({"op": "test", "path": "/data/a", "value": "1"},
                                         {"op": "add", "path": "/data/c", "value": "3"},
                                         {"op": "remove", "path": "/data/b"},
                                         {"op": "replace", "path": "/data/a", "value": "0"}))
        self.assertEqual({"a": "0", "c": "3"}, answer["data"])

    def test_json_patch_whose_test_fails(self):
        answer = self.json_patch({"op": "test", "path": "/data/a", "value": "9"})
        self.refused(answer, 422, "Invalid", "the server rejected our request due to an error in "
                                             "our request")

    def test_json_patch_to_nowhere(self):
        answer = self.json_patch({"op": "remove", "path": "/data/zzz"})
        self.refused(answer, 422, "Invalid", "the server rejected our request due to an error in "
                                             "our request")

    def test_json_patch_that_is_none(self):
        answer = self.admin.patch(self.target, {"op": "add"}, client.JSON_PATCH)
        self.refused(answer, 400, "BadRequest", "error decoding patch")

    def test_strategic_merge_patch_merges_lists_by_key(self):
        self.create(documents.stateful_set())
        answer = self.ok(self.admin.patch(self.path("statefulsets", "sts"), {
            "spec": {"template": {"spec": {"containers": [
                {"name": "side", "image": "example/side:1"}]}}}}, client.STRATEGIC))
        containers = answer["spec"]["template"]["spec"]["containers"]
        self.assertEqual({"main", "side"}, {c["name"] for c in containers})

    def test_strategic_merge_patch_deletes_from_lists(self):
        self.create(documents.service(ports=[{"name": "a", "port": 1}, {"name": "b", "port": 2}]))
        answer = self.ok(self.admin.patch(self.path("services", "svc"), {
            "spec": {"ports": [{"port": 1, "$patch": "delete"}]}}, client.STRATEGIC))
        self.assertEqual(["b"], [p["name"] for p in answer["spec"]["ports"]])

    def test_merge_patch_replaces_lists(self):
        self.create(documents.service(ports=[{"name": "a", "port": 1}, {"name": "b", "port": 2}]))
        answer = self.ok(self.admin.patch(self.path("services", "svc"),
                                          {"spec": {"ports": [{"port": 3}]}}))
        self.assertEqual([3], [p["port"] for p in answer["spec"]["ports"]])

    def test_patch_cannot_rename(self):
        answer = self.admin.patch(self.target, {"metadata": {"name": "other"}})
        self.refused(answer, 400, "BadRequest", "does not match the name on the URL")
