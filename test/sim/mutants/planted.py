"""The planted bugs: what the head of each patch says."""

import os
import re
import subprocess
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
FIELD = re.compile(r"^(Concern|Oracles|Search|Case): (.+)$", re.MULTILINE)
CHANGED = re.compile(r"^\+\+\+ b/(\S+)$", re.MULTILINE)


class DoesNotApply(Exception):
    """With git's own words: the product has changed where the bug was to be."""


@dataclass
class Mutant:
    """One patch. Its text up to the first "diff" is the head: what is wrong, then its fields."""

    path: str
    says: str
    concern: str
    oracles: list  # who may see it first
    search: list = field(default_factory=list)  # more arguments of the program, for rare ones
    case: str = ""  # a stored case that has to show it
    files: list = field(default_factory=list)  # what it changes

    @property
    def name(self):
        return os.path.basename(self.path).removesuffix(".patch")

    @property
    def changes_data(self):
        """Whether it changes what the program reads when it starts, so that the patch has to stay."""
        return any(not name.endswith(".cpp") for name in self.files)


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head = text.split("\ndiff --git ", 1)[0]
    fields = dict(FIELD.findall(head))
    says = FIELD.split(head, maxsplit=1)[0].strip()
    return Mutant(path, says, fields.get("Concern", ""), fields.get("Oracles", "").split(),
                  fields.get("Search", "").split(), fields.get("Case", ""), CHANGED.findall(text))


def all_mutants(words=()):
    """By number; only those whose name holds one of the words, if there are any."""
    names = sorted(name for name in os.listdir(HERE) if name.endswith(".patch"))
    mutants = [read(os.path.join(HERE, name)) for name in names]
    return [m for m in mutants if not words or any(word in m.name for word in words)]


def apply(mutant, tree, *options):
    """Applies the patch to a tree that need not be a repository; raises DoesNotApply."""
    surroundings = dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.dirname(tree))
    done = subprocess.run(["git", "apply", *options, mutant.path], cwd=tree, env=surroundings,
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise DoesNotApply(f"{mutant.name} does not apply: {done.stderr.strip()}")
