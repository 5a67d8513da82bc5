"""The controller's identity: a real ServiceAccount token in a file, and a kubeconfig around it."""

import os

from .configuration import write_file, write_kubeconfig

NAMESPACE = "bitcoin-controller"
NAME = "bitcoin-controller-sva"
USER = f"system:serviceaccount:{NAMESPACE}:{NAME}"


class Account:
    """Files controller.token and controller.kubeconfig in `directory`. `cluster` is the cluster's
    entry in a kubeconfig; the ServiceAccount must exist there."""

    def __init__(self, kubectl, cluster, directory):
        self.kubectl = kubectl
        self.token_path = os.path.join(directory, "controller.token")
        self.kubeconfig = os.path.join(directory, "controller.kubeconfig")
        write_kubeconfig(self.kubeconfig, cluster, {"tokenFile": self.token_path})

    def renew(self, bound_to=None):
        """Writes a fresh token; it dies with the Secret `bound_to` when one is named."""
        arguments = ["create", "token", NAME, "-n", NAMESPACE, "--duration=2h"]
        if bound_to:
            arguments += ["--bound-object-kind=Secret", f"--bound-object-name={bound_to}"]
        write_file(self.token_path, self.kubectl(*arguments))
        return self
