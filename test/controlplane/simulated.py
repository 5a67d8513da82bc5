"""The simulated cluster, bitcoin-controller-sim serve, as a child process."""

import contextlib
import json
import signal
import socket
from urllib.parse import urlsplit

from . import binaries, wait
from .base import Plane
from .process import Process

START_TIMEOUT_S = 20.0


class SimulatedPlane(Plane):
    """Has what ControlPlane has, as far as it makes sense: there is no audit log, and the API server
    and the built-in controllers are one process."""

    def __init__(self, arguments=(), directory=None):
        super().__init__("bitcoin-simulated-", directory)
        self.arguments = list(arguments)
        self.audit = None
        self.process = None

    def start(self, manifests=()):
        """`manifests` are applied when they are none of those that the program reads by itself,
        deploy/crd.yaml and deploy/rbac.yaml."""
        self.process = Process([binaries.simulator(), "serve", f"--directory={self.directory}",
                                *self.arguments], self.path("serve.log"))
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

    def stop_processes(self):
        if self.process:
            self.process.stop()

    def kubectl_program(self):
        return binaries.kubectl()

    @property
    def cluster(self):
        with open(self.admin_kubeconfig, encoding="utf-8") as file:
            return json.load(file)["clusters"][0]["cluster"]

    # -- breaking ----------------------------------------------------------------------

    def compact(self):
        """Makes the server forget all history."""
        self.kubectl()("create", "--raw", "/sim/compact", "-f", "-", stdin="{}")

    def chaos(self, **settings):
        """Changes these settings, named as docs/simulated-cluster.md names them."""
        return json.loads(self.kubectl()("create", "--raw", "/sim/chaos", "-f", "-",
                                         stdin=json.dumps(settings)))

    def restart_server(self):
        with self.server_killed():
            pass

    @contextlib.contextmanager
    def server_killed(self):
        """Without an API server for as long as the block lasts; what it stores stays."""
        self.process.signal(signal.SIGUSR1)
        wait.until("nobody listens", lambda: not self._listens())
        try:
            yield
        finally:
            self.process.signal(signal.SIGUSR2)
            wait.until("the server listens again", self._listens)

    def _listens(self):
        address = urlsplit(self.server)
        try:
            socket.create_connection((address.hostname, address.port), timeout=5).close()
            return True
        except OSError:
            return False
