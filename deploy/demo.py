"""The demo behind demo.sh."""

import argparse
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test"))

from bitcoin.support.node import NODE, why_impossible  # noqa: E402
from controlplane import binaries, wait  # noqa: E402
from controlplane.account import Account  # noqa: E402
from controlplane.controller import Controller  # noqa: E402
from controlplane.kubectl import Kubectl  # noqa: E402
from controlplane.plane import ControlPlane  # noqa: E402
from controlplane.simulated import SimulatedPlane  # noqa: E402

NAME = "my-network"
MANIFESTS = ("crd.yaml", "rbac.yaml")
MINING = {"spec": {"mining": {"intervalSeconds": 2}}}
START_S = 180.0
WATCH_AGAIN_S = 1.0
DRIFT = "--field-selector=reason=DriftCorrected"


def say(text):
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


class Impossible(Exception):
    """What was asked for cannot be done here; the text says why, and what can."""


class Demo:
    """`kubectl` and `directory` are all that a node or a controller of ours needs to know."""

    def __init__(self, options, stack):
        self.options = options
        self.stack = stack
        self.namespace = f"demo-{secrets.token_hex(3)}"
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="bitcoin-demo-"))
        self.kubectl = None
        self.controller = None
        self.no_bitcoind = why_impossible()
        self.runs_bitcoind = False

    # -- setting the scene --------------------------------------------------------------

    def connect(self):
        self.runs_bitcoind = not self.options.kubeconfig and not self.no_bitcoind
        manifests = [binaries.manifest(name) for name in MANIFESTS]
        if self.options.kubeconfig:
            self.kubectl = Kubectl(binaries.kubectl(), self.options.kubeconfig)
            say(f"your cluster, {self.kubectl.cluster()['server']}")
            self.lend_node_to_cluster_without()
            for manifest in manifests:
                self.kubectl("apply", "-f", manifest)
            self.stack.callback(print, "left in your cluster: the CRD, and the namespace and "
                                "ClusterRole of deploy/rbac.yaml")
        elif self.options.real:
            say("a control plane: etcd, kube-apiserver, kube-controller-manager")
            self.kubectl = self.start_plane(ControlPlane(), manifests)
        else:
            say("an in-memory Kubernetes cluster")
            arguments = ["--no-pods"] if self.runs_bitcoind else []
            self.kubectl = self.start_plane(SimulatedPlane(arguments), manifests)
        self.kubectl("create", "namespace", self.namespace)
        self.stack.callback(self.kubectl.attempt, "delete", "namespace", self.namespace,
                            "--wait=false")

    def lend_node_to_cluster_without(self):
        """A control plane alone runs no pod."""
        nodes = self.kubectl.attempt("get", "nodes", "-o", "name")
        if nodes.returncode != 0 or nodes.stdout.strip():
            return
        if self.no_bitcoind:
            raise Impossible("the cluster has no nodes to run pods on, and this machine cannot be "
                             f"one: {self.no_bitcoind}")
        self.runs_bitcoind = True

    def start_plane(self, plane, manifests):
        self.stack.callback(plane.stop)
        plane.start(manifests)
        return plane.kubectl()

    def start_node(self):
        if self.runs_bitcoind:
            say("a node that runs each pod as a real bitcoind in namespaces of its own")
            self.stack.enter_context(NODE.on(self))
        elif not self.options.kubeconfig:
            say(f"simulated bitcoinds: real ones are not possible here ({self.no_bitcoind})")

    def start_controller(self):
        say("the controller, with its ServiceAccount's token")
        account = Account(self.kubectl, self.kubectl.cluster(), self.directory).renew()
        flags = ["--rpc-interval=1s"]
        if self.options.kubeconfig:  # other networks of a cluster that is not ours are none of ours
            flags.append(f"--namespace={self.namespace}")
            print(f"it watches namespace {self.namespace} and no other")
        self.controller = Controller(account.kubeconfig,
                                     os.path.join(self.directory, "controller.log"), flags)
        self.stack.callback(self.controller.stop)
        self.controller.wait_ready()
        print(f"http://{self.controller.admin}/  (also /status, /metrics, /healthz)")
        print("\nfor another terminal:\n"
              f"  export KUBECONFIG={os.path.abspath(self.kubectl.kubeconfig)}\n"
              f"  alias kubectl='{self.kubectl.program} --namespace {self.namespace}'", flush=True)

    # -- showing ------------------------------------------------------------------------

    def show(self, *arguments):
        """Runs kubectl as a user would and shows both the command and the answer."""
        print(f"\n$ kubectl {' '.join(arguments)}")
        print(self.kubectl(*arguments, "-n", self.namespace).rstrip(), flush=True)

    def wait_for(self, kind):
        last = {}

        def holds():
            if not self.controller.running:
                raise Impossible(f"the controller has ended:\n{self.controller.log()}")
            status = self.kubectl.find("btcnet", NAME, "-n", self.namespace).get("status", {})
            last.update(next((c for c in status.get("conditions", []) if c["type"] == kind), {}))
            return last.get("status") == "True"
        wait.until(lambda: f"{kind} of {NAME}: {last.get('message', 'nothing is said of it')}"
                   + self.hint(), holds, START_S, 0.5)

    def hint(self):
        return ("\nThe controller runs on this machine and asks the nodes at their pods' addresses, "
                "so run the demo where these can be reached" if self.options.kubeconfig else "")

    def show_creation(self):
        say("a network of Bitcoin nodes")
        self.show("apply", "-f", "deploy/secret.yaml", "-f", "deploy/testNetwork.yaml")
        if self.options.nodes != 3:
            self.show("scale", f"btcnet/{NAME}", f"--replicas={self.options.nodes}")
        self.wait_for("Ready")
        self.wait_for("PeersConnected")
        self.show("get", "btcnet,pods", "-o", "wide")

    def show_drift(self):
        say("somebody scales the StatefulSet by hand, and it is put back")
        self.show("scale", f"sts/{NAME}-sts", "--replicas=7")

        def is_told():
            return self.kubectl("get", "events", "-n", self.namespace, DRIFT, "-o", "name")
        wait.until(lambda: f"an Event that {NAME}-sts was put back", is_told, START_S, 0.1)
        self.show("get", f"sts/{NAME}-sts")
        self.show("get", "events", DRIFT)

    def show_walk(self):
        if not self.runs_bitcoind:
            return
        say("what a node itself says of its peers")
        print(f"\n$ bitcoin-cli -regtest getpeerinfo   (in {NAME}-sts-0)")
        peers = json.loads(NODE.execute(self.namespace, f"{NAME}-sts-0", "bitcoin-cli", "-regtest",
                                        "-datadir=/data", "getpeerinfo"))
        for peer in peers:
            print(f"  {peer['addr']:22} {peer['connection_type']:8} {peer['subver']}")

    def show_mining(self):
        say("it mines, a block every two seconds; all nodes follow (Ctrl-C ends)")
        self.show("patch", f"btcnet/{NAME}", "--type=merge", "-p", json.dumps(MINING))
        print("\n$ kubectl get btcnet -w", flush=True)
        ends = None if self.options.seconds is None else time.monotonic() + self.options.seconds
        while ends is None or time.monotonic() < ends:  # the API server ends each watch
            self.watch(None if ends is None else ends - time.monotonic())

    def watch(self, seconds):
        watch = subprocess.Popen(
            [self.kubectl.program, f"--kubeconfig={self.kubectl.kubeconfig}", "get", "btcnet", "-w",
             "-n", self.namespace], stdin=subprocess.DEVNULL, start_new_session=True)
        self.stack.callback(watch.terminate)
        try:
            if watch.wait(seconds) != 0:
                time.sleep(WATCH_AGAIN_S)
        except subprocess.TimeoutExpired:
            watch.terminate()

    def show_events(self):
        say("what the controller told")
        self.show("get", "events", "--field-selector=involvedObject.kind=BitcoinNetwork",
                  "--sort-by=.lastTimestamp")


def check(options):
    """Before anything is built."""
    reason = why_impossible() if options.real else ""
    if reason:
        raise Impossible("--real runs each pod as a process in namespaces, which is not possible "
                         f"here: {reason}. Without --real the nodes are simulated")
    if options.kubeconfig and not os.path.isfile(options.kubeconfig):
        raise Impossible(f"--kubeconfig: there is no file {options.kubeconfig}")


def parse():
    parser = argparse.ArgumentParser(prog="demo.sh")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--real", action="store_true", help="a real control plane")
    where.add_argument("--kubeconfig", metavar="FILE", help="use this cluster")
    parser.add_argument("--nodes", type=int, default=3, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="N", help="end after N seconds of watching")
    parser.add_argument("--check", action="store_true", help="only say whether this is possible here")
    return parser.parse_args()


def play(demo):
    """The demo's exit code. What is in the way is a sentence, not a traceback."""
    try:
        for act in (demo.connect, demo.start_node, demo.start_controller, demo.show_creation,
                    demo.show_drift, demo.show_walk, demo.show_mining, demo.show_events):
            act()
    except KeyboardInterrupt:
        print()
    except (Impossible, AssertionError, OSError, subprocess.SubprocessError) as error:
        say("this is as far as it goes")
        print(error, flush=True)
        return 1
    return 0


def main():
    options = parse()
    try:
        check(options)
    except Impossible as error:
        sys.exit(str(error))
    if options.check:
        return
    for number in (signal.SIGINT, signal.SIGTERM):  # a background job of a shell ignores the first
        signal.signal(number, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGINT, signal.SIG_DFL)
        code = play(Demo(options, stack))
        say("taking everything down")
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which is not to be cut short
    sys.exit(code)


main()
