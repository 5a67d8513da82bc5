"""DELETE, graceful deletion of pods, and the garbage collector. Facts rows 8, 10, 11."""

from .support import documents
from .support.case import ConformanceCase, version


class DeleteTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.network = self.create(documents.network())
        self.target = self.path("bitcoinnetworks", "net")

    def test_answer_is_a_status_with_the_uid(self):
        answer = self.ok(self.admin.delete(self.target))
        self.assertEqual(("Status", "Success"), (answer["kind"], answer["status"]))
        self.assertEqual({"name": "net", "group": documents.GROUP, "kind": "bitcoinnetworks",
                          "uid": self.network["metadata"]["uid"]}, answer["details"])

    def test_missing_object(self):
        self.ok(self.admin.delete(self.target))
        answer = self.refused(self.admin.delete(self.target), 404, "NotFound")
        self.assertEqual(f'bitcoinnetworks.{documents.GROUP} "net" not found', answer.message)

    def test_uid_as_precondition(self):
        answer = self.admin.delete(self.target, {"preconditions": {"uid": "wrong"}})
        self.refused(answer, 409, "Conflict",
                     r"the UID in the precondition \(wrong\) does not match the UID in record "
                     rf"\({self.network['metadata']['uid']}\)\. The object might have been deleted "
                     "and then recreated")
        self.ok(self.admin.delete(self.target, {
            "preconditions": {"uid": self.network["metadata"]["uid"]}}))

    def test_version_as_precondition(self):
        answer = self.admin.delete(self.target, {"preconditions": {"resourceVersion": "1"}})
        self.refused(answer, 409, "Conflict",
                     r"the ResourceVersion in the precondition \(1\) does not match the "
                     rf"ResourceVersion in record \({version(self.network)}\)\. The object might "
                     "have been modified")

    def test_dry_run_deletes_nothing(self):
        self.ok(self.admin.delete(self.target, dryRun="All"))
        self.assertNotIn("deletionTimestamp", self.read("bitcoinnetworks", "net")["metadata"])

    def test_collection_by_label(self):
        for name, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
            self.create(documents.config_map(name, labels={"colour": colour}))
        answer = self.ok(self.admin.delete(self.path("configmaps"), labelSelector="colour=red"))
        self.assertEqual("ConfigMapList", answer["kind"])
        left = self.admin.get(self.path("configmaps"), labelSelector="colour")["items"]
        self.assertEqual(["c"], [item["metadata"]["name"] for item in left])

    def test_unknown_propagation_policy(self):
        answer = self.admin.delete(self.target, {"propagationPolicy": "Sideways"})
        self.refused(answer, 422, "Invalid", "propagationPolicy")


class GracefulPodTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.create(documents.pod(nodeName="nowhere"))
        self.target = self.path("pods", "pod")

    def test_pod_on_a_node_stays_until_the_node_lets_go(self):
        answer = self.admin.delete(self.target)
        self.assertEqual((200, "Pod"), (answer.code, answer["kind"]), answer)
        stored = self.read("pods", "pod")["metadata"]
        self.assertEqual(30, stored["deletionGracePeriodSeconds"])
        self.assertIn("deletionTimestamp", stored)
        self.ok(self.admin.delete(self.target, {"gracePeriodSeconds": 0}))
        self.refused(self.admin.get(self.target), 404, "NotFound")

    def test_grace_may_be_shortened(self):
        self.ok(self.admin.delete(self.target))
        self.ok(self.admin.delete(self.target, {"gracePeriodSeconds": 5}))
        self.assertEqual(5, self.read("pods", "pod")["metadata"]["deletionGracePeriodSeconds"])
        self.ok(self.admin.delete(self.target, gracePeriodSeconds=0))

    def test_pod_without_a_node_is_gone_at_once(self):
        self.create(documents.pod("free", schedulerName="nobody"))
        self.ok(self.admin.delete(self.path("pods", "free")))
        self.refused(self.admin.get(self.path("pods", "free")), 404, "NotFound")
        self.ok(self.admin.delete(self.target, gracePeriodSeconds=0))


class GarbageCollectionTest(ConformanceCase):
    def child(self, name, *owners):
        return self.create(documents.config_map(name, ownerReferences=list(owners)))

    def gone(self, name):
        return self.admin.get(self.path("configmaps", name)).code == 404

    def remove(self, name, policy=None):
        body = {"propagationPolicy": policy} if policy else None
        return self.ok(self.admin.delete(self.path("configmaps", name), body))

    def test_dependents_follow_their_owner(self):
        owner = self.create(documents.config_map("owner"))
        self.child("child", documents.owner(owner))
        self.remove("owner")
        self.eventually("the child is collected", lambda: self.gone("child"))

    def test_dependents_of_a_network_follow_it(self):
        owner = self.create(documents.network())
        self.child("child", documents.owner(owner, controller=True, blockOwnerDeletion=True))
        self.ok(self.admin.delete(self.path("bitcoinnetworks", "net")))
        self.eventually("the child is collected", lambda: self.gone("child"), 60)

    def test_object_with_another_owner_left_stays(self):
        first = self.create(documents.config_map("first"))
        second = self.create(documents.config_map("second"))
        self.child("shared", documents.owner(first), documents.owner(second))
        self.child("witness", documents.owner(first))
        self.remove("first")
        self.eventually("the witness is collected", lambda: self.gone("witness"))

        def one_owner():
            found = self.read("configmaps", "shared")["metadata"]["ownerReferences"]
            return [o["name"] for o in found] == ["second"]
        self.eventually("the dead reference is taken out", one_owner)

    def test_owner_of_another_uid_is_no_owner(self):
        owner = self.create(documents.config_map("owner"))
        reference = {**documents.owner(owner), "uid": "00000000-0000-4000-8000-000000000000"}
        self.child("stray", reference)
        self.eventually("the stray is collected", lambda: self.gone("stray"))

    def test_orphans_stay(self):
        owner = self.create(documents.config_map("owner"))
        self.child("child", documents.owner(owner))
        self.remove("owner", "Orphan")
        self.eventually("the owner is gone", lambda: self.gone("owner"))
        self.assertNotIn("ownerReferences", self.read("configmaps", "child")["metadata"])

    def test_foreground_waits_for_blocking_dependents(self):
        owner = self.create(documents.config_map("owner"))
        self.create(documents.config_map(
            "child", finalizers=["example.com/hold"],
            ownerReferences=[documents.owner(owner, blockOwnerDeletion=True)]))
        answer = self.remove("owner", "Foreground")
        self.assertEqual(["foregroundDeletion"], answer["metadata"]["finalizers"])

        def terminating():
            return "deletionTimestamp" in self.read("configmaps", "child")["metadata"]
        self.eventually("the child is being deleted", terminating)
        self.assertFalse(self.gone("owner"))
        self.ok(self.admin.patch(self.path("configmaps", "child"),
                                 {"metadata": {"finalizers": None}}))
        self.eventually("the owner is gone", lambda: self.gone("owner"))

    def test_owner_reference_is_validated(self):
        answer = self.admin.post(self.path("configmaps"), documents.config_map(
            ownerReferences=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}]))
        self.refused(answer, 422, "Invalid", r"metadata\.ownerReferences\.uid: Invalid value: \"\": "
                                             "must not be empty")

    def test_one_controller_only(self):
        owner = self.create(documents.config_map("owner"))
        other = self.create(documents.config_map("other"))
        answer = self.admin.post(self.path("configmaps"), documents.config_map(ownerReferences=[
            documents.owner(owner, controller=True), documents.owner(other, controller=True)]))
        self.refused(answer, 422, "Invalid", "Only one reference can have Controller set to true")


class NamespaceTest(ConformanceCase):
    def test_namespace_takes_its_content_with_it(self):
        other = self.make_namespace()
        self.created(self.admin.post(self.path("configmaps", namespace=other),
                                     documents.config_map()))
        self.created(self.admin.post(self.path("bitcoinnetworks", namespace=other),
                                     documents.network()))
        answer = self.ok(self.admin.delete(f"/api/v1/namespaces/{other}"))
        self.assertEqual(("Namespace", "Terminating"), (answer["kind"], answer["status"]["phase"]))
        self.eventually("the namespace is gone",
                        lambda: self.admin.get(f"/api/v1/namespaces/{other}").code == 404, 60)
        self.assertEqual([], self.admin.get(self.path("configmaps", namespace=other))["items"])

    def test_nothing_is_created_in_a_terminating_namespace(self):
        other = self.make_namespace()
        self.created(self.admin.post(
            self.path("configmaps", namespace=other),
            documents.config_map("hold", finalizers=["example.com/hold"])))
        self.ok(self.admin.delete(f"/api/v1/namespaces/{other}"))
        answer = self.admin.post(self.path("configmaps", namespace=other), documents.config_map())
        self.refused(answer, 403, "Forbidden")
        self.assertEqual(f'configmaps "map" is forbidden: unable to create new content in '
                         f"namespace {other} because it is being terminated", answer.message)
        self.assertEqual([{"reason": "NamespaceTerminating", "field": "metadata.namespace",
                           "message": f"namespace {other} is being terminated"}],
                         answer["details"]["causes"])

    def test_new_namespace_is_active_and_labelled(self):
        found = self.ok(self.admin.get(f"/api/v1/namespaces/{self.namespace}"))
        self.assertEqual("Active", found["status"]["phase"])
        self.assertEqual(["kubernetes"], found["spec"]["finalizers"])
        self.assertEqual(self.namespace,
                         found["metadata"]["labels"]["kubernetes.io/metadata.name"])
