"""Command lines of the components."""

import os


def etcd(plane):
    # Plain HTTP on loopback: etcd is thrown away in minutes, and TLS there would only blur figures.
    client = f"http://127.0.0.1:{plane.ports['etcd']}"
    peer = f"http://127.0.0.1:{plane.ports['etcd-peer']}"
    return [
        "--name=default", f"--data-dir={plane.path('etcd')}", "--unsafe-no-fsync",
        f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}", "--log-level=warn",
    ]


def apiserver(plane):
    authority = plane.authority
    return [
        f"--etcd-servers=http://127.0.0.1:{plane.ports['etcd']}",
        "--bind-address=127.0.0.1", f"--secure-port={plane.ports['apiserver']}",
        "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        f"--cert-dir={plane.path('run')}",
        f"--tls-cert-file={authority.certificate('apiserver')}",
        f"--tls-private-key-file={authority.key('apiserver')}",
        f"--client-ca-file={authority.certificate('ca')}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={authority.certificate('service-account')}",
        f"--service-account-signing-key-file={authority.key('service-account')}",
        "--authorization-mode=RBAC",
        # Off by default, on in hardened clusters: it asks for a right of its own to set
        # blockOwnerDeletion, which deploy/rbac.yaml must grant.
        "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
        f"--audit-policy-file={plane.path('audit-policy.json')}",
        f"--audit-log-path={plane.audit_path}", "--audit-log-maxsize=2000",
    ]


def controller_manager(plane):
    kubeconfig = plane.path("controller-manager.kubeconfig")
    return [
        f"--kubeconfig={kubeconfig}", f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}", f"--cert-dir={plane.path('run')}",
        "--leader-elect=false", "--secure-port=0", "--use-service-account-credentials",
        # Those that act on what we make. Without a kubelet the others have nothing to do.
        "--controllers=serviceaccount-controller,namespace-controller,garbage-collector-controller,"
        "statefulset-controller,deployment-controller,replicaset-controller,"
        "endpointslice-controller,resourcequota-controller,root-ca-certificate-publisher-controller,"
        # Takes its finalizer off the claims of deleted networks.
        "persistentvolumeclaim-protection-controller",
        f"--root-ca-file={plane.authority.certificate('ca')}",
        # The default of 20 requests a second for each controller is for clusters that last: with
        # 200 networks to clean up, the next case's pods would wait behind them for a minute.
        "--kube-api-qps=1000", "--kube-api-burst=2000",
    ]


def scheduler(plane):
    kubeconfig = plane.path("scheduler.kubeconfig")
    return [
        f"--kubeconfig={kubeconfig}", f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}", f"--cert-dir={plane.path('run')}",
        "--leader-elect=false", "--secure-port=0",
    ]


ARGUMENTS = {
    "etcd": etcd,
    "kube-apiserver": apiserver,
    "kube-controller-manager": controller_manager,
    "kube-scheduler": scheduler,
}


def command_line(plane, component):
    return [os.path.join(plane.assets, component), *ARGUMENTS[component](plane)]
