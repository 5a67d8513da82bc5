"""The server under the suite: a real control plane, the simulated cluster, or a kubeconfig's."""

import os
import shutil
import tempfile

from controlplane import binaries, wait
from controlplane.account import Account
from controlplane.kubectl import Kubectl
from controlplane.plane import ControlPlane
from controlplane.simulated import SimulatedPlane

from .client import Client
from .documents import path

MANIFESTS = ("crd.yaml", "rbac.yaml")


class Target:
    """`kind` is "real", "sim" or "given"; `plane` is None for a given cluster."""

    def __init__(self):
        self.kind = None
        self.plane = None
        self.kubeconfig = None
        self.directory = None

    def start(self, kind, kubeconfig=None):
        self.kind = kind
        self.directory = tempfile.mkdtemp(prefix="bitcoin-conformance-")
        if kind == "given":
            self.kubeconfig = os.path.join(self.directory, "kubeconfig")
            self._flatten(kubeconfig)
            return
        self.plane = ControlPlane() if kind == "real" else SimulatedPlane()
        self.plane.start([binaries.manifest(name) for name in MANIFESTS])
        self.kubeconfig = self.plane.admin_kubeconfig
        # A new kind is refused with 429 until its cache is filled.
        client = self.admin()
        wait.until("our kind is served", lambda: client.get(path("bitcoinnetworks")).code == 200)
        client.close()

    def _flatten(self, given):
        """As JSON with all credentials inside, which is what Client reads."""
        config = Kubectl(binaries.kubectl(), given)(
            "config", "view", "--raw", "--minify", "--flatten", "-o", "json")
        descriptor = os.open(self.kubeconfig, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(config)

    def stop(self):
        if self.plane:
            self.plane.stop()
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def kubectl(self):
        program = os.path.join(binaries.assets(), "kubectl")
        return Kubectl(program, self.kubeconfig)

    def admin(self):
        return Client(self.kubeconfig)

    def stranger(self, token=""):
        """Whoever holds the token; without one, nobody."""
        return Client(self.kubeconfig, token)

    def account(self):
        """The controller's ServiceAccount, with a fresh token."""
        kubectl = self.kubectl()
        return Client(Account(kubectl, kubectl.cluster(), self.directory).renew().kubeconfig)


TARGET = Target()
