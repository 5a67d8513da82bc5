"""The controller's identity: a real ServiceAccount token in a file, and a kubeconfig around it."""

import os

from .configuration import write_kubeconfig

NAMESPACE = "bitcoin-controller"
NAME = "bitcoin-controller-sva"
USER = f"system:serviceaccount:{NAMESPACE}:{NAME}"


class Account:
    """Files <prefix>.token and <prefix>.kubeconfig. The ServiceAccount must exist."""

    def __init__(self, kubectl, prefix):
        self.kubectl = kubectl
        self.token_path = prefix + ".token"
        self.kubeconfig = prefix + ".kubeconfig"

    def renew(self, bound_to=None):
        """Writes a fresh token; it dies with the Secret `bound_to` when one is named."""
        arguments = ["create", "token", NAME, "-n", NAMESPACE, "--duration=2h"]
        if bound_to:
            arguments += ["--bound-object-kind=Secret", f"--bound-object-name={bound_to}"]
        temporary = self.token_path + ".new"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                       encoding="ascii") as file:
            file.write(self.kubectl(*arguments))
        os.replace(temporary, self.token_path)
        return self

    def write_kubeconfig(self, server, ca):
        write_kubeconfig(self.kubeconfig, server, ca, {"tokenFile": self.token_path})
        return self
