"""The simulated cluster, bitcoin-controller-sim serve, as a child process."""

import json
import os
import shutil
import tempfile

from . import binaries, wait
from .kubectl import Kubectl
from .process import Process

START_TIMEOUT_S = 20.0


class SimulatedPlane:
    """Has what ControlPlane has, as far as it makes sense: there is no audit log and no component
    to kill. Use as a context manager, or start() and stop()."""

    def __init__(self, arguments=(), directory=None):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.arguments = list(arguments)
        self.directory = directory or tempfile.mkdtemp(prefix="bitcoin-simulated-", dir=memory)
        self.admin_kubeconfig = os.path.join(self.directory, "admin.kubeconfig")
        self.process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def start(self, manifests=()):
        """`manifests` are applied when they are none of those that the program reads by itself,
        deploy/crd.yaml and deploy/rbac.yaml."""
        log = os.path.join(self.directory, "serve.log")
        self.process = Process([binaries.simulator(), "serve", f"--directory={self.directory}",
                                *self.arguments], log)
        wait.until(lambda: f"the simulated cluster is up; its log: {self.process.log()}",
                   self._up, START_TIMEOUT_S)
        known = {binaries.manifest(name) for name in ("crd.yaml", "rbac.yaml")}
        for manifest in manifests:
            if manifest not in known:
                self.kubectl()("apply", "-f", manifest)
        return self

    def _up(self):
        if not self.process.running:
            raise ProcessLookupError(
                f"it ended with {self.process.exit_code}: {self.process.log()}")
        return "serving" in self.process.log()

    def stop(self):
        if self.process:
            self.process.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def kubectl(self, kubeconfig=None):
        return Kubectl(binaries.kubectl(), kubeconfig or self.admin_kubeconfig)

    @property
    def cluster(self):
        """The cluster's entry in a kubeconfig."""
        with open(self.admin_kubeconfig, encoding="utf-8") as file:
            return json.load(file)["clusters"][0]["cluster"]
