"""What the benchmark plays on: an API server without built-in controllers, and the probe."""

import json
import os
import subprocess
import tempfile

from controlplane import binaries, wait
from controlplane.account import USER, Account
from controlplane.controller import Controller
from controlplane.plane import BARE, ControlPlane
from controlplane.process import Process

HERE = os.path.dirname(os.path.abspath(__file__))
DRIVER = {"apiVersion": "v1", "kind": "ServiceAccount",
          "metadata": {"name": "driver", "namespace": "default"}}
GROUP = "bitcoincontroller.christianb93.github.com"
IDLE_SAMPLE_S = 1.0


class Stage:
    """Use as a context manager."""

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="bitcoin-bench-")
        self.probe_path = self.path("probe")
        self._build_probe()
        self.plane = ControlPlane(BARE).start(
            [binaries.manifest(name) for name in ("crd.yaml", "rbac.yaml")])
        self.kubectl = self.plane.kubectl()
        self.account = Account(self.kubectl, self.plane.cluster, self.directory.name).renew()
        self._make_driver()
        return self

    def __exit__(self, *_):
        self.plane.stop()
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def _build_probe(self):
        go = subprocess.run([os.path.join(binaries.HERE, "toolchain")], check=True,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
        subprocess.run([go, "build", "-o", self.probe_path, "."], check=True,
                       cwd=os.path.join(HERE, "probe"), env={**os.environ, "GOTOOLCHAIN": "local"})

    def _make_driver(self):
        """Who creates networks and watches: an account of its own, so that the audit log tells it
        from the controller."""
        self.kubectl.create(DRIVER)
        self.kubectl("create", "clusterrolebinding", "driver", "--clusterrole=cluster-admin",
                     "--serviceaccount=default:driver")
        token = self.kubectl("create", "token", "driver", "--duration=4h")
        with open(self.path("driver.token"), "w", encoding="ascii") as file:
            file.write(token)

    # -- the probe -----------------------------------------------------------------------

    def _probe_command(self, task, namespace, count, first, token):
        return [self.probe_path, f"-server={self.plane.server}",
                f"-ca={self.plane.authority.certificate('ca')}", f"-token-file={token}",
                f"-namespace={namespace}", f"-count={count}", f"-first={first}", task]

    def probe(self, task, namespace, count, first=0):
        """Runs a task as the driver and returns what it measured."""
        command = self._probe_command(task, namespace, count, first, self.path("driver.token"))
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE,
                                         text=True).stdout)

    def start_bare_writer(self, namespace, count):
        """With the controller's account, so that the same rules decide about the same rights."""
        return Process(self._probe_command("write", namespace, count, 0, self.account.token_path),
                       self.path("writer.log"))

    # -- the controller ------------------------------------------------------------------

    def start_controller(self):
        """With its defaults: all namespaces, a resync each 30 s."""
        return Controller(self.account.kubeconfig, self.path("controller.log"))

    def writes(self, since):
        """The controller's writes since then, Events aside."""
        return sum(1 for line in self.plane.audit.writes(USER, since) if " events " not in line)

    def server_cpu_seconds(self):
        return self.plane.processes["kube-apiserver"].cpu_seconds()

    # -- networks ------------------------------------------------------------------------

    def seed(self, namespace, count):
        self.kubectl("create", "namespace", namespace)
        self.kubectl("create", "secret", "generic", "rpc-credentials", "-n", namespace,
                     "--from-literal=BC_RPC_USER=user", "--from-literal=BC_RPC_PASSWORD=password")
        self.probe("seed", namespace, count)

    def clear(self, namespace):
        """Collections as a whole: kubectl would delete object after object, 50 a second."""
        for collection in (f"apis/{GROUP}/v1/namespaces/{namespace}/bitcoinnetworks",
                           f"apis/apps/v1/namespaces/{namespace}/statefulsets",
                           f"api/v1/namespaces/{namespace}/services",
                           f"api/v1/namespaces/{namespace}/secrets"):
            self.kubectl("delete", "--raw", f"/{collection}")


def wait_idle(process):
    """Until the process has not used the CPU for a while, as the kernel counts."""
    before = [None]  # so that at least one sample's time passes

    def idle():
        last, before[0] = before[0], process.cpu_seconds()
        return before[0] == last
    wait.until("the process is idle", idle, 60, IDLE_SAMPLE_S)
