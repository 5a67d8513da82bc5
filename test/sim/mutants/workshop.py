"""A copy of the tree in which one mutant after the other is built."""

import contextlib
import os
import shutil
import subprocess

from planted import ROOT, DoesNotApply, apply

TARGET = "bitcoin-controller-sim"
BUILD_DEADLINE = 3600


class DoesNotBuild(Exception):
    """With the end of what the compiler said."""


class Workshop:
    """`folder`/tree is the copy, with one build directory for all; `folder`/bin what was built."""

    def __init__(self, folder, preset, jobs):
        self.tree = os.path.join(folder, "tree")
        self.bin = os.path.join(folder, "bin")
        self.preset = preset
        self.jobs = jobs
        os.makedirs(self.bin, exist_ok=True)

    def refresh(self):
        """Copies what differs, so that an unchanged file keeps its time and is not compiled again."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], cwd=ROOT, capture_output=True, timeout=60,
                                check=True).stdout.decode().split("\0")
        names = {name for name in listed if name and os.path.isfile(os.path.join(ROOT, name))}
        for name in names:
            _copy(os.path.join(ROOT, name), os.path.join(self.tree, name))
        for folder, inner, files in os.walk(self.tree):
            if folder == self.tree:
                inner[:] = [name for name in inner if name != "build"]
            for name in files:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.tree) not in names:
                    os.remove(path)

    def build(self, name):
        """The program as the tree is now; returns its path."""
        if not os.path.isdir(os.path.join(self.tree, "build", self.preset)):
            self._run("cmake", "--preset", self.preset)
        self._run("cmake", "--build", "--preset", self.preset, "--target", TARGET,
                  "-j", str(self.jobs))
        program = os.path.join(self.bin, name)
        shutil.copy(os.path.join(self.tree, "build", self.preset, TARGET), program)
        return program

    @contextlib.contextmanager
    def planted(self, mutant):
        """The tree with the patch, for as long as the block lasts."""
        before = {name: _content(os.path.join(self.tree, name)) for name in mutant.files}
        apply(mutant, self.tree)
        try:
            for name, content in before.items():
                if _content(os.path.join(self.tree, name)) == content:
                    raise DoesNotApply(f"{mutant.name} changed nothing in {name}")
            yield
        finally:
            for name, content in before.items():
                with open(os.path.join(self.tree, name), "wb") as file:
                    file.write(content)

    def _run(self, *command):
        done = subprocess.run(command, cwd=self.tree, capture_output=True, text=True,
                              timeout=BUILD_DEADLINE, check=False)
        if done.returncode != 0:
            said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            errors = [line for line in said if ": error:" in line]
            raise DoesNotBuild("does not build: " + "\n    ".join((errors or said)[-3:]))


def _content(path):
    with open(path, "rb") as file:
        return file.read()


def _copy(source, target):
    content = _content(source)
    if os.path.isfile(target) and _content(target) == content:
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(content)
    shutil.copymode(source, target)
