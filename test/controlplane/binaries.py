"""Where the programs are."""

import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def assets():
    """Directory of etcd, kube-apiserver, …: $KUBEBUILDER_ASSETS, or built from this module."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    if given:
        return given
    built = subprocess.run([os.path.join(HERE, "build")], check=True, stdout=subprocess.PIPE,
                           text=True)
    return built.stdout.strip()


def kubectl():
    """kubectl for a cluster that is not ours: from the path, else as built."""
    return shutil.which("kubectl") or os.path.join(assets(), "kubectl")


def controller():
    """The controller under test: $BITCOIN_CONTROLLER, or the release build."""
    path = os.environ.get("BITCOIN_CONTROLLER",
                          os.path.join(ROOT, "build", "release", "bitcoin-controller"))
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(
            f"{path} is not there; run: cmake --preset release && cmake --build --preset release")
    return path


def simulator():
    """bitcoin-controller-sim: $BITCOIN_CONTROLLER_SIM, or the release build, else the dev build."""
    places = [os.environ.get("BITCOIN_CONTROLLER_SIM")] if "BITCOIN_CONTROLLER_SIM" in os.environ \
        else [os.path.join(ROOT, "build", preset, "bitcoin-controller-sim")
              for preset in ("release", "dev")]
    for path in places:
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(
        f"{places[0]} is not there; run: cmake --preset release && "
        "cmake --build --preset release --target bitcoin-controller-sim")


def manifest(name):
    """Path of a file in deploy/."""
    return os.path.join(ROOT, "deploy", name)
