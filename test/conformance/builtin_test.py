"""Built-in kinds as the controller, kubectl and the tests use them."""

from .support import client, documents
from .support.case import ConformanceCase, version

POD_WAIT_S = 60


class ServiceTest(ConformanceCase):
    def test_defaults(self):
        spec = self.create(documents.service())["spec"]
        self.assertEqual(("ClusterIP", "None", "Cluster", "SingleStack", ["IPv4"]),
                         (spec["type"], spec["sessionAffinity"], spec["internalTrafficPolicy"],
                          spec["ipFamilyPolicy"], spec["ipFamilies"]))
        self.assertRegex(spec["clusterIP"], r"^10\.\d+\.\d+\.\d+$")
        self.assertEqual([spec["clusterIP"]], spec["clusterIPs"])
        self.assertEqual([{"name": "p2p", "port": 18444, "protocol": "TCP", "targetPort": 18444}],
                         spec["ports"])

    def test_headless(self):
        made = self.create(documents.service(clusterIP="None"))
        self.assertEqual(("None", ["None"]),
                         (made["spec"]["clusterIP"], made["spec"]["clusterIPs"]))
        self.assertEqual({"loadBalancer": {}}, made["status"])

    def test_cluster_ip_is_immutable(self):
        self.create(documents.service(clusterIP="None"))
        answer = self.admin.patch(self.path("services", "svc"), {"spec": {
            "clusterIP": "10.0.0.77", "clusterIPs": ["10.0.0.77"]}})
        self.refused(answer, 422, "Invalid", r"spec\.clusterIPs\[0\]: Invalid value: .*may not "
                                             "change once set")

    def test_ports_are_validated(self):
        answer = self.admin.post(self.path("services"), documents.service(ports=[{"port": 0}]))
        self.refused(answer, 422, "Invalid", r"spec\.ports\[0\]\.port: Invalid value: 0: must be "
                                             "between 1 and 65535, inclusive")

    def test_several_ports_need_names(self):
        answer = self.admin.post(self.path("services"),
                                 documents.service(ports=[{"port": 1}, {"port": 2}]))
        self.refused(answer, 422, "Invalid", r"spec\.ports\[0\]\.name: Required value")


class StatefulSetTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.target = self.path("statefulsets", "sts")

    def test_defaults(self):
        spec = self.create(documents.stateful_set())["spec"]
        self.assertEqual(("OrderedReady", 10, {"whenDeleted": "Retain", "whenScaled": "Retain"}),
                         (spec["podManagementPolicy"], spec["revisionHistoryLimit"],
                          spec["persistentVolumeClaimRetentionPolicy"]))
        self.assertEqual({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                         spec["updateStrategy"])
        template = spec["template"]["spec"]
        self.assertEqual(("Always", "ClusterFirst", 30, "default-scheduler", {}),
                         (template["restartPolicy"], template["dnsPolicy"],
                          template["terminationGracePeriodSeconds"], template["schedulerName"],
                          template["securityContext"]))
        self.assertEqual({"name": "main", "image": "example/image:1", "resources": {},
                          "imagePullPolicy": "IfNotPresent",
                          "terminationMessagePath": "/dev/termination-log",
                          "terminationMessagePolicy": "File"}, template["containers"][0])

    def test_immutable_fields(self):
        self.create(documents.stateful_set())
        for change in ({"serviceName": "other"}, {"podManagementPolicy": "Parallel"},
                       {"selector": {"matchLabels": {"x": "y"}}}):
            with self.subTest(change):
                answer = self.admin.patch(self.target, {"spec": change})
                self.refused(answer, 422, "Invalid",
                             "spec: Forbidden: updates to statefulset spec for fields other than "
                             "'replicas', 'ordinals', 'template', 'updateStrategy', "
                             "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                             "'minReadySeconds' are forbidden")

    def test_selector_must_fit_the_template(self):
        document = documents.stateful_set(selector={"matchLabels": {"app": "other"}})
        answer = self.admin.post(self.path("statefulsets"), document)
        self.refused(answer, 422, "Invalid", r"spec\.template\.metadata\.labels: Invalid value: .*"
                                             "`selector` does not match template `labels`")

    def test_template_needs_containers(self):
        document = documents.stateful_set()
        document["spec"]["template"]["spec"]["containers"] = []
        answer = self.admin.post(self.path("statefulsets"), document)
        self.refused(answer, 422, "Invalid",
                     r"spec\.template\.spec\.containers: Required value")

    def test_negative_replicas(self):
        answer = self.admin.post(self.path("statefulsets"), documents.stateful_set(replicas=-1))
        self.refused(answer, 422, "Invalid",
                     r"spec\.replicas: Invalid value: -1: must be greater than or equal to 0")

    def test_generation_follows_the_spec(self):
        self.create(documents.stateful_set())
        answer = self.ok(self.admin.patch(self.target, {"spec": {"replicas": 1}}))
        self.assertEqual(2, answer["metadata"]["generation"])
        answer = self.ok(self.admin.patch(self.target, {"metadata": {"labels": {"a": "b"}}}))
        self.assertEqual(2, answer["metadata"]["generation"])

    def test_scheduling_weight_is_validated(self):
        document = documents.stateful_set()
        document["spec"]["template"]["spec"]["affinity"] = {"nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1000, "preference": {
                "matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}}
        answer = self.admin.post(self.path("statefulsets"), document)
        self.refused(answer, 422, "Invalid", r"weight: Invalid value: 1000: must be in the range "
                                             "1-100")


class StatefulSetControllerTest(ConformanceCase):
    def start(self, replicas, **spec):
        self.create(documents.stateful_set(replicas=replicas, podManagementPolicy="Parallel",
                                           **spec))

    def names(self):
        found = self.ok(self.admin.get(self.path("pods"), labelSelector="app=sts"))["items"]
        return sorted(p["metadata"]["name"] for p in found)

    def wait_pods(self, count):
        wanted = [f"sts-{n}" for n in range(count)]
        self.eventually(lambda: f"the pods are {wanted}; they are {self.names()}",
                        lambda: self.names() == wanted, POD_WAIT_S)

    def test_pods_have_names_labels_owner_and_domain(self):
        self.start(2)
        self.wait_pods(2)
        owner = self.read("statefulsets", "sts")
        found = self.read("pods", "sts-1")
        labels = found["metadata"]["labels"]
        self.assertEqual(("sts-1", "1", "sts"), (
            labels["statefulset.kubernetes.io/pod-name"], labels["apps.kubernetes.io/pod-index"],
            labels["app"]))
        self.assertEqual([documents.owner(owner, controller=True, blockOwnerDeletion=True)],
                         found["metadata"]["ownerReferences"])
        self.assertEqual("sts-", found["metadata"]["generateName"])
        self.assertEqual(("sts-1", "sts"), (found["spec"]["hostname"], found["spec"]["subdomain"]))
        revision = self.eventually(
            "the status", lambda: self.read("statefulsets", "sts")["status"].get("updateRevision"))
        self.assertEqual(revision, labels["controller-revision-hash"])

    def test_status_counts(self):
        self.start(2)

        def counted():
            status = self.read("statefulsets", "sts")["status"]
            return status.get("replicas") == 2 and status.get("observedGeneration") == 1 and status
        status = self.eventually("two replicas", counted, POD_WAIT_S)
        self.assertEqual(status["currentRevision"], status["updateRevision"])
        self.assertIn("availableReplicas", status)

    def test_scaling_down_takes_the_highest(self):
        self.start(3)
        self.wait_pods(3)
        self.ok(self.admin.patch(self.path("statefulsets", "sts"), {"spec": {"replicas": 1}}))
        self.wait_pods(1)

    def test_deleted_pod_comes_back_with_a_new_uid(self):
        self.start(1)
        self.wait_pods(1)
        before = self.read("pods", "sts-0")["metadata"]["uid"]
        self.ok(self.admin.delete(self.path("pods", "sts-0"), gracePeriodSeconds=0))

        def anew():
            answer = self.admin.get(self.path("pods", "sts-0"))
            return answer.code == 200 and answer["metadata"]["uid"] != before
        self.eventually("a new pod", anew, POD_WAIT_S)

    def test_claims_of_the_templates(self):
        self.start(1, volumeClaimTemplates=[{"metadata": {"name": "data"}, "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}}])
        self.wait_pods(1)
        claim = self.read("persistentvolumeclaims", "data-sts-0")
        self.assertEqual("1Gi", claim["spec"]["resources"]["requests"]["storage"])
        volumes = {v["name"]: v for v in self.read("pods", "sts-0")["spec"]["volumes"]}
        self.assertEqual({"claimName": "data-sts-0"}, volumes["data"]["persistentVolumeClaim"])

    def test_pods_go_with_their_set(self):
        self.start(1)
        self.wait_pods(1)
        self.ok(self.admin.delete(self.path("statefulsets", "sts")))
        self.wait_pods(0)


class PodTest(ConformanceCase):
    def test_defaults(self):
        made = self.create(documents.pod(nodeName="nowhere"))
        self.assertEqual(("Pending", "BestEffort"),
                         (made["status"]["phase"], made["status"]["qosClass"]))
        self.assertEqual(("Always", "default", True),
                         (made["spec"]["restartPolicy"], made["spec"]["serviceAccountName"],
                          made["spec"]["enableServiceLinks"]))
        self.admin.delete(self.path("pods", "pod"), gracePeriodSeconds=0)

    def test_status_is_written_as_a_node_does(self):
        self.create(documents.pod(nodeName="nowhere"))
        answer = self.ok(self.admin.patch(self.path("pods", "pod", "status"), {"status": {
            "phase": "Running", "podIP": "10.1.2.3", "podIPs": [{"ip": "10.1.2.3"}],
            "conditions": [{"type": "Ready", "status": "True"}]}}, client.STRATEGIC))
        self.assertEqual("10.1.2.3", answer["status"]["podIP"])
        self.assertIn(("Ready", "True"),
                      [(c["type"], c["status"]) for c in answer["status"]["conditions"]])
        self.admin.delete(self.path("pods", "pod"), gracePeriodSeconds=0)

    def test_pod_is_bound_once(self):
        # A scheduler that is not there leaves the pod to the case.
        self.create(documents.pod(schedulerName="nobody"))
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "pod"},
                   "target": {"kind": "Node", "name": "somewhere"}}
        self.created(self.admin.post(self.path("pods", "pod", "binding"), binding))
        found = self.read("pods", "pod")
        self.assertEqual("somewhere", found["spec"]["nodeName"])
        self.assertIn(("PodScheduled", "True"),
                      [(c["type"], c["status"]) for c in found["status"]["conditions"]])
        answer = self.admin.post(self.path("pods", "pod", "binding"), binding)
        self.refused(answer, 409, "Conflict", "already assigned to node")
        self.admin.delete(self.path("pods", "pod"), gracePeriodSeconds=0)

    def test_image_may_change_and_little_else(self):
        self.create(documents.pod(nodeName="nowhere"))
        target = self.path("pods", "pod")
        self.ok(self.admin.patch(target, {"spec": {"containers": [
            {"name": "main", "image": "example/image:2"}]}}, client.STRATEGIC))
        answer = self.admin.patch(target, {"spec": {"hostname": "other"}})
        self.refused(answer, 422, "Invalid", "pod updates may not change fields other than")
        self.admin.delete(target, gracePeriodSeconds=0)


class EventTest(ConformanceCase):
    def document(self, **more):
        return {"apiVersion": "v1", "kind": "Event", "type": "Normal", "reason": "Tested",
                "message": "it was", "metadata": {"name": "net.1", "namespace": self.namespace},
                "involvedObject": {"kind": "BitcoinNetwork", "name": "net",
                                   "namespace": self.namespace,
                                   "apiVersion": f"{documents.GROUP}/v1"},
                "source": {"component": "conformance"}, "count": 1,
                "firstTimestamp": "2026-01-01T00:00:00Z",
                "lastTimestamp": "2026-01-01T00:00:00Z", **more}

    def test_event_is_made_and_counted_up(self):
        made = self.create(self.document())
        answer = self.ok(self.admin.patch(self.path("events", "net.1"), {
            "count": 2, "lastTimestamp": "2026-01-01T00:01:00Z"}, client.STRATEGIC))
        self.assertEqual(2, answer["count"])
        self.assertGreater(version(answer.json), version(made))

    def test_events_are_found_by_fields(self):
        self.create(self.document())
        for selector, count in (("involvedObject.name=net", 1), ("involvedObject.name=x", 0),
                                ("reason=Tested,involvedObject.kind=BitcoinNetwork", 1),
                                ("type=Warning", 0)):
            with self.subTest(selector):
                found = self.ok(self.admin.get(self.path("events"), fieldSelector=selector))
                self.assertEqual(count, len(found["items"]))

    def test_event_belongs_to_the_namespace_of_its_object(self):
        document = self.document()
        document["involvedObject"]["namespace"] = "default"
        answer = self.admin.post(self.path("events"), document)
        self.refused(answer, 422, "Invalid", r"involvedObject\.namespace: Invalid value: "
                                             r"\"default\": does not match event\.namespace")


class LeaseTest(ConformanceCase):
    def test_renewal_of_an_old_lease_is_a_conflict(self):
        made = self.create({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                            "metadata": {"name": "lead"}, "spec": {
                                "holderIdentity": "a", "leaseDurationSeconds": 15,
                                "renewTime": "2026-01-01T00:00:00.000000Z"}})
        target = self.path("leases", "lead")
        made["spec"]["holderIdentity"] = "b"
        self.ok(self.admin.put(target, made))
        made["spec"]["holderIdentity"] = "c"
        self.refused(self.admin.put(target, made), 409, "Conflict")


class LogTest(ConformanceCase):
    def test_log_of_a_pod_that_is_not_there(self):
        answer = self.admin.get(self.path("pods", "none", "log"))
        self.refused(answer, 404, "NotFound", 'pods "none" not found')

    def test_log_of_a_pod_without_a_node(self):
        self.create(documents.pod(schedulerName="nobody"))
        answer = self.admin.get(self.path("pods", "pod", "log"))
        self.assertEqual((204, ""), (answer.code, answer.text))
