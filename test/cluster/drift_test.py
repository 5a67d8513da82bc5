"""Somebody else writes to a child: what we own is put back, what we do not own stays."""

import difflib
import json

from .support.case import ClusterCase
from .support.networks import RICH_SPEC

CONTAINER = "/spec/template/spec/containers/0"
VOLUMES = "/spec/template/spec/volumes"

# One edit per row, as a JSON patch: every field that the controller owns and the API server lets
# somebody change.
STATEFUL_SET_EDITS = [
    ("replicas", "replace", "/spec/replicas", 9),
    ("image", "replace", f"{CONTAINER}/image", "example/other:1"),
    ("image pull policy", "replace", f"{CONTAINER}/imagePullPolicy", "Never"),
    ("a port", "replace", f"{CONTAINER}/ports/0/containerPort", 1),
    ("a port's name", "replace", f"{CONTAINER}/ports/1/name", "other"),
    ("a port gone", "remove", f"{CONTAINER}/ports/1", None),
    ("the configuration's Secret", "replace", f"{VOLUMES}/0/secret/secretName", "other"),
    ("a file of the configuration", "replace", f"{VOLUMES}/0/secret/items/0/path", "other"),
    ("where the data are", "replace", f"{CONTAINER}/volumeMounts/0/mountPath", "/other"),
    ("the command", "replace", f"{CONTAINER}/command", ["sh"]),
    ("an argument", "add", f"{CONTAINER}/args/-", "-connect=0"),
    ("root", "replace", "/spec/template/spec/securityContext/runAsUser", 0),
    ("seccomp", "remove", "/spec/template/spec/securityContext/seccompProfile", None),
    ("a privilege", "replace", f"{CONTAINER}/securityContext/allowPrivilegeEscalation", True),
    ("a capability", "remove", f"{CONTAINER}/securityContext/capabilities", None),
    ("a probe", "replace", f"{CONTAINER}/readinessProbe/exec/command", ["true"]),
    ("a probe's pace", "replace", f"{CONTAINER}/livenessProbe/periodSeconds", 7),
    ("a probe of another kind", "replace", f"{CONTAINER}/readinessProbe",
     {"tcpSocket": {"port": 1}}),
    ("data on the machine", "replace", f"{VOLUMES}/1", {"name": "data", "hostPath": {"path": "/"}}),
    ("a probe gone", "remove", f"{CONTAINER}/startupProbe", None),
    ("the time to end", "replace", "/spec/template/spec/terminationGracePeriodSeconds", 1),
    ("a request", "replace", f"{CONTAINER}/resources/requests/cpu", "7m"),
    ("a limit gone", "remove", f"{CONTAINER}/resources/limits/memory", None),
    ("pull secrets", "remove", "/spec/template/spec/imagePullSecrets", None),
    ("node selector", "replace", "/spec/template/spec/nodeSelector/disk", "hdd"),
    ("tolerations", "remove", "/spec/template/spec/tolerations", None),
    ("affinity", "remove", "/spec/template/spec/affinity", None),
    ("spread", "replace", "/spec/template/spec/topologySpreadConstraints/0/maxSkew", 5),
    ("service account token", "replace", "/spec/template/spec/automountServiceAccountToken", True),
    ("service links", "replace", "/spec/template/spec/enableServiceLinks", True),
    ("a pod label of the user", "replace", "/spec/template/metadata/labels/team", "blue"),
    ("a pod label of ours", "replace",
     "/spec/template/metadata/labels/app.kubernetes.io~1instance", "x"),
    ("a pod annotation", "replace", "/spec/template/metadata/annotations/note", "bye"),
    ("update strategy", "replace", "/spec/updateStrategy", {"type": "OnDelete"}),
    ("the label app", "replace", "/metadata/labels/app", "x"),
    ("the label that our watch selects", "remove",
     "/metadata/labels/app.kubernetes.io~1managed-by", None),
]
SERVICE_EDITS = [
    ("selector", "replace", "/spec/selector", {"app": "other"}),
    ("selector gone", "remove", "/spec/selector", None),
    ("a port", "replace", "/spec/ports/0/port", 1),
    ("a target port", "replace", "/spec/ports/1/targetPort", 2),
    ("a port gone", "remove", "/spec/ports/1", None),
    ("not ready addresses", "replace", "/spec/publishNotReadyAddresses", False),
    ("a label", "replace", "/metadata/labels/app.kubernetes.io~1name", "x"),
    ("the label that our watch selects", "replace",
     "/metadata/labels/app.kubernetes.io~1managed-by", "x"),
]


def owned(child):
    """What must be as before: all of the spec, and the labels. As text of one field per line."""
    document = {"spec": child["spec"], "labels": child["metadata"]["labels"]}
    return json.dumps(document, indent=1, sort_keys=True).splitlines()


def difference(before, after):
    return "\n".join(line for line in difflib.unified_diff(before, after, lineterm="", n=2))


class DriftTest(ClusterCase):
    def test_scaled_stateful_set_is_put_back(self):
        self.start_controller()
        self.create_network(nodes=3)
        self.wait_children()

        self.kubectl("scale", "-n", self.namespace, "sts/net-sts", "--replicas=7")

        self.wait_children()
        self.eventually("an Event", lambda: self.events("DriftCorrected"))
        self.assertIn("net-sts", self.events("DriftCorrected")[0])

    def test_each_edited_field_of_the_stateful_set_is_put_back(self):
        self.check_edits("sts", STATEFUL_SET_EDITS)

    def test_each_edited_field_of_the_service_is_put_back(self):
        self.check_edits("svc", SERVICE_EDITS)

    def check_edits(self, kind, edits):
        """Each edit has a network of its own, so that one which fails spoils no other."""
        self.start_controller()
        for number, (title, operation, path, value) in enumerate(edits):
            with self.subTest(title):
                name = f"net{number}"
                self.create_network(name, **RICH_SPEC)
                self.wait_children(name)
                patch = {"op": operation, "path": path}
                if operation != "remove":
                    patch["value"] = value
                self.check_edit(f"{kind}/{name}-{kind}", patch)

    def check_edit(self, target, patch):
        before = self.get(target)
        self.patch(target, [patch], kind="json")

        def now():
            return self.get(target)
        self.eventually(
            lambda: f"the edit is put back: {difference(owned(before), owned(now()))}",
            lambda: owned(now()) == owned(before), 10)
        # A new version, so the edit did take place; the same uid, so nothing was deleted for it.
        self.assertNotEqual(before["metadata"]["resourceVersion"],
                            now()["metadata"]["resourceVersion"])
        self.assertEqual(before["metadata"]["uid"], now()["metadata"]["uid"])

    def test_others_labels_and_annotations_live_on(self):
        self.start_controller()
        self.create_network()
        self.wait_children()
        self.patch("sts/net-sts", {
            "metadata": {"labels": {"theirs": "a"}, "annotations": {"theirs": "b"}},
            "spec": {"revisionHistoryLimit": 3}})

        self.patch("sts/net-sts", {"spec": {"replicas": 9}})
        _, stateful_set = self.wait_children()

        self.assertEqual("a", stateful_set["metadata"]["labels"]["theirs"])
        self.assertEqual("b", stateful_set["metadata"]["annotations"]["theirs"])
        self.assertEqual(3, stateful_set["spec"]["revisionHistoryLimit"])

    def test_fields_taken_out_of_the_spec_leave_the_children(self):
        self.start_controller()
        self.create_network(**RICH_SPEC)
        self.wait_children()

        self.patch("btcnet/net", {"spec": {**{field: None for field in RICH_SPEC},
                                           "nodes": 4}})

        def template():
            spec = self.get("sts/net-sts")["spec"]["template"]
            return {**spec["spec"], **spec["metadata"]}
        leftovers = ("imagePullSecrets", "nodeSelector", "tolerations", "affinity",
                     "topologySpreadConstraints")
        self.eventually(lambda: f"the fields go; the template is {template()}",
                        lambda: not any(field in template() for field in leftovers))
        self.assertNotIn("team", template()["labels"])
        self.assertNotIn("note", template()["annotations"])
        self.assertEqual({"requests": {"cpu": "100m", "memory": "256Mi"},
                          "limits": {"memory": "512Mi"}}, template()["containers"][0]["resources"])

    def test_drift_is_left_while_paused_and_put_back_after(self):
        self.start_controller()
        self.create_network(nodes=2)
        self.wait_children()
        self.patch("btcnet/net", {"spec": {"paused": True}})
        self.eventually("the phase is Paused",
                        lambda: self.get("btcnet/net")["status"]["phase"] == "Paused")

        self.patch("sts/net-sts", {"spec": {"replicas": 5}})
        # The status shows that the controller has seen the drift, so it has had its chance.
        self.eventually("the status shows five replicas",
                        lambda: self.get("btcnet/net")["status"]["replicas"] == 5)
        self.assertEqual(5, self.get("sts/net-sts")["spec"]["replicas"])

        self.patch("btcnet/net", {"spec": {"paused": False}})
        self.wait_children()
