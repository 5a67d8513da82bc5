"""What the real control plane and the simulated one share."""

import os
import shutil
import tempfile

from .kubectl import Kubectl


class Plane:
    """A cluster in a directory of its own, which goes with it. Use as a context manager, or start()
    and stop(). A child class starts and stops processes, and has `cluster` and `kubectl_program`."""

    def __init__(self, prefix, directory=None):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.directory = directory or tempfile.mkdtemp(prefix=prefix, dir=memory)
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        self.admin_kubeconfig = self.path("admin.kubeconfig")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, manifests=()):
        raise NotImplementedError

    def stop_processes(self):
        raise NotImplementedError

    def stop(self):
        """Ends every process and removes the directory."""
        self.stop_processes()
        shutil.rmtree(self.directory, ignore_errors=True)

    def kubectl_program(self):
        raise NotImplementedError

    def kubectl(self, kubeconfig=None):
        return Kubectl(self.kubectl_program(), kubeconfig or self.admin_kubeconfig)

    @property
    def cluster(self):
        """The cluster's entry in a kubeconfig."""
        raise NotImplementedError

    @property
    def server(self):
        return self.cluster["server"]
