"""The demo behind demo.sh."""

import argparse
import os
import secrets
import signal
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test"))

from controlplane import binaries, wait  # noqa: E402
from controlplane.account import Account  # noqa: E402
from controlplane.kubectl import Kubectl  # noqa: E402
from controlplane.plane import ControlPlane, free_ports  # noqa: E402
from controlplane.process import Process  # noqa: E402

HONEST_NOTE = """
Without a kubelet nothing runs the pods: they stay Pending here, and the network stays
Progressing. All else is real. With --kubeconfig FILE and a cluster that has nodes, they run.
"""


class Demo:
    def __init__(self, kubeconfig):
        self.given = kubeconfig
        self.plane = None
        self.controller = None
        self.namespace = f"demo-{secrets.token_hex(3)}"
        self.directory = tempfile.TemporaryDirectory(prefix="bitcoin-demo-")
        self.kubectl = None
        self.account = None
        self.admin = f"127.0.0.1:{free_ports(1)[0]}"

    # -- setting the scene --------------------------------------------------------------

    def connect(self):
        manifests = [binaries.manifest(name) for name in ("crd.yaml", "rbac.yaml")]
        if self.given:
            self.kubectl = Kubectl(binaries.kubectl(), self.given)
            for manifest in manifests:
                self.kubectl("apply", "-f", manifest)
            cluster = self.kubectl.cluster()
        else:
            say("starting etcd, kube-apiserver and kube-controller-manager")
            self.plane = ControlPlane()
            self.plane.start(manifests)
            self.kubectl = self.plane.kubectl()
            cluster = self.plane.cluster
        self.account = Account(self.kubectl, cluster, self.directory.name).renew()
        self.kubectl("create", "namespace", self.namespace)

    def start_controller(self):
        say("starting the controller with its ServiceAccount's token")
        log = os.path.join(self.directory.name, "controller.log")
        self.controller = Process([binaries.controller(), f"--kubeconfig={self.account.kubeconfig}",
                                   f"--namespace={self.namespace}",
                                   f"--admin-address={self.admin}"], log)

    def close(self):
        say("taking everything down")
        if self.controller:
            self.controller.stop()
        if self.plane:
            self.plane.stop()
        elif self.kubectl:
            self.kubectl.attempt("delete", "namespace", self.namespace, "--wait=false")
            print("left in your cluster: the CRD, and the namespace and ClusterRole "
                  "bitcoin-controller of deploy/rbac.yaml")
        self.directory.cleanup()

    # -- showing ------------------------------------------------------------------------

    def show(self, *arguments):
        """Runs kubectl as a user would and shows both the command and the answer."""
        print(f"\n$ kubectl {' '.join(arguments)}")
        print(self.kubectl(*arguments, "-n", self.namespace).rstrip(), flush=True)

    def replicas(self):
        found = self.kubectl.find("sts", "my-network-sts", "-n", self.namespace)
        return found["spec"]["replicas"] if found else None

    def wait_replicas(self, count):
        def there():
            if not self.controller.running:
                raise AssertionError(f"the controller has ended:\n{self.controller.log()}")
            return self.replicas() == count
        wait.until(f"a StatefulSet with {count} replicas", there)

    def show_creation(self):
        say("a network of three nodes")
        self.show("apply", "-f", "deploy/secret.yaml", "-f", "deploy/testNetwork.yaml")
        self.wait_replicas(3)
        self.kubectl("wait", "btcnet/my-network", "-n", self.namespace, "--timeout=30s",
                     "--for=jsonpath={.status.replicas}=3")
        self.show("get", "btcnet,sts,svc,pods")

    def show_drift(self):
        say("somebody scales the StatefulSet by hand; it is put back")
        self.show("scale", "sts/my-network-sts", "--replicas=7")
        self.wait_replicas(3)
        self.show("get", "sts/my-network-sts")

    def show_scaling(self):
        say("the network itself is scaled")
        self.show("scale", "btcnet/my-network", "--replicas=5")
        self.wait_replicas(5)
        self.show("get", "btcnet,sts")
        self.show("get", "events", "--field-selector=involvedObject.kind=BitcoinNetwork",
                  "--sort-by=.lastTimestamp")

    def show_log(self):
        say("what the controller said")
        print(self.controller.log().rstrip(), flush=True)

    def wait_for_the_user(self):
        print(HONEST_NOTE if self.plane else "")
        print(f"try it yourself:  kubectl --kubeconfig={self.kubectl.kubeconfig} "
              f"-n {self.namespace} get btcnet -w")
        print(f"status:           http://{self.admin}/  (also /status, /metrics, /healthz)")
        print("Ctrl-C takes everything down.", flush=True)
        code = self.controller.wait(None)
        raise AssertionError(f"the controller has ended with {code}:\n{self.controller.log()}")


def say(text):
    print(f"\n# {text}", flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="demo.sh")
    parser.add_argument("--kubeconfig", metavar="FILE", help="use this cluster")
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    demo = Demo(parse().kubeconfig)
    try:
        demo.connect()
        demo.start_controller()
        for act in (demo.show_creation, demo.show_drift, demo.show_scaling, demo.show_log,
                    demo.wait_for_the_user):
            act()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # taking down is not to be cut short
        demo.close()


main()
