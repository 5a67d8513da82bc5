"""kubectl, command by command, as a user of the controller types it."""

import json
import os
import subprocess
import tempfile

from controlplane.account import USER

from .support import documents
from .support.case import ConformanceCase
from .support.target import TARGET

NETWORK = "btcnet/net"


class KubectlTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.kubectl = TARGET.kubectl()

    def run_here(self, *arguments, **more):
        return self.kubectl(*arguments, "-n", self.namespace, **more)

    def apply(self, document, *arguments):
        return self.run_here("apply", "-f", "-", *arguments, stdin=json.dumps(document)).strip()

    def make_network(self, **spec):
        return self.create(documents.network(**spec))

    # -- apply, edit, patch ------------------------------------------------------------

    def test_apply_creates_changes_and_leaves_alone(self):
        name = f"bitcoinnetwork.{documents.GROUP}/net"
        self.assertEqual(f"{name} created", self.apply(documents.network(nodes=2)))
        self.assertEqual(f"{name} unchanged", self.apply(documents.network(nodes=2)))
        self.assertEqual(f"{name} configured", self.apply(documents.network(nodes=4)))
        self.assertEqual(4, self.read("bitcoinnetworks", "net")["spec"]["nodes"])

    def test_apply_of_built_ins_merges_on_the_client(self):
        self.assertEqual("service/svc created", self.apply(documents.service()))
        self.assertEqual("service/svc unchanged", self.apply(documents.service()))
        self.assertEqual("service/svc configured", self.apply(documents.service(
            ports=[{"name": "p2p", "port": 18444}, {"name": "rpc", "port": 18443}])))
        self.assertEqual(2, len(self.read("services", "svc")["spec"]["ports"]))
        self.assertEqual("statefulset.apps/sts created", self.apply(documents.stateful_set()))
        self.assertEqual("statefulset.apps/sts unchanged", self.apply(documents.stateful_set()))

    def test_apply_on_the_server(self):
        name = f"bitcoinnetwork.{documents.GROUP}/net"
        applied = self.apply(documents.network(nodes=2), "--server-side")
        self.assertEqual(f"{name} serverside-applied", applied)
        with self.assertRaisesRegex(AssertionError, "conflict with \"kubectl\""):
            self.apply(documents.network(nodes=3), "--server-side", "--field-manager=other")
        self.apply(documents.network(nodes=3), "--server-side", "--field-manager=other",
                   "--force-conflicts")
        self.assertEqual(3, self.read("bitcoinnetworks", "net")["spec"]["nodes"])

    def test_misspelt_field_is_refused(self):
        with self.assertRaisesRegex(AssertionError, 'unknown field "spec.nods"'):
            self.apply(documents.network(nods=2))

    def test_diff_shows_the_change_alone(self):
        self.apply(documents.network(nodes=2))
        process = self.kubectl.attempt("diff", "-n", self.namespace, "-f", "-",
                                       stdin=json.dumps(documents.network(nodes=5)))
        self.assertEqual(1, process.returncode, process.stderr)
        self.assertIn("+  nodes: 5", process.stdout)

    def test_edit(self):
        self.make_network(nodes=2)
        with tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False) as editor:
            editor.write("#!/bin/sh\nsed -i 's/nodes: 2/nodes: 6/' \"$1\"\n")
        self.addCleanup(os.unlink, editor.name)
        os.chmod(editor.name, 0o700)
        subprocess.run(
            [self.kubectl.program, f"--kubeconfig={self.kubectl.kubeconfig}", "edit", NETWORK,
             "-n", self.namespace], env={**os.environ, "KUBE_EDITOR": editor.name}, check=True,
            timeout=60, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.assertEqual(6, self.read("bitcoinnetworks", "net")["spec"]["nodes"])

    def test_patch_in_three_kinds(self):
        self.make_network(nodes=2)
        self.run_here("patch", NETWORK, "--type=merge", "-p", '{"spec":{"nodes":3}}')
        self.run_here("patch", NETWORK, "--type=json",
                      "-p", '[{"op":"replace","path":"/spec/nodes","value":4}]')
        self.assertEqual(4, self.read("bitcoinnetworks", "net")["spec"]["nodes"])
        self.create(documents.service())
        self.run_here("patch", "svc/svc", "-p",
                      '{"spec":{"ports":[{"name":"rpc","port":18443}]}}')
        self.assertEqual(2, len(self.read("services", "svc")["spec"]["ports"]))

    def test_label_annotate_and_set(self):
        self.make_network()
        self.run_here("label", NETWORK, "team=red")
        self.run_here("annotate", NETWORK, "note=hello")
        found = self.read("bitcoinnetworks", "net")["metadata"]
        self.assertEqual(("red", "hello"), (found["labels"]["team"], found["annotations"]["note"]))

    # -- create ------------------------------------------------------------------------

    def test_create_from_flags(self):
        """kubectl has types for these and sends them in protobuf."""
        other = self.namespace + "-2"
        self.assertEqual(f"namespace/{other} created",
                         self.kubectl("create", "namespace", other).strip())
        self.addCleanup(self.kubectl, "delete", "namespace", other, "--wait=false")
        self.run_here("create", "secret", "generic", "s", "--from-literal=BC_RPC_USER=user")
        self.assertEqual({"BC_RPC_USER": "dXNlcg=="}, self.read("secrets", "s")["data"])
        self.run_here("create", "configmap", "c", "--from-literal=a=b")
        self.assertEqual({"a": "b"}, self.read("configmaps", "c")["data"])
        self.run_here("create", "serviceaccount", "sa")

    def test_list_of_several_documents(self):
        """kubectl checks the items of a List by OpenAPI v2, which it asks for in protobuf."""
        listed = {"apiVersion": "v1", "kind": "List",
                  "items": [documents.config_map("a"), documents.network()]}
        for verb in ("create", "apply"):
            with self.subTest(verb):
                printed = self.run_here(verb, "-f", "-", stdin=json.dumps(listed))
                self.assertIn("configmap/a", printed)
                self.assertIn(f"bitcoinnetwork.{documents.GROUP}/net", printed)
        listed["items"] = [documents.network("other", nods=2)]
        with self.assertRaisesRegex(AssertionError, 'unknown field .*nods'):
            self.run_here("create", "-f", "-", stdin=json.dumps(listed))

    def test_create_token(self):
        token = self.kubectl("create", "token", "bitcoin-controller-sva", "-n",
                             "bitcoin-controller", "--duration=1h").strip()
        holder = TARGET.stranger(token)
        self.addCleanup(holder.close)
        self.ok(holder.get(self.path("bitcoinnetworks")))

    # -- get ---------------------------------------------------------------------------

    def test_get_prints_columns(self):
        self.make_network(nodes=7)
        for name in ("btcnet", "bitcoinnetworks", "bitcoin", f"bitcoinnetwork.{documents.GROUP}"):
            with self.subTest(name):
                heading, row = self.run_here("get", name).splitlines()
                self.assertEqual("NAME NODES READY PEERS HEIGHT PHASE AGE".split(),
                                 heading.split())
                self.assertEqual(["net", "7"], row.split()[:2])
        wide = self.run_here("get", "btcnet", "-o", "wide")
        self.assertIn("CHAIN", wide)
        self.assertIn("regtest", wide)

    def test_get_several_kinds(self):
        self.make_network()
        self.create(documents.service())
        self.create(documents.stateful_set())
        printed = self.run_here("get", "btcnet,svc,sts")
        for text in (f"bitcoinnetwork.{documents.GROUP}/net", "service/svc", "statefulset.apps/sts",
                     "CLUSTER-IP", "0/0"):
            self.assertIn(text, printed)
        self.assertIn("service/svc", self.run_here("get", "all"))

    def test_get_as_jsonpath_and_by_selector(self):
        self.create(documents.network(metadata={"labels": {"team": "red"}}))
        self.assertEqual("regtest", self.run_here("get", NETWORK,
                                                  "-o", "jsonpath={.spec.chain}"))
        self.assertEqual(f"bitcoinnetwork.{documents.GROUP}/net",
                         self.run_here("get", "btcnet", "-l", "team=red", "-o", "name").strip())

    def test_nothing_found(self):
        process = self.kubectl.attempt("get", "btcnet", "-n", self.namespace)
        self.assertIn(f"No resources found in {self.namespace} namespace.", process.stderr)
        process = self.kubectl.attempt("get", NETWORK, "-n", self.namespace)
        self.assertIn(f'(NotFound): bitcoinnetworks.{documents.GROUP} "net" not found',
                      process.stderr)

    def test_get_watch_shows_changes(self):
        self.make_network(nodes=2)
        process = subprocess.Popen(
            [self.kubectl.program, f"--kubeconfig={self.kubectl.kubeconfig}", "get", "btcnet",
             "-w", "-n", self.namespace], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()  # the heading
        self.assertEqual(["net", "2"], process.stdout.readline().split()[:2])
        self.ok(self.admin.patch(self.path("bitcoinnetworks", "net"), {"spec": {"nodes": 5}}))
        self.assertEqual(["net", "5"], process.stdout.readline().split()[:2])

    def test_describe_shows_events(self):
        made = self.make_network()
        self.create({"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "Tested",
                     "message": "something happened", "metadata": {"name": "net.1"},
                     "involvedObject": {**documents.owner(made), "namespace": self.namespace},
                     "count": 1, "firstTimestamp": "2026-01-01T00:00:00Z",
                     "lastTimestamp": "2026-01-01T00:00:00Z"})
        printed = self.run_here("describe", NETWORK)
        self.assertRegex(printed, r"Nodes:\s+3")
        self.assertRegex(printed, r"Warning\s+Tested\s+.*something happened")
        self.assertIn("Tested", self.run_here("get", "events"))
        self.assertIn("Tested", self.run_here("events"))

    def test_explain(self):
        explained = self.kubectl("explain", "btcnet.spec")
        for text in ("KIND:       BitcoinNetwork", "nodes\t<integer> -required-", "FIELDS:"):
            self.assertIn(text, explained)
        self.assertIn("intervalSeconds", self.kubectl("explain", "btcnet.spec.mining"))

    def test_api_resources(self):
        printed = self.kubectl("api-resources", f"--api-group={documents.GROUP}")
        self.assertEqual(["bitcoinnetworks", "btcnet", f"{documents.GROUP}/v1", "true",
                          "BitcoinNetwork"], printed.splitlines()[1].split())

    def test_version(self):
        self.assertIn("Server Version: v1.", self.kubectl("version"))

    # -- scale, wait, delete -----------------------------------------------------------

    def test_scale(self):
        self.make_network(nodes=2)
        self.run_here("scale", NETWORK, "--replicas=5")
        self.assertEqual(5, self.read("bitcoinnetworks", "net")["spec"]["nodes"])
        self.create(documents.stateful_set())
        self.run_here("scale", "sts/sts", "--current-replicas=0", "--replicas=1")
        self.assertEqual(1, self.read("statefulsets", "sts")["spec"]["replicas"])

    def test_wait_for_a_value_and_a_condition(self):
        self.make_network(nodes=2)
        self.run_here("wait", NETWORK, "--for=jsonpath={.spec.nodes}=2", "--timeout=30s")
        condition = {"type": "Ready", "status": "True", "reason": "R", "message": "",
                     "lastTransitionTime": "2026-01-01T00:00:00Z"}
        self.ok(self.admin.patch(self.path("bitcoinnetworks", "net", "status"),
                                 {"status": {"conditions": [condition]}}))
        self.run_here("wait", NETWORK, "--for=condition=Ready", "--timeout=30s")

    def test_delete_waits_until_it_is_gone(self):
        self.make_network()
        printed = self.run_here("delete", NETWORK, "--timeout=30s")
        self.assertIn('"net" deleted', printed)
        self.refused(self.admin.get(self.path("bitcoinnetworks", "net")), 404, "NotFound")
        self.run_here("delete", NETWORK, "--ignore-not-found")

    def test_delete_waits_for_a_finalizer(self):
        self.create(documents.network(metadata={"finalizers": ["example.com/hold"]}))
        process = self.kubectl.attempt("delete", NETWORK, "-n", self.namespace, "--timeout=1s")
        self.assertIn("timed out waiting for the condition", process.stderr)

    def test_delete_all(self):
        self.make_network()
        self.run_here("delete", "btcnet", "--all", "--timeout=30s")
        self.assertEqual([], self.admin.get(self.path("bitcoinnetworks")).json["items"])

    def test_delete_namespace(self):
        other = self.make_namespace()
        self.kubectl("delete", "namespace", other, "--timeout=60s")
        self.refused(self.admin.get(f"/api/v1/namespaces/{other}"), 404, "NotFound")

    def test_replace(self):
        made = self.make_network(nodes=2)
        made["spec"]["nodes"] = 3
        self.run_here("replace", "-f", "-", stdin=json.dumps(made))
        self.assertEqual(3, self.read("bitcoinnetworks", "net")["spec"]["nodes"])

    # -- who may -----------------------------------------------------------------------

    def test_auth(self):
        self.assertEqual("yes", self.run_here("auth", "can-i", "delete", "btcnet").strip())
        process = self.kubectl.attempt("auth", "can-i", "delete", "btcnet", f"--as={USER}",
                                       "-n", self.namespace)
        self.assertEqual(("no", 1), (process.stdout.strip(), process.returncode))
        self.assertEqual("yes", self.run_here("auth", "can-i", "create", "statefulsets",
                                              f"--as={USER}").strip())
        listed = self.run_here("auth", "can-i", "--list", f"--as={USER}")
        self.assertRegex(listed, r"statefulsets\.apps\s+.*create")
        self.assertIn("system:masters", self.kubectl("auth", "whoami"))


class RunningPodsTest(ConformanceCase):
    """Needs nodes, which the real control plane of the tests has not."""

    def setUp(self):
        super().setUp()
        if TARGET.kind != "sim":
            self.skipTest("needs a cluster that runs pods")
        self.kubectl = TARGET.kubectl()
        self.create(documents.stateful_set(replicas=2))

    def test_rollout_status_waits_for_the_pods(self):
        printed = self.kubectl("rollout", "status", "sts/sts", "-n", self.namespace,
                               "--timeout=60s")
        self.assertIn("partitioned roll out complete", printed.replace("rolling update", "partitioned roll out"))
        rows = self.kubectl("get", "pods", "-n", self.namespace).splitlines()
        self.assertEqual("NAME READY STATUS RESTARTS AGE".split(), rows[0].split())
        self.assertEqual(["sts-0", "1/1", "Running", "0"], rows[1].split()[:4])

    def wait_ready(self):
        self.kubectl("wait", "pod/sts-0", "--for=condition=Ready", "-n", self.namespace,
                     "--timeout=60s")

    def logs(self, *arguments):
        return self.kubectl("logs", "sts-0", "-n", self.namespace, *arguments)

    def test_logs(self):
        self.wait_ready()
        lines = self.logs().splitlines()
        self.assertIn("Bitcoin Core version", lines[0])
        self.assertIn("init message: Done loading", lines[7])
        self.assertEqual(lines, self.logs().splitlines()[:len(lines)], "it is a record")
        self.assertEqual(2, len(self.logs("--tail=2").splitlines()))
        self.assertEqual(10, len(self.logs("--limit-bytes=10")))
        self.assertEqual("", self.logs("--since-time=2999-01-01T00:00:00Z"))
        self.assertEqual(len(lines), len(self.logs("--since=1h").splitlines()))
        stamp = lines[0].split()[0]
        self.assertEqual([stamp, stamp], self.logs("--timestamps").splitlines()[0].split()[:2])

    def test_logs_that_are_not_there(self):
        self.wait_ready()
        for arguments, text in ((["--previous"], 'previous terminated container "main" in pod '
                                                 '"sts-0" not found'),
                                (["-c", "nope"], "container nope is not valid for pod sts-0")):
            with self.subTest(arguments), self.assertRaisesRegex(AssertionError, text):
                self.logs(*arguments)

    def test_logs_are_followed_until_the_pod_goes(self):
        self.wait_ready()
        process = subprocess.Popen(
            [self.kubectl.program, f"--kubeconfig={self.kubectl.kubeconfig}", "logs", "-f", "sts-0",
             "-n", self.namespace], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertIn("Bitcoin Core version", process.stdout.readline())
        self.assertIsNone(process.poll())
        self.kubectl("delete", "pod", "sts-0", "-n", self.namespace, "--timeout=60s")
        process.stdout.read()
        self.assertEqual(0, process.wait(60))

    def test_pod_that_is_deleted_comes_back(self):
        self.kubectl("wait", "pod/sts-0", "--for=condition=Ready", "-n", self.namespace,
                     "--timeout=60s")
        before = self.read("pods", "sts-0")["metadata"]["uid"]
        self.kubectl("delete", "pod", "sts-0", "-n", self.namespace, "--timeout=60s")

        def anew():
            answer = self.admin.get(self.path("pods", "sts-0"))
            return answer.code == 200 and answer["metadata"]["uid"] != before
        self.eventually("a new pod", anew, 60)
