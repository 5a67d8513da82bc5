"""kubectl as a Python object."""

import json
import os
import subprocess

# A process that lives for a tenth of a second frees nothing that is worth a garbage collection.
ENVIRONMENT = {**os.environ, "GOGC": "off"}


class KubectlError(AssertionError):
    """kubectl failed; the text is what it printed."""


class Kubectl:
    def __init__(self, program, kubeconfig):
        self.program = program
        self.kubeconfig = kubeconfig

    def __call__(self, *arguments, stdin=None, timeout_s=120):
        """Runs kubectl and returns its output; raises KubectlError with what it said."""
        result = self.attempt(*arguments, stdin=stdin, timeout_s=timeout_s)
        if result.returncode != 0:
            raise KubectlError(f"kubectl {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def attempt(self, *arguments, stdin=None, timeout_s=120):
        """Runs kubectl and returns the finished process, whatever its exit code."""
        return subprocess.run(
            [self.program, f"--kubeconfig={self.kubeconfig}", *arguments],
            input="" if stdin is None else stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, timeout=timeout_s, env=ENVIRONMENT)

    def json(self, *arguments):
        return json.loads(self(*arguments, "-o", "json"))

    def find(self, *arguments):
        """The object, or None when there is none; any other failure raises."""
        output = self("get", *arguments, "--ignore-not-found", "-o", "json")
        return json.loads(output) if output.strip() else None

    def cluster(self):
        """The cluster's entry in the kubeconfig, with the CA's content in place of its path."""
        config = self.json("config", "view", "--raw", "--minify", "--flatten")
        return config["clusters"][0]["cluster"]

    def apply(self, *documents):
        return self("apply", "-f", "-", stdin=as_stream(documents))

    def create(self, *documents):
        return self("create", "-f", "-", stdin=as_stream(documents))


def as_stream(documents):
    """One after the other rather than a List, which kubectl checks by OpenAPI v2 only."""
    return "\n".join(json.dumps(document) for document in documents)
