"""The program itself: start, mistakes of its user, chaos, an outage. Only of the simulated cluster."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time

from controlplane import binaries
from controlplane.simulated import SimulatedPlane

from .support import documents
from .support.case import ConformanceCase
from .support.client import Client
from .support.target import TARGET

CHAOS = "/sim/chaos"
QUIET = {"refused": 0, "lost": 0, "truncated": 0, "slow": 0, "cuts": 0, "compactions": 0,
         "podKills": 0, "drift": 0, "everyone": False}
ALWAYS = 600  # a minute: many times a second
PAUSE_S = 0.2


class ServeTest(ConformanceCase):
    def setUp(self):
        if TARGET.kind != "sim":
            self.skipTest("is about the simulated cluster")
        super().setUp()

    def serve(self, *arguments):
        return subprocess.run([binaries.simulator(), "serve", *arguments], timeout=60, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)


class CommandLineTest(ServeTest):
    def test_help_names_every_option(self):
        shown = self.serve("--help")
        self.assertEqual(0, shown.returncode)
        for option in ("--directory", "--address", "--port", "--speed", "--no-pods", "--chaos",
                       "--seed"):
            self.assertIn(option, shown.stdout)

    def test_mistake_is_named_and_ends_with_an_error(self):
        for arguments, text in ((["--prot=1"], "--prot"),
                                (["--port=x"], "--port"),
                                (["--port=70000"], "--port"),
                                (["--speed=0"], "--speed"),
                                (["--address=nowhere"], "nowhere"),
                                (["--repository=/nonexistent"], "cannot read /nonexistent/deploy/")):
            with self.subTest(arguments):
                ended = self.serve(*arguments)
                self.assertNotEqual(0, ended.returncode)
                self.assertIn(text, ended.stderr)

    def test_busy_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ended = self.serve(f"--port={port}")
        self.assertEqual(1, ended.returncode)
        self.assertIn(f"cannot listen on 127.0.0.1:{port}: Address already in use", ended.stderr)

    def test_directory_that_cannot_be_made_is_named(self):
        with tempfile.NamedTemporaryFile() as file:
            ended = self.serve(f"--directory={file.name}/below")
            self.assertEqual(1, ended.returncode)
            self.assertIn(file.name, ended.stderr)

    def test_kubeconfig_that_cannot_be_written_is_named(self):
        with tempfile.TemporaryDirectory() as directory:
            os.mkdir(os.path.join(directory, "admin.kubeconfig"))
            ended = self.serve(f"--directory={directory}")
        self.assertEqual(1, ended.returncode)
        self.assertIn("admin.kubeconfig", ended.stderr)

    def test_temporary_directory_goes_with_the_server(self):
        process = subprocess.Popen([binaries.simulator(), "serve"], stdout=subprocess.PIPE,
                                   text=True)
        line = process.stdout.readline()
        kubeconfig = re.search("KUBECONFIG='(.*)'", line).group(1)
        while "serving" not in line:
            line = process.stdout.readline()
            self.assertTrue(line)
        self.assertTrue(os.path.exists(kubeconfig))
        process.terminate()
        process.stdout.close()
        self.assertEqual(0, process.wait(20))
        self.assertFalse(os.path.exists(os.path.dirname(kubeconfig)))


class ChaosTest(ServeTest):
    """On a cluster of its own, because the others are not to notice. Pods run fast."""

    def setUp(self):
        super().setUp()
        self.plane = SimulatedPlane(["--speed=20"])
        self.addCleanup(self.plane.stop)
        self.plane.start()
        self.person = Client(self.plane.admin_kubeconfig)
        self.addCleanup(self.person.close)

    def machine(self):
        """The controller's account; a new connection, since chaos may have cut the last."""
        client = Client(self.plane.path("controller.kubeconfig"))
        self.addCleanup(client.close)
        return client

    def set(self, **settings):
        answer = self.ok(self.person.post(CHAOS, settings))
        for name, value in settings.items():
            self.assertEqual(value, answer[name])

    def ask(self):
        """Code of an answer to the machine, or the name of what happened instead."""
        try:
            return self.machine().get("/api/v1/pods").code
        except Exception as error:  # pylint: disable=broad-except
            return type(error).__name__

    def run_set(self):
        self.created(self.person.post(documents.path("statefulsets", "default"),
                                      self.owned(documents.stateful_set(replicas=2))))
        self.eventually("both pods are ready", lambda: self.stateful_set()["status"].get(
            "readyReplicas") == 2)

    def owned(self, document):
        made = self.created(self.person.post(documents.path("bitcoinnetworks", "default"),
                                             documents.network())).json
        document["metadata"]["ownerReferences"] = [{**documents.owner(made), "controller": True}]
        return document

    def stateful_set(self):
        return self.ok(self.person.get(documents.path("statefulsets", "default", "sts"))).json

    def test_settings_are_shown_and_a_mistake_is_refused(self):
        self.assertEqual({**QUIET, "delayMs": 2000}, self.ok(self.person.get(CHAOS)).json)
        self.refused(self.person.post(CHAOS, {"lots": 1}), 400, "BadRequest", "chaos: lots")
        self.refused(self.person.post(CHAOS, {"lost": 2}), 400, "BadRequest", "from 0 to 1")

    def test_nobody_else_may_turn_it_on(self):
        self.assertEqual(403, self.machine().post(CHAOS, {"lost": 1}).code)

    def test_refused_requests(self):
        self.set(refused=1)
        self.assertLessEqual({self.ask() for _ in range(40)}, {429, 500, 503, 504})
        self.ok(self.person.get("/api/v1/pods"))  # people are spared

    def test_lost_and_truncated_answers(self):
        self.set(lost=1)
        self.assertEqual("RemoteDisconnected", self.ask())
        self.set(lost=0, truncated=1)
        self.assertEqual("IncompleteRead", self.ask())
        self.set(**QUIET)
        self.assertEqual(200, self.ask())

    def test_slow_answers(self):
        self.set(slow=1, delayMs=400)
        began = time.monotonic()
        for _ in range(8):
            self.assertEqual(200, self.ask())
        self.assertGreater(time.monotonic() - began, PAUSE_S)

    def test_everyone_means_people_too(self):
        self.set(refused=1, everyone=True)
        self.assertIn(self.person.get("/api/v1/pods").code, (429, 500, 503, 504))
        self.set(**QUIET)
        self.ok(self.person.get("/api/v1/pods"))

    def test_cut_watches(self):
        with self.person.watch("/api/v1/pods") as stream:
            self.set(cuts=ALWAYS)
            with self.assertRaises(Exception):
                self.assertIsNone(stream.next())
                raise EOFError

    def test_compaction_forgets_history(self):
        start = self.person.get("/api/v1/pods")["metadata"]["resourceVersion"]
        self.set(compactions=ALWAYS)
        self.created(self.person.post("/api/v1/namespaces/default/configmaps",
                                      documents.config_map()))

        def expired():
            with self.person.watch("/api/v1/configmaps", resourceVersion=start,
                                   timeoutSeconds="1") as stream:
                event = stream.next()
                return event and event["type"] == "ERROR" and event["object"]["code"] == 410
        self.eventually("the old version is too old", expired)

    def test_pods_are_broken(self):
        self.run_set()
        def fates():
            pods = self.person.get("/api/v1/pods").json["items"]
            return {(p["metadata"]["uid"], p["status"].get("podIP"), p["status"].get("phase"),
                     json.dumps(p["status"].get("containerStatuses"))) for p in pods}
        before = fates()
        self.set(podKills=ALWAYS)
        self.eventually("a pod has changed", lambda: fates() != before)

    def test_children_drift(self):
        self.run_set()
        before = self.stateful_set()
        self.set(drift=ALWAYS)

        def drifted():
            now = self.stateful_set()
            return (now["spec"]["replicas"] != 2
                    or now["metadata"].get("labels") != before["metadata"].get("labels"))
        self.eventually("somebody has edited the StatefulSet", drifted)

    def test_outage_keeps_what_is_stored(self):
        self.created(self.person.post("/api/v1/namespaces/default/configmaps",
                                      documents.config_map()))
        with self.plane.server_killed():
            self.assertEqual("ConnectionRefusedError", self.ask())
        self.assertEqual(200, self.ask())
        self.person.close()
        self.ok(self.person.get("/api/v1/namespaces/default/configmaps/map"))
