"""The cluster under the suite: a control plane of our own, the simulated cluster, or the one that
$KUBECONFIG names."""

import os
import shutil
import tempfile

from controlplane import binaries
from controlplane.account import Account
from controlplane.kubectl import Kubectl
from controlplane.plane import ControlPlane
from controlplane.simulated import SimulatedPlane

MANIFESTS = ("crd.yaml", "rbac.yaml")
CRD = "bitcoinnetworks.bitcoincontroller.christianb93.github.com"


class Cluster:
    """`plane` is the control plane when it is ours, else None: then cases that break the server are
    skipped. Only the real one has an audit log."""

    def __init__(self):
        self.simulated = False
        self.plane = None
        self.kubectl = None
        self.account = None
        self.directory = None
        self.controllers_started = 0

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="bitcoin-cluster-test-")
        try:
            self._connect()
            self.account.renew()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.plane:
            self.plane.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _connect(self):
        given = os.environ.get("KUBECONFIG")
        if given and not self.simulated:
            self.kubectl = Kubectl(binaries.kubectl(), given)
            self._refuse_second_controller()
            for manifest in MANIFESTS:
                self.kubectl("apply", "-f", binaries.manifest(manifest))
            entry = self.kubectl.cluster()
        else:
            self.plane = SimulatedPlane() if self.simulated else ControlPlane()
            self.plane.start([binaries.manifest(manifest) for manifest in MANIFESTS])
            self.kubectl = self.plane.kubectl()
            entry = self.plane.cluster
        self.kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=30s")
        self.account = Account(self.kubectl, entry, self.directory)

    def _refuse_second_controller(self):
        deployment = self.kubectl.find("deployment", "bitcoin-controller",
                                       "-n", "bitcoin-controller")
        if deployment and deployment["spec"]["replicas"] > 0:
            raise RuntimeError("a controller runs in this cluster already; scale its Deployment "
                               "bitcoin-controller/bitcoin-controller to 0 first")


SHARED = Cluster()
