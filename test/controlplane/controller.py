"""The controller as a child process."""

import json
import os
import urllib.error
import urllib.request

from . import binaries, wait
from .plane import free_ports
from .process import Process


class Controller(Process):
    def __init__(self, kubeconfig, log_path, arguments=()):
        self.admin = f"127.0.0.1:{free_ports(1)[0]}"
        # Of the environment only what every program needs: a KUBECONFIG or a flag's variable of
        # the person who runs the tests must not leak in.
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR")
                       if name in os.environ}
        super().__init__(
            [binaries.controller(), f"--kubeconfig={kubeconfig}", f"--admin-address={self.admin}",
             *arguments], log_path, env=environment)

    def get(self, path):
        """Status code and body of the admin server's answer; code 0 when there is none."""
        try:
            with urllib.request.urlopen(f"http://{self.admin}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def status(self):
        return json.loads(self.get("/status")[1])

    def metric(self, name, **labels):
        """Sum of the samples of this name whose labels include `labels`."""
        total = 0.0
        for line in self.get("/metrics")[1].splitlines():
            sample, _, value = line.rpartition(" ")
            found, _, rest = sample.partition("{")
            if found == name and all(f'{k}="{v}"' in rest for k, v in labels.items()):
                total += float(value)
        return total

    def wait_ready(self, timeout_s=20.0):
        def ready():
            if not self.running:
                raise AssertionError(f"the controller ended with {self.exit_code}:\n{self.log()}")
            return self.get("/readyz")[0] == 200
        wait.until(lambda: f"/readyz is 200: {self.get('/readyz')}", ready, timeout_s)
        return self

    def wait_log(self, text, timeout_s=15.0):
        wait.until(lambda: f"{text!r} in the log:\n{self.log()}", lambda: text in self.log(),
                   timeout_s)
