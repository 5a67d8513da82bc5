"""Runs one program until an oracle sees something, and reads what it tells."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import asdict, dataclass

# Far beyond what a search, a shrinking and a report take: a handler that never returns.
HANGS_AFTER = 120
SHRUNK = re.compile(r"shrunk from (\d+) choices to (\d+), (\d+) of them not plain, "
                    r"by \d+ replays in (\d+) ms")
STORED = re.compile(r"^stored: (.+)$", re.MULTILINE)
REPLAYED = re.compile(r"([\d.]+) ms$", re.MULTILINE)
SEED = re.compile(r"^seed (\d+)$", re.MULTILINE)


@dataclass
class Trial:
    """How one mutant ended. Without `oracle` it survived."""

    mutant: str
    concern: str
    oracle: str = ""
    saw: str = ""
    seed: int = None
    runs: int = None
    seconds: float = None
    choices: int = None
    choices_shrunk: int = None
    not_plain: int = None
    shrink_ms: int = None
    replay_ms: float = None
    trouble: str = ""

    def as_json(self):
        return asdict(self)


def search(program, folder, seconds, jobs, arguments):
    """Returns the exit code (None: it hung), stdout, stderr, the JSON result and the seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    command = [program, "--quiet", "--runs", "1000000000", "--time", str(seconds), "--jobs",
               str(jobs), "--json", "result.json", *arguments]
    begin = time.monotonic()
    # A session of its own, so that the processes of a search that hangs can be ended with it.
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace", start_new_session=True) as started:
        try:
            out, err = started.communicate(timeout=seconds + HANGS_AFTER)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.communicate()
            return None, "", "", {}, time.monotonic() - begin
    result = {}
    path = os.path.join(folder, "result.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            result = json.load(file)[0]
    return started.returncode, out, err, result, time.monotonic() - begin


CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases")


def try_out(mutant, program, folder, seconds, jobs):
    code, out, err, result, took = search(program, folder, seconds, jobs, mutant.search)
    trial = Trial(mutant.name, mutant.concern, seconds=round(result.get("seconds", took), 3),
                  runs=result.get("runs"))
    if code == 0:
        return trial
    if code is None:
        trial.oracle = "hang"
    elif code < 0:
        trial.oracle = "crash"
        trial.saw = f"signal {-code}"
    elif code == 1 and result.get("failures"):
        first = min(result["failures"], key=lambda f: f["index"])
        trial.oracle, trial.saw = first["oracle"], first["what"]
        _read_report(trial, out)
        _replay(trial, program, folder, out)
    else:
        trial.trouble = f"exit code {code}: {err.strip()[-300:]}"
    if mutant.case and not trial.trouble:
        _replay_case(trial, program, folder, mutant.case)
    return trial


def _read_report(trial, out):
    if seed := SEED.search(out):
        trial.seed = int(seed.group(1))
    if shrunk := SHRUNK.search(out):
        trial.choices, trial.choices_shrunk, trial.not_plain, trial.shrink_ms = map(
            int, shrunk.groups())


def _replay_case(trial, program, folder, name):
    """The case that was kept for this bug shows it."""
    case = os.path.join(CASES, f"{name}.case")
    done = subprocess.run([program, "--replay", case], cwd=folder, capture_output=True, text=True,
                          timeout=HANGS_AFTER, errors="replace", check=False)
    if done.returncode != 1 or "it no longer reaches" in done.stdout:
        trial.trouble = f"the case {name} does not show it: exit code {done.returncode}"


def _replay(trial, program, folder, out):
    """A stored case has to show the same again."""
    stored = STORED.search(out)
    if stored is None:
        return
    done = subprocess.run([program, "--replay", stored.group(1)], cwd=folder, capture_output=True,
                          text=True, timeout=HANGS_AFTER, errors="replace", check=False)
    times = REPLAYED.findall(done.stdout)
    trial.replay_ms = float(times[-1]) if times else None
    if done.returncode != 1:
        trial.trouble = f"the stored case ended with {done.returncode} when it was replayed"
