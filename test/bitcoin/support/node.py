"""bitcoin-test-node as a child process, and what can be done to its pods."""

import contextlib
import os
import secrets
import shutil
import subprocess

from controlplane import binaries, wait
from controlplane.process import Process

FOLDER = os.path.join(binaries.ROOT, "test", "node")


def program():
    """$BITCOIN_TEST_NODE, or the one that was built."""
    given = os.environ.get("BITCOIN_TEST_NODE")
    places = [given] if given else [os.path.join(binaries.ROOT, "build", preset,
                                                 "bitcoin-test-node")
                                    for preset in ("dev", "release")]
    for path in places:
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(f"{places[0]} is not there; run: cmake --preset dev && "
                            "cmake --build --preset dev --target bitcoin-test-node")


def why_impossible():
    """Why pods cannot run as processes here; empty when they can."""
    if os.geteuid() != 0:
        return "it needs root"
    for tool in ("ip", "unshare"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True, timeout=20)
    return tried.stderr.strip() if tried.returncode else ""


class Node:
    def __init__(self):
        self.process = None
        self.id = None

    @contextlib.contextmanager
    def on(self, cluster):
        """Runs a node of the cluster."""
        programs = subprocess.run([os.path.join(FOLDER, "bitcoind")], check=True, timeout=600,
                                  stdout=subprocess.PIPE, text=True).stdout.strip()
        self.id = "t" + secrets.token_hex(3)
        self.process = Process(
            [program(), "run", self.id, f"--kubeconfig={cluster.kubectl.kubeconfig}",
             f"--bitcoind={programs}"], os.path.join(cluster.directory, "node.log"))
        try:
            wait.until(lambda: f"the node runs: {self.process.log()}", self._up, 20)
            yield self
        finally:
            self.process.stop(60)
            self._run("clean", self.id)

    def _up(self):
        if not self.process.running:
            raise AssertionError(f"the node ended: {self.process.log()}")
        return "runs pods" in self.process.log()

    def _run(self, *arguments, timeout_s=60):
        return subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=timeout_s)

    def execute(self, namespace, pod, *command):
        """What the program in the pod wrote; raises with its error unless it succeeds."""
        done = self._run("exec", self.id, f"{namespace}/{pod}", "--", *command)
        if done.returncode != 0:
            raise AssertionError(f"{pod}: {' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def kill(self, namespace, pod):
        done = self._run("kill", self.id, f"{namespace}/{pod}")
        if done.returncode != 0:
            raise AssertionError(done.stderr.strip())

    def reserve(self, namespace, pod, address):
        """The next pod of this name gets this address."""
        done = self._run("reserve", self.id, f"{namespace}/{pod}", address)
        if done.returncode != 0:
            raise AssertionError(done.stderr.strip())

    def logs(self, namespace):
        """Files with what the namespace's bitcoinds wrote."""
        lines = [line.split() for line in self._run("list", self.id).stdout.splitlines()]
        return [os.path.join(folder, "log") for name, _, folder in lines
                if name.startswith(namespace + "/")]

    def processes(self, namespace):
        """Process ids of the namespace's bitcoinds."""
        lines = [line.split() for line in self._run("list", self.id).stdout.splitlines()]
        return [int(pid) for name, pid, _ in lines
                if name.startswith(namespace + "/") and pid != "0"]


NODE = Node()
