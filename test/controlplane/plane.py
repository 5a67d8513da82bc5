"""etcd, kube-apiserver and the built-in controllers as child processes."""

import contextlib
import json
import os
import shutil
import socket
import ssl
import urllib.error
import urllib.request

from . import binaries, wait
from .audit import AuditLog
from .base import Plane
from .certificates import Authority
from .components import command_line
from .configuration import AUDIT_POLICY, write_json, write_kubeconfig
from .process import Process

# In the order of starting; stopping goes backwards, because without etcd the API server's own
# shutdown never ends.
FULL = ("etcd", "kube-apiserver", "kube-controller-manager")
BARE = ("etcd", "kube-apiserver")
START_ATTEMPTS = 3


class ControlPlane(Plane):
    """One control plane of processes."""

    def __init__(self, components=FULL, directory=None, tied=True):
        super().__init__("bitcoin-controlplane-", directory)
        self.components = components
        self.tied = tied
        self.assets = binaries.assets()
        self.audit_path = self.path("audit.jsonl")
        self.audit = AuditLog(self.audit_path)
        self.processes = {}
        self.ports = {}
        self.authority = None

    # -- starting ----------------------------------------------------------------------

    def start(self, manifests=()):
        """Starts everything. `manifests` are applied before the built-in controllers start: the
        garbage collector looks for new kinds only every 30 s."""
        self._make_certificates()
        write_json(self.path("audit-policy.json"), AUDIT_POLICY)
        self._start_storage()
        for manifest in manifests:
            self.kubectl()("apply", "-f", manifest)
        for component in self.components[len(BARE):]:
            self.start_component(component)
        return self

    def start_component(self, component):
        process = Process(command_line(self, component), self.path(component + ".log"),
                          tied=self.tied)
        self.processes[component] = process
        write_json(self.path("pids.json"), {n: p.pid for n, p in self.processes.items()})
        if component == "kube-apiserver":
            wait.until(lambda: self._why_not_up(component), self._ready, 60)

    def _start_storage(self):
        """etcd and the API server, on ports that were free a moment ago. Somebody else may have
        taken one since, so a start that fails is tried again on others."""
        for attempt in range(1, START_ATTEMPTS + 1):
            self.ports = dict(zip(("etcd", "etcd-peer", "apiserver"), free_ports(3)))
            self._write_kubeconfigs()
            try:
                for component in BARE:
                    self.start_component(component)
                return
            except (wait.Timeout, ProcessLookupError):
                if attempt == START_ATTEMPTS:
                    raise
                self.stop_processes()
                shutil.rmtree(self.path("etcd"), ignore_errors=True)

    def _make_certificates(self):
        self.authority = Authority(self.path("pki"))
        self.authority.issue_server("apiserver")
        self.authority.issue_client("admin", "test-admin", "system:masters")
        self.authority.issue_client("controller-manager", "system:kube-controller-manager")
        self.authority.issue_client("scheduler", "system:kube-scheduler")
        self.authority.issue_client("service-account", "service-account-signing")

    def _write_kubeconfigs(self):
        for name in ("admin", "controller-manager", "scheduler"):
            write_kubeconfig(self.path(name + ".kubeconfig"), self.cluster, {
                "client-certificate": self.authority.certificate(name),
                "client-key": self.authority.key(name)})

    def _ready(self):
        self._why_not_up("etcd")
        self._why_not_up("kube-apiserver")
        context = ssl.create_default_context(cafile=self.authority.certificate("ca"))
        try:
            with urllib.request.urlopen(self.server + "/readyz", context=context, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _why_not_up(self, component):
        process = self.processes[component]
        tail = "\n".join(process.log().splitlines()[-5:])
        if not process.running:
            raise ProcessLookupError(f"{component} ended with {process.exit_code}: {tail}")
        return f"{component} is ready; its log ends with: {tail}"

    # -- stopping ----------------------------------------------------------------------

    def stop_processes(self):
        for component in reversed(list(self.processes)):
            self.processes.pop(component).stop()

    def kill_component(self, component):
        self.processes.pop(component).kill()

    def restart_server(self):
        """The API server ends without a word and starts again; what etcd holds stays."""
        self.kill_component("kube-apiserver")
        self.start_component("kube-apiserver")

    @contextlib.contextmanager
    def server_killed(self):
        """Without an API server for as long as the block lasts.

        The built-in controllers go with it and come back after it, as where they elect a leader and
        lose the lease. Left running, their watches would have backed off by up to a minute, and
        nobody would make pods or ServiceAccounts until long after the server is there again."""
        gone = [c for c in self.components if c not in BARE and c in self.processes]
        self.kill_component("kube-apiserver")
        for component in gone:
            self.kill_component(component)
        try:
            yield
        finally:
            for component in ("kube-apiserver", *gone):
                self.start_component(component)

    # -- using -------------------------------------------------------------------------

    @property
    def server(self):
        return f"https://127.0.0.1:{self.ports['apiserver']}"

    def kubectl_program(self):
        return os.path.join(self.assets, "kubectl")

    @property
    def cluster(self):
        """The cluster's entry in a kubeconfig."""
        return {"server": self.server,
                "certificate-authority": self.authority.certificate("ca")}

    def compact(self):
        """Makes etcd forget all history, as it does by itself every five minutes."""
        status = self._etcd("maintenance/status", {})
        self._etcd("kv/compaction", {"revision": status["header"]["revision"], "physical": True})

    def _etcd(self, method, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['etcd']}/v3/{method}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def free_ports(count):
    """Loopback ports that nobody listens on, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports
